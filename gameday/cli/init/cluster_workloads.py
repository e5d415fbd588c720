"""Workloads of one namespace for `gameday init`: GET only, and only of the context and namespace that were named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gameday.cli.init.findings import ClusterNamespace, ClusterWorkload, ProbeResult, join_names

if TYPE_CHECKING:
    from gameday.clients.kubernetes import KubernetesClient

RESPONSE_TIMEOUT_S = 5.0
DEFAULT_KUBECONFIG = "~/.kube/config"
_COLLECTIONS = {"deployment": "deployments", "statefulset": "statefulsets"}


def kubeconfig_files() -> list[str]:
    """Return the files that kubectl would read, as they are named."""
    named = os.environ.get("KUBECONFIG")
    return [part for part in named.split(os.pathsep) if part] if named else [DEFAULT_KUBECONFIG]


def find_workloads(context: str, namespace: str) -> tuple[ClusterNamespace | None, ProbeResult]:
    """Return the workloads of a namespace with their Services, and the result of the search."""
    from gameday.clients.kubernetes import ClusterAddress, ClusterError, open_client, require_context

    where = f"Kubernetes: namespace {namespace} of context {context}"
    first: ClusterError | None = None
    for file in kubeconfig_files():
        address = ClusterAddress(file, context)
        try:
            require_context(address)
        except ClusterError as error:
            first = first or error
            continue
        try:
            workloads = list(_read(open_client(address), namespace))
        except ClusterError as error:
            return None, ProbeResult(False, f"{where}: {error}", error.todo)
        if not workloads:
            return None, ProbeResult(False, f"{where}: no Deployment or StatefulSet")
        todo = f"Its owner allows drills: kubectl annotate namespace {namespace} gameday/environment=staging"
        names = join_names([workload.ref for workload in workloads])
        return ClusterNamespace(file, context, namespace, workloads), ProbeResult(True, f"{where}: {names}", todo)
    return None, ProbeResult(False, f"{where}: {first}", first.todo if first else "")


def _read(client: KubernetesClient, namespace: str) -> Iterator[ClusterWorkload]:
    """Yield the workloads. Raises ClusterError."""
    services = list(client.list_items(f"/api/v1/namespaces/{namespace}/services", timeout=RESPONSE_TIMEOUT_S))
    for kind, collection in _COLLECTIONS.items():
        path = f"/apis/apps/v1/namespaces/{namespace}/{collection}"
        for workload in client.list_items(path, timeout=RESPONSE_TIMEOUT_S):
            labels = workload["spec"]["template"]["metadata"].get("labels") or {}
            name, replicas = str(workload["metadata"]["name"]), int(workload["spec"].get("replicas", 1))
            yield ClusterWorkload(f"{kind}/{name}", _service_of(labels, services), replicas)


def _service_of(labels: Mapping[str, str], services: Sequence[Mapping[str, Any]]) -> str:
    """Return the first Service that selects pods with the labels; empty if none does."""
    for service in services:
        selector = service["spec"].get("selector") or {}
        if selector and selector.items() <= labels.items():
            return str(service["metadata"]["name"])
    return ""
