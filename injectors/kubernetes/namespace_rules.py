"""Namespaces in which drills are allowed: those that say so, and that serve no part of the API server's own work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gameday.clients.kubernetes import ApiObject, Forbidden
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef
from gameday.injectors.kubernetes.drill_stop import STOP_NAME, find_stop
from gameday.injectors.kubernetes.target_objects import Target, name_of

ENVIRONMENT_ANNOTATION = "gameday/environment"
_DNS_LABEL = "k8s-app=kube-dns"
_WEBHOOKS = ("validatingwebhookconfiguration", "mutatingwebhookconfiguration")


def require_allowed_namespace(target: Target) -> None:
    """Raise Refused unless drills of this environment are allowed in the target's namespace. Raises ClusterError."""
    settings, environment = target.settings, target.binding.environment
    document = target.cluster.find(ObjectRef("namespace", "", settings.namespace))
    if document is None:
        raise Refused(f"target {settings.target}: no namespace {settings.namespace} in {settings.address}")
    allowed = (document["metadata"].get("annotations") or {}).get(ENVIRONMENT_ANNOTATION)
    if allowed != environment:
        has = f"names environment {allowed}" if allowed else "does not allow drills"
        raise Refused(
            f"namespace {settings.namespace} {has}: its annotation {ENVIRONMENT_ANNOTATION} must be {environment}",
            f"To allow drills, its owner runs: {settings.address.kubectl} annotate namespace {settings.namespace} "
            f"{ENVIRONMENT_ANNOTATION}={environment}{' --overwrite' if allowed else ''}",
        )
    if (stop := find_stop(target.cluster, settings.namespace)) is not None:
        raise Refused(
            f"drills are stopped in namespace {settings.namespace}: {stop.reason}",
            f"When they are allowed again: {settings.address.kubectl} -n {stop.namespace} delete configmap {STOP_NAME}",
        )
    _require_no_api_service(target.cluster, settings.namespace)
    _require_no_dns(target.cluster, settings.namespace)


def _require_no_api_service(cluster: Cluster, namespace: str) -> None:
    """Raise Refused where the API server calls a Service of the namespace: a fault could then block its own revert."""
    for kind in (*_WEBHOOKS, "customresourcedefinition", "apiservice"):
        try:
            documents = cluster.list_objects(kind, "")
        except Forbidden:  # an account for one namespace cannot see them
            continue
        for document in documents:
            if namespace in set(_called_namespaces(document)):
                raise Refused(
                    f"namespace {namespace} serves the {kind} {name_of(document)}; if that fails, the API server "
                    "may refuse writes, including the revert",
                    "Move the application or the webhook to a separate namespace.",
                )


def _require_no_dns(cluster: Cluster, namespace: str) -> None:
    """Raise Refused where the DNS of the cluster runs: every application would suffer, and the drill's own signals."""
    try:
        services = cluster.list_objects("service", namespace, _DNS_LABEL)
    except Forbidden:
        return
    for service in services:
        raise Refused(
            f"namespace {namespace} serves the cluster's DNS (service/{name_of(service)})",
            "Name a namespace of your application.",
        )


def _called_namespaces(document: ApiObject) -> Iterator[str]:
    """Yield the namespaces of the Services that the API server calls."""
    spec: Mapping[str, Any] = document.get("spec") or {}
    clients: list[Mapping[str, Any]] = [hook["clientConfig"] for hook in document.get("webhooks") or []]
    conversion = (spec.get("conversion") or {}).get("webhook") or {}
    for client in [*clients, conversion.get("clientConfig") or {}, spec]:
        if service := client.get("service"):
            yield str(service["namespace"])
