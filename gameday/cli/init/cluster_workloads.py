"""Workloads of one namespace for `gameday init`: GET only, and only of the context and namespace that were named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gameday.cli.init.findings import ClusterNamespace, ClusterWorkload, ProbeResult, join_names
from gameday.errors import BadArguments, Refused

if TYPE_CHECKING:
    from gameday.clients.kubernetes import ClusterAddress, KubernetesClient

RESPONSE_TIMEOUT_S = 5.0
DEFAULT_KUBECONFIG = "~/.kube/config"
PROPOSED_ENVIRONMENT = "staging"
_ENVIRONMENT_ANNOTATION = "gameday/environment"
_LIST_NAMESPACES = "List the namespaces: kubectl --context {} get namespaces"
_COLLECTIONS = {"deployment": "deployments", "statefulset": "statefulsets"}


def kubeconfig_files() -> list[str]:
    """Return the files that kubectl would read, as they are named."""
    named = os.environ.get("KUBECONFIG")
    return [part for part in named.split(os.pathsep) if part] if named else [DEFAULT_KUBECONFIG]


def find_workloads(context: str, namespace: str) -> tuple[ClusterNamespace | None, ProbeResult]:
    """Return the workloads of a namespace with their Services, and the result of the search.

    Raises BadArguments for a context or a namespace that does not exist, Refused if the cluster cannot be read.
    """
    from gameday.clients.kubernetes import ClusterError, open_client

    where = f"Kubernetes: namespace {namespace} of context {context}"
    address = _find_context(context)
    try:
        client = open_client(address)
        workloads = list(_read(client, namespace))
        allowed = _read_allowed_environment(client, namespace)
    except ClusterError as error:
        raise Refused(f"{where}: {error}", error.todo) from None
    if allowed is None and not workloads:
        raise BadArguments(f"no namespace {namespace} in context {context}", _LIST_NAMESPACES.format(context))
    if not workloads:
        return None, ProbeResult(False, f"{where}: no Deployment or StatefulSet")
    names = join_names([workload.ref for workload in workloads])
    cluster = ClusterNamespace(address.kubeconfig, context, namespace, workloads)
    return cluster, ProbeResult(True, f"{where}: {names}", _format_permission(context, namespace, allowed or ""))


def _find_context(context: str) -> ClusterAddress:
    """Return the address in the first kubeconfig that has the context. Raises BadArguments."""
    from gameday.clients.kubernetes import ClusterAddress, ClusterError, require_context

    errors: list[ClusterError] = []
    for file in kubeconfig_files():
        address = ClusterAddress(file, context)
        try:
            require_context(address)
        except ClusterError as error:
            errors.append(error)
        else:
            return address
    raise BadArguments("; ".join(map(str, errors)) or "no kubeconfig", " ".join(e.todo for e in errors if e.todo))


def _read_allowed_environment(client: KubernetesClient, namespace: str) -> str | None:
    """Return the environment of which the namespace allows drills; empty if none is known, None without a namespace."""
    from gameday.clients.kubernetes import Forbidden, NotFound

    try:
        document = client.request("GET", f"/api/v1/namespaces/{namespace}", timeout=RESPONSE_TIMEOUT_S)
    except NotFound:
        return None
    except Forbidden:  # an account for one namespace may not read it
        return ""
    return str((document["metadata"].get("annotations") or {}).get(_ENVIRONMENT_ANNOTATION, ""))


def _format_permission(context: str, namespace: str, allowed: str) -> str:
    """Return what to do so that drills of the proposed environment are allowed; empty if they are."""
    if allowed == PROPOSED_ENVIRONMENT:
        return ""
    if allowed:
        return f"It allows drills of environment {allowed}: rename {PROPOSED_ENVIRONMENT} in the file to {allowed}."
    annotation = f"{_ENVIRONMENT_ANNOTATION}={PROPOSED_ENVIRONMENT}"
    return f"To allow drills: kubectl --context {context} annotate namespace {namespace} {annotation}"


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
