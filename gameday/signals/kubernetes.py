"""The kubernetes probe: ready pods of a workload, or ready endpoints of a Service, as a count."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.clients.kubernetes import ClusterAddress, ClusterError, load_sdk, open_client
from gameday.model import SignalBinding, SignalKind
from gameday.plugins.probe import Measurement, MeasurementError, Probe
from gameday.signals import settings
from gameday.signals.kubernetes_object import WORKLOADS, find_object_problem


class KubernetesProbe(Probe):
    """Asks the API server for `path`, and counts what is ready in the answer."""

    def __init__(self, address: ClusterAddress, path: str, query: Mapping[str, str], timeout: float) -> None:
        self._address, self._path, self._query, self._timeout = address, path, query, timeout

    @override
    async def read(self) -> Measurement:
        return await asyncio.to_thread(self._read)

    def _read(self) -> Measurement:
        try:
            client = open_client(self._address)
            answer = client.request("GET", self._path, timeout=self._timeout, query=self._query)
        except ClusterError as error:
            raise MeasurementError(str(error)) from None
        return Measurement(float(count_ready(answer)), 1)

    @override
    async def close(self) -> None: ...


def count_ready(answer: Mapping[str, Any]) -> int:
    """Return the ready pods of a workload, or the ready addresses of a list of EndpointSlices."""
    if "items" not in answer:
        return int((answer.get("status") or {}).get("readyReplicas") or 0)
    endpoints = [endpoint for each in answer["items"] for endpoint in each.get("endpoints") or []]
    ready = [endpoint for endpoint in endpoints if (endpoint.get("conditions") or {}).get("ready", True)]
    return len({address for endpoint in ready for address in endpoint["addresses"]})


def open_kubernetes(binding: SignalBinding, web: HttpClient) -> Probe:
    """Open the probe. Raises BadArguments."""
    del web
    if binding.kind is not SignalKind.COUNT:
        raise settings.settings_error(binding, "the kind of this signal must be count")
    address = ClusterAddress(settings.required_text(binding, "kubeconfig"), settings.required_text(binding, "context"))
    path, query = _request(binding, settings.required_text(binding, "namespace"))
    load_sdk()
    return KubernetesProbe(address, path, query, settings.read_timeout_s(binding))


def _request(binding: SignalBinding, namespace: str) -> tuple[str, dict[str, str]]:
    """Return the path and the query that read the signal."""
    workload, service = settings.optional_text(binding, "workload"), settings.optional_text(binding, "service")
    if wrong := find_object_problem(workload, service):
        raise settings.settings_error(binding, wrong)
    if service:
        path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
        return path, {"labelSelector": f"kubernetes.io/service-name={service}"}
    kind, _, name = workload.partition("/")
    return f"/apis/apps/v1/namespaces/{namespace}/{WORKLOADS[kind]}/{name}", {}
