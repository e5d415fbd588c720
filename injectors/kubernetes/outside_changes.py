"""Changes of a cluster's objects by somebody outside the drill: fewer replicas, other selectors, policies of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterError, Forbidden
from gameday.errors import Refused
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL
from gameday.injectors.kubernetes.faults.partition import selects_pod
from gameday.injectors.kubernetes.ownership import owners_of
from gameday.injectors.kubernetes.snapshots import Snapshot, address_of, namespace_of
from gameday.injectors.kubernetes.target_objects import name_of
from gameday.injectors.kubernetes.target_settings import WORKLOADS, Settings
from gameday.model import Json
from gameday.plugins.injector import ChangeDetector
from gameday.plugins.types import Deadline, Intent

BOUND = "bound"
"""Key in the undo: the objects that the target names, beside those of the fault."""
_FIELDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(WORKLOADS, ("replicas", "paused")), "service": ("selector",), "node": ("unschedulable",),
}  # fmt: skip
"""Fields of `spec` that a person could change to impair an object, by its kind."""
_CONTROLLER = "kube-controller-manager"
"""Manager of replicas that an autoscaler sets: it reacts to the fault, and is nobody's change."""


class ClusterChangeDetector(ChangeDetector):
    """Detector of what somebody else impairs on the objects of a target."""

    @override
    def read_state(self, intent: Intent, own: Sequence[Intent], deadline: Deadline) -> Mapping[str, Json]:
        cluster, hidden = Cluster(address_of(intent), deadline), _own_fields(intent, own)
        try:
            documents = dict(map_concurrently(lambda ref: (ref, _find(cluster, ref)), _watched(intent)))
            existing = ((ref, document) for ref, document in documents.items() if document)
            fields: dict[str, Json] = {str(ref): _read(ref, document, hidden) for ref, document in existing}
            workloads = [doc for ref, doc in documents.items() if doc and ref.kind in WORKLOADS]
            return {"fields": fields, "policies": _policies(cluster, namespace_of(intent), workloads)}
        except ClusterError as error:
            raise Refused(f"cannot read {intent.target_text}: {error}", UNREACHABLE_REMEDY) from error

    @override
    def list_impairments(self, before: Mapping[str, Json], now: Mapping[str, Json]) -> frozenset[str]:
        return frozenset(_impairments(before, now))


def bound_objects(settings: Settings) -> list[str]:
    """Return the objects that a target names, as `kind/name`."""
    named = {"service": settings.service, "node": settings.node}
    workload = [settings.workload] if "/" in settings.workload else []
    return [*workload, *(f"{kind}/{name}" for kind, name in named.items() if name)]


def _watched(intent: Intent) -> list[ObjectRef]:
    bound = intent.undo.get(BOUND)
    texts = [str(text) for text in bound] if isinstance(bound, list) else []
    refs = [ObjectRef(kind, namespace_of(intent), name) for kind, _, name in (text.partition("/") for text in texts)]
    own = [snapshot.ref for snapshot in Snapshot.of(intent).objects if snapshot.ref.kind in _FIELDS]
    return list({str(ref): ref for ref in (*refs, *own)}.values())


def _own_fields(intent: Intent, own: Sequence[Intent]) -> set[tuple[str, str]]:
    """Return the fields that faults of the drill change, as object and path."""
    same = [fault for fault in own if namespace_of(fault) == namespace_of(intent)]
    snapshots = [snapshot for fault in same for snapshot in Snapshot.of(fault).objects]
    return {(str(snapshot.ref), change.text) for snapshot in snapshots for change in snapshot.changes}


def _find(cluster: Cluster, ref: ObjectRef) -> ApiObject | None:
    """Return the object; None if it does not exist, or the account may not read it."""
    try:
        return cluster.find(ref)
    except Forbidden:
        return None


def _read(ref: ObjectRef, document: ApiObject, hidden: set[tuple[str, str]]) -> dict[str, Json]:
    """Return the fields without those of the drill's faults, and the replicas without what an autoscaler set."""
    spec = document["spec"]
    values: dict[str, Json] = {
        field: spec.get(field) for field in _FIELDS[ref.kind]
        if not any(path == f"spec.{field}" or path.startswith(f"spec.{field}.")
                   for owner, path in hidden if owner == str(ref))
    }  # fmt: skip
    if "replicas" in values:
        managers = {owner.manager for owner in owners_of(document, ("f:spec", "f:replicas"))}
        values = {**values, "replicas": int(spec.get("replicas", 1))} if _CONTROLLER not in managers else {}
    return values


def _policies(cluster: Cluster, namespace: str, workloads: Sequence[ApiObject]) -> list[Json]:
    """Return the NetworkPolicies of others that select the workloads' pods; empty if they may not be listed."""
    try:
        policies = cluster.list_objects("networkpolicy", namespace) if workloads else []
    except Forbidden:
        return []
    templates = [workload["spec"]["template"] for workload in workloads]
    return [
        name_of(policy) for policy in policies
        if MARKER_LABEL not in (policy["metadata"].get("labels") or {})
        and any(selects_pod(policy["spec"].get("podSelector") or {}, template) for template in templates)
    ]  # fmt: skip


def _impairments(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for ref, fields in now["fields"].items():
        earlier = before["fields"].get(ref, {})
        shared = {field: (earlier[field], value) for field, value in fields.items() if field in earlier}
        yield from (f"{ref}: {text}" for field, pair in shared.items() if (text := _describe(field, *pair)))
    for policy in now["policies"]:
        if policy not in before["policies"]:
            yield f"NetworkPolicy {policy}, which selects the target's pods, was added"


def _describe(field: str, before: Any, now: Any) -> str:
    """Return how a field was changed for the worse; empty if it was not."""
    match field:
        case "replicas":
            return f"it was scaled from {before} to {now}" if now < before else ""
        case "selector":
            return "its selector was changed" if now != before else ""
        case "paused":
            return "its rollout was paused" if now and not before else ""
        case _:
            return "it was cordoned" if now and not before else ""
