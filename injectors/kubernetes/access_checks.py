"""Checks before a drill: rights by the server's own reviews, and the fault itself as a dry run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from gameday.clients.kubernetes import ApiObject, Conflict, Invalid, NotFound
from gameday.errors import Refused
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.delete_only import DELETION_PERMISSIONS
from gameday.injectors.kubernetes.discovery import Target, name_of
from gameday.injectors.kubernetes.operation import Operation, collect_errors
from gameday.injectors.kubernetes.snapshots import namespace_of
from gameday.injectors.kubernetes.undo_records import MANAGER

RECORD_PERMISSIONS = tuple(Permission(verb, "configmap") for verb in ("get", "list", "create", "patch", "delete"))
"""Rights that every fault needs for its undo record."""
LEASE_PERMISSIONS = tuple(Permission(verb, "lease") for verb in ("get", "create", "patch", "delete"))
"""Rights that every drill needs to reserve the namespace."""
_GUARDIAN_PERMISSIONS = tuple(Permission(verb, "configmap") for verb in ("get", "list", "patch", "delete"))
"""Rights that a revert needs for the undo record."""
_CHAOS_MESH_REVERT_PERMISSIONS = tuple(Permission(verb, "networkchaos") for verb in ("get", "list", "delete"))
_MAX_TRIED = 3
"""Objects of a kind on which a revert is tried."""

_PROXY_REVERT_PERMISSIONS = (
    *(Permission(verb, kind) for kind in ("deployment", "service") for verb in ("get", "list", "delete")),
    *(Permission(verb, kind) for kind in ("replicaset", "pod") for verb in ("list", "delete")),
    Permission("list", "endpointslice"),
)  # fmt: skip
"""Rights that a revert needs to remove a proxy."""


def missing_capability(operation: Operation, permissions: Iterable[Permission]) -> str:
    """Return what the account lacks, or why the server would refuse; empty for nothing. Raises ClusterError."""
    needed = list(dict.fromkeys([*RECORD_PERMISSIONS, *LEASE_PERMISSIONS, *permissions]))
    namespace = namespace_of(operation.intent)
    if missing := missing_permissions(operation.cluster, needed, namespace):
        text = ", ".join(map(str, missing))
        return f"this account lacks rights in namespace {namespace} that the fault requires: {text}"
    return operation.dry_run()


def missing_revert_rights(target: Target) -> str:
    """Return why the account could not revert faults on a target's objects; empty for nothing. Raises ClusterError.

    It asks for the rights, then tries a revert of each object as a dry run: a policy may forbid what the rights allow.
    """
    settings = target.settings
    kinds = {settings.workload.partition("/")[0]} if settings.workload else set()
    kinds |= {kind for kind in ("service", "configmap") if getattr(settings, kind)}
    kinds |= {"node"} if settings.node or settings.node_labels else set()
    restored = [Permission(verb, kind) for kind in sorted(kinds) for verb in ("get", "patch")]
    proxies = _PROXY_REVERT_PERMISSIONS if settings.proxy_image else ()
    needed = [*_GUARDIAN_PERMISSIONS, *restored, *proxies, *_tool_permissions(target)]
    return _describe_missing(needed, target) or _refused_patch(target)


def missing_deletion_rights(target: Target) -> str:
    """Return the rights that an account lacks which deletes the drills' objects only. Raises ClusterError."""
    return _describe_missing([*DELETION_PERMISSIONS, *_tool_permissions(target)], target)


def _tool_permissions(target: Target) -> Sequence[Permission]:
    """Return the rights that end a fault which another tool applies."""
    return _CHAOS_MESH_REVERT_PERMISSIONS if target.settings.through else ()


def _describe_missing(permissions: Iterable[Permission], target: Target) -> str:
    namespace = target.settings.namespace
    missing = missing_permissions(target.cluster, dict.fromkeys(permissions), namespace)
    return f"this account cannot revert faults in {namespace}: {', '.join(map(str, missing))}" if missing else ""


def _refused_patch(target: Target) -> str:
    """Return why the API server would refuse to patch an object of the target; empty for nothing."""
    documents = [(kind, document) for kind, listed in _restored_objects(target) for document in listed[:_MAX_TRIED]]
    errors = collect_errors(lambda each: _try_patch(*each, target), documents)
    wrong = [error for error in errors if error and not isinstance(error, (NotFound, Conflict, Invalid))]
    return f"a revert in {target.settings.namespace} would fail: {wrong[0]}" if wrong else ""


def _restored_objects(target: Target) -> Iterator[tuple[str, Sequence[ApiObject]]]:
    """Yield the objects whose fields a revert restores, by kind; what does not exist now needs no revert."""
    settings = target.settings
    readers: dict[str, Callable[[], Sequence[ApiObject]]] = {}
    if settings.workload:
        readers[settings.workload.partition("/")[0]] = lambda: target.workloads().documents
    if settings.service:
        readers["service"] = lambda: [target.service()]
    if settings.configmap:
        readers["configmap"] = lambda: [target.configmap()]
    if settings.node or settings.node_labels:
        readers["node"] = lambda: target.nodes().documents
    for kind, read in readers.items():
        with suppress(Refused):
            yield kind, read()


def _try_patch(kind: str, document: ApiObject, target: Target) -> None:
    """Patch an object to what it is already, as a dry run."""
    ref = ObjectRef(kind, target.settings.namespace, name_of(document))
    part = "data" if kind == "configmap" else "spec"
    write = {"op": "replace", "path": f"/{part}", "value": document.get(part)}
    test = {"op": "test", "path": "/metadata/uid", "value": uid_of(document)}
    target.cluster.json_patch(ref, [test, *([write] if part in document else [])], MANAGER, dry_run=True)


def missing_permissions(cluster: Cluster, permissions: Iterable[Permission], namespace: str) -> list[Permission]:
    """Return the rights that the account lacks. Raises ClusterError."""
    needed = list(permissions)
    allowed = map_concurrently(lambda permission: cluster.is_allowed(permission, namespace), needed)
    return [permission for permission, is_allowed in zip(needed, allowed, strict=True) if not is_allowed]
