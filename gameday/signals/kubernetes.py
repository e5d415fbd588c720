"""The kubernetes probe: ready pods of a workload or endpoints of a Service, restarts, or events, as a count."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.clients.kubernetes import ClusterAddress, ClusterError, KubernetesClient, load_sdk, open_client
from gameday.model import SignalBinding, SignalKind
from gameday.plugins.probe import Measurement, MeasurementError, Probe
from gameday.signals import settings
from gameday.signals.kubernetes_counters import Increase, count_events, count_restarts
from gameday.signals.kubernetes_object import EVENTS, READY, RESTARTS, WORKLOADS, find_object_problem

Count = Callable[[KubernetesClient], int]
"""Request that returns a count. Raises ClusterError."""


class KubernetesProbe(Probe):
    """Asks the API server."""

    def __init__(self, address: ClusterAddress, count: Count) -> None:
        self._address, self._count = address, count

    @override
    async def read(self) -> Measurement:
        return await asyncio.to_thread(self._read)

    def _read(self) -> Measurement:
        try:
            return Measurement(float(self._count(open_client(self._address))), 1)
        except ClusterError as error:
            raise MeasurementError(str(error)) from None

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
    count = _count(binding, settings.required_text(binding, "namespace"), settings.read_timeout_s(binding))
    load_sdk()
    return KubernetesProbe(address, count)


def _count(binding: SignalBinding, namespace: str, timeout: float) -> Count:
    """Return the request that reads the signal. Raises BadArguments."""
    keys = ("workload", "service", "value", "reason")
    workload, service, value, reason = (settings.optional_text(binding, key) for key in keys)
    if wrong := find_object_problem(workload, service, value or READY, reason):
        raise settings.settings_error(binding, wrong)
    kind, _, name = workload.partition("/")
    path = f"/apis/apps/v1/namespaces/{namespace}/{WORKLOADS.get(kind)}/{name}"
    increase = Increase()
    if value == RESTARTS:
        return lambda client: increase.add(count_restarts(client, path, namespace, timeout))
    if value == EVENTS:
        return lambda client: increase.add(count_events(client, namespace, reason, workload, timeout))
    query: dict[str, str] = {}
    if service:
        path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
        query = {"labelSelector": f"kubernetes.io/service-name={service}"}
    return lambda client: count_ready(client.request("GET", path, timeout=timeout, query=query))
