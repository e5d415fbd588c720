"""Checks before a drill: rights by the server's own reviews, and the fault itself as a dry run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress

from gameday.clients.kubernetes import ApiObject, Conflict, Invalid, NotFound
from gameday.errors import Refused
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.faults import KINDS, find_class
from gameday.injectors.kubernetes.faults.base import FaultKind
from gameday.injectors.kubernetes.operation import Operation, collect_errors
from gameday.injectors.kubernetes.snapshots import namespace_of
from gameday.injectors.kubernetes.target_objects import Target, name_of
from gameday.injectors.kubernetes.undo_records import MANAGER

RECORD_PERMISSIONS = tuple(Permission(verb, "configmap") for verb in ("get", "list", "create", "patch", "delete"))
"""Rights that every fault needs for its undo record."""
_RECORD_DELETION_PERMISSIONS = tuple(Permission(verb, "configmap") for verb in ("get", "list", "delete"))
_RECORD_REVERT_PERMISSIONS = (*_RECORD_DELETION_PERMISSIONS, Permission("patch", "configmap"))
"""Rights that a revert needs for the undo record; without `patch`, a record with other faults stays."""
LEASE_PERMISSIONS = tuple(Permission(verb, "lease") for verb in ("get", "create", "patch", "delete"))
"""Rights that every drill needs to reserve the namespace."""
_GRANT = "Grant them to the account, as examples/kubernetes/rbac.yaml does."
_MAX_TRIED = 3
"""Objects of a kind on which a revert is tried."""


def missing_capability(operation: Operation, permissions: Iterable[Permission]) -> str:
    """Return why the server would refuse the fault; empty for nothing. Raises ClusterError, and Refused for rights."""
    needed = list(dict.fromkeys([*RECORD_PERMISSIONS, *LEASE_PERMISSIONS, *permissions]))
    namespace = namespace_of(operation.intent)
    if missing := missing_permissions(operation.cluster, needed, namespace):
        text = ", ".join(map(str, missing))
        raise Refused(f"this account lacks rights in namespace {namespace} that the fault requires: {text}", _GRANT)
    return operation.find_refusal()


def missing_revert_rights(target: Target, allowed: Collection[str]) -> str:
    """Return why the account could not revert faults on a target's objects; empty for nothing. Raises ClusterError.

    `allowed`: the kinds of fault that the environment allows, empty for all. It asks for the rights, then tries a
    revert of each object as a dry run: a policy may forbid what the rights allow."""
    needed = [*_RECORD_REVERT_PERMISSIONS, *_revert_permissions(target, _possible_classes(target, allowed))]
    return _describe_missing(needed, target) or _refused_patch(target)


def missing_deletion_rights(target: Target, allowed: Collection[str]) -> str:
    """Return the rights that an account lacks which deletes the drills' objects only. Raises ClusterError."""
    classes = [each for each in _possible_classes(target, allowed) if each.is_reverted_by_deletion]
    return _describe_missing([*_RECORD_DELETION_PERMISSIONS, *_revert_permissions(target, classes)], target)


def _possible_classes(target: Target, allowed: Collection[str]) -> Iterator[type[FaultKind]]:
    """Yield the kinds of fault that a drill could apply to the target."""
    for kind in sorted(allowed & KINDS.keys() if allowed else KINDS):
        with suppress(Refused):  # the tool of the target cannot do this kind
            fault_class = find_class(kind, target.settings)
            if fault_class.is_possible(target.settings):
                yield fault_class


def _revert_permissions(target: Target, classes: Iterable[type[FaultKind]]) -> Iterator[Permission]:
    for each in classes:
        yield from each.revert_permissions({_object_kind(key, target) for key in each.acts_on} - {""})


def _object_kind(key: str, target: Target) -> str:
    """Return the kind of the objects that a setting names; empty where it is not set."""
    if not getattr(target.settings, key):
        return ""
    return {"workload": target.settings.workload.partition("/")[0], "node_labels": "node", "labels": "pod"}.get(
        key, key
    )


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
