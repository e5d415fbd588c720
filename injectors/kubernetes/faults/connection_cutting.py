"""Open connections of a Service: they survive any change of its endpoints, and end only with its pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gameday.clients.kubernetes import ApiObject, ClusterError, Conflict, NotFound
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, label_selector
from gameday.injectors.kubernetes.faults.pod_kind import require_controller
from gameday.injectors.kubernetes.operation import collect_errors
from gameday.injectors.kubernetes.target_objects import (
    Target,
    controllers_of,
    format_names,
    is_running,
    uids_by_name,
)

PERMISSIONS = (
    Permission("list", "pod"), Permission("delete", "pod"), Permission("get", "replicaset"),
    Permission("get", "statefulset"),
)  # fmt: skip
Extra = Mapping[str, Any]
"""`restarted`: uids of the pods to delete, by name; `controllers`: those that replace them."""


def pods_to_restart(target: Target, service: ApiObject) -> Extra:
    """Return the pods behind a Service that end with its open connections. Raises Refused and ClusterError."""
    if not target.settings.cut_connections:
        return {}
    selector = label_selector(service["spec"]["selector"])
    listed = target.cluster.list_objects("pod", target.settings.namespace, selector)
    pods = [pod for pod in listed if is_running(pod)]
    target.settings.require_within_caps(len(pods), len(pods), "pods")
    for pod in pods:
        require_controller(pod, target.settings.target)
    return {"restarted": uids_by_name(pods), "controllers": controllers_of(pods)}


def restart_pods(cluster: Cluster, namespace: str, extra: Extra, *, dry_run: bool = False) -> None:
    """Delete the pods at once, without a grace period. Raises ClusterError."""

    def delete(name: str) -> None:
        try:
            uid = extra["restarted"][name]
            cluster.delete(ObjectRef("pod", namespace, name), uid=uid, grace=0, dry_run=dry_run)
        except (NotFound, Conflict):  # it has ended, and its name may be another pod's
            return

    errors = collect_errors(delete, list(extra.get("restarted", {})))
    if reasons := [str(error) for error in errors if error]:
        raise ClusterError(f"open connections could not be cut: {'; '.join(reasons)}", may_have_landed=True)


def describe_restart(extra: Extra) -> str:
    """Return which pods are deleted, for a person; empty for none."""
    names = [f"pod/{name}" for name in extra.get("restarted", {})]
    return f"deletes {format_names(names)} to cut open connections" if names else ""
