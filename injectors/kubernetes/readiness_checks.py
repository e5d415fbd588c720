"""Checks that a target's pods are ready, before a drill and after a revert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef
from gameday.injectors.kubernetes.snapshots import Snapshot, namespace_of
from gameday.injectors.kubernetes.target_objects import Target, is_ready, is_running, is_workload, name_of
from gameday.plugins.types import Intent


def unsettled_objects(intent: Intent, cluster: Cluster) -> str:
    """Return which objects of a fault do not work as before yet; empty when all do. Raises ClusterError."""
    return "; ".join(_unsettled(intent, cluster))


def _unsettled(intent: Intent, cluster: Cluster) -> Iterator[str]:
    snapshot = Snapshot.of(intent)
    for stored in snapshot.objects:
        document = cluster.find(stored.ref) if is_workload(stored.ref) else None
        if document is not None and (text := unsettled_workload(stored.ref, document)):
            yield text
    for text in snapshot.extra.get("controllers", []):
        kind, _, name = text.partition("/")
        yield from _unready_replicas(cluster, ObjectRef(kind, namespace_of(intent), name))
    if selectors := snapshot.extra.get("selectors"):
        yield from _unready_pods(cluster, namespace_of(intent), selectors, int(snapshot.extra["pods"]))


def _unready_pods(cluster: Cluster, namespace: str, selectors: list[str], expected: int) -> Iterator[str]:
    pods = [pod for selector in selectors for pod in cluster.list_objects("pod", namespace, selector)]
    ready = {name_of(pod) for pod in pods if is_running(pod) and is_ready(pod)}
    if len(ready) < expected:
        yield f"{len(ready)} of {expected} pods are ready"


def _unready_replicas(cluster: Cluster, controller: ObjectRef) -> Iterator[str]:
    document = cluster.find(controller) or {}
    ready = int((document.get("status") or {}).get("readyReplicas") or 0)
    expected = int((document.get("spec") or {}).get("replicas") or 0)
    if ready < expected:
        yield f"{controller}: {ready} of {expected} pods are ready"


def unsettled_workload(ref: ObjectRef, document: Mapping[str, Any]) -> str:
    """Return what a workload's controller still works on; empty for nothing."""
    spec, status = document["spec"], document.get("status") or {}
    replicas = int(spec.get("replicas", 1))
    if int(status.get("observedGeneration", 0)) < int(document["metadata"]["generation"]):
        return f"{ref}: its controller has not processed the change yet"
    ready, existing = int(status.get("readyReplicas") or 0), int(status.get("replicas") or 0)
    updated = int(status.get("updatedReplicas") or 0)
    if ref.kind == "deployment" and updated < replicas:
        return f"{ref}: {updated} of {replicas} pods are updated"
    if ready < replicas:
        return f"{ref}: {ready} of {replicas} pods are ready"
    return f"{ref}: {existing - replicas} more pods than its {replicas} replicas" if existing > replicas else ""


def target_problem(target: Target) -> str:
    """Return what keeps the target from carrying a fault; empty for nothing. Raises Refused and ClusterError."""
    settings = target.settings
    if settings.workload:
        workloads = target.workloads()
        texts = map(unsettled_workload, workloads.refs, workloads.documents)
        if text := "; ".join(text for text in texts if text):
            return f"target {settings.target}: {text}"
    elif settings.labels and not any(is_ready(pod) for pod in target.pods().documents):
        return f"target {settings.target}: none of its pods is ready"
    if settings.service:
        target.service()
    if settings.configmap:
        target.configmap()
    if settings.node or settings.node_labels:
        target.nodes()
    return ""
