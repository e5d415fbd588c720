"""Checks before a drill: rights by the server's own reviews, and the fault itself as a dry run."""

from __future__ import annotations

from collections.abc import Iterable

from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster, Permission
from gameday.injectors.kubernetes.operation import Operation
from gameday.injectors.kubernetes.snapshots import namespace_of
from gameday.injectors.kubernetes.target_settings import Settings

RECORD_PERMISSIONS = tuple(Permission(verb, "configmap") for verb in ("get", "list", "create", "patch", "delete"))
"""Rights that every fault needs for its undo record."""
_GUARDIAN_PERMISSIONS = tuple(Permission(verb, "configmap") for verb in ("get", "list", "patch", "delete"))
"""Rights that a revert needs for the undo record."""

_PROXY_REVERT_PERMISSIONS = (
    *(Permission(verb, kind) for kind in ("deployment", "service") for verb in ("get", "list", "delete")),
    *(Permission(verb, kind) for kind in ("replicaset", "pod") for verb in ("list", "delete")),
    Permission("list", "endpointslice"),
)  # fmt: skip
"""Rights that a revert needs to remove a proxy."""


def missing_capability(operation: Operation, permissions: Iterable[Permission]) -> str:
    """Return what the account lacks, or why the server would refuse; empty for nothing. Raises ClusterError."""
    needed = list(dict.fromkeys([*RECORD_PERMISSIONS, *permissions]))
    namespace = namespace_of(operation.intent)
    if missing := missing_permissions(operation.cluster, needed, namespace):
        text = ", ".join(map(str, missing))
        return f"this account lacks rights in namespace {namespace} that the fault requires: {text}"
    return operation.dry_run()


def missing_revert_rights(cluster: Cluster, settings: Settings) -> str:
    """Return the rights that reverts on a target's objects need and the account lacks. Raises ClusterError."""
    kinds = {settings.workload.partition("/")[0]} if settings.workload else set()
    kinds |= {kind for kind in ("service", "configmap") if getattr(settings, kind)}
    kinds |= {"node"} if settings.node or settings.node_labels else set()
    restored = [Permission(verb, kind) for kind in sorted(kinds) for verb in ("get", "patch")]
    proxies = _PROXY_REVERT_PERMISSIONS if settings.proxy_image else ()
    needed = dict.fromkeys([*_GUARDIAN_PERMISSIONS, *restored, *proxies])
    missing = missing_permissions(cluster, needed, settings.namespace)
    return (
        f"this account cannot revert faults in {settings.namespace}: {', '.join(map(str, missing))}" if missing else ""
    )


def missing_permissions(cluster: Cluster, permissions: Iterable[Permission], namespace: str) -> list[Permission]:
    """Return the rights that the account lacks. Raises ClusterError."""
    needed = list(permissions)
    allowed = map_concurrently(lambda permission: cluster.is_allowed(permission, namespace), needed)
    return [permission for permission, is_allowed in zip(needed, allowed, strict=True) if not is_allowed]
