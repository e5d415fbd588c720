"""Faults of any drill in a namespace, found from the cluster alone: by their records, or by what they created."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gameday.clients.kubernetes import ApiObject, Forbidden, NotFound
from gameday.errors import Refused
from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, label_selector, uid_of
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL
from gameday.injectors.kubernetes.recorded_faults import (
    checked_intent,
    read_all_records,
    unreadable_intent,
    with_address_here,
)
from gameday.injectors.kubernetes.snapshots import THROUGH, CreatedObject, Snapshot
from gameday.injectors.kubernetes.target_objects import Target, name_of, resource_ids
from gameday.injectors.kubernetes.target_settings import Settings, read_settings
from gameday.injectors.kubernetes.undo_records import RECORD_ANNOTATION, record_ref
from gameday.markers import MARK, drill_of
from gameday.model import Binding, Json
from gameday.plugins.types import Deadline, Intent

_CREATED_KINDS: Mapping[str, tuple[str, Mapping[str, Json]]] = {
    "endpointslice": ("half-dead", {}), "networkpolicy": ("partition", {"peer": "unknown"}),
}  # fmt: skip
"""Kinds of objects that faults create, with a kind of fault that does, and parameters in place of the unknown ones."""
_CHAOS_MESH_KINDS: Mapping[str, tuple[str, Mapping[str, Json]]] = {"networkchaos": ("latency", {"delay": "1ms"})}
"""The same for objects that Chaos Mesh applies. The delay is unknown, and a revert does not need it."""
_ANNOTATED_KINDS = ("deployment", "service")
"""Kinds of objects that faults create beside what they change, with the record on each."""


def find_leftovers(binding: Binding, deadline: Deadline) -> list[Intent]:
    """Return each fault in the target's namespace once. Raises Refused and ClusterError."""
    settings = read_settings(binding)
    cluster = Cluster(settings.address, deadline)
    target = Target(cluster, settings, binding)
    recorded = read_all_records(cluster, settings.namespace)
    uids = _target_uids(target)
    known = {intent.marker for intent in recorded}
    own = [_on_bound_nodes(intent, target) for intent in recorded if _concerns_target(intent, binding, uids)]
    unrecorded = {
        intent.marker: intent for intent in _unrecorded(cluster, binding, settings) if intent.marker not in known
    }
    return [*own, *unrecorded.values()]


def _target_uids(target: Target) -> set[str]:
    """Return the uids of the target's objects; empty where nothing matches any more."""
    try:
        return set(resource_ids(target.binding, target.cluster.deadline))
    except Refused:
        return set()


def _concerns_target(intent: Intent, binding: Binding, uids: set[str]) -> bool:
    """Return True if the fault is on an object of the target, or names the target itself; unreadable ones may be."""
    if intent.is_unreadable:
        return True
    if (intent.environment, intent.target) == (binding.environment, binding.target):
        return True
    return bool({snapshot.uid for snapshot in Snapshot.of(intent).objects} & uids)


def _on_bound_nodes(intent: Intent, target: Target) -> Intent:
    """Return the intent; an unreadable one if it would change a node that is none of the target's."""
    if intent.is_unreadable:
        return intent
    nodes = {each.ref.name for each in Snapshot.of(intent).objects if each.ref.kind == "node"}
    if not nodes or (foreign := nodes - _bound_nodes(target)) == set():
        return intent
    reason = f"it names node {', '.join(sorted(foreign))}, which target {target.settings.target} does not"
    return unreadable_intent(record_ref(intent), intent.marker, intent.drill, reason)


def _bound_nodes(target: Target) -> set[str]:
    settings = target.settings
    if not settings.node_labels:
        return {settings.node}
    return {name_of(node) for node in target.cluster.list_objects("node", "", label_selector(settings.node_labels))}


def _unrecorded(cluster: Cluster, binding: Binding, settings: Settings) -> Iterator[Intent]:
    """Yield the faults of objects with a marker whose record somebody removed."""
    yield from _of_annotations(cluster, settings)
    tool_kinds = _CHAOS_MESH_KINDS if settings.through else {}
    for kind in (*_CREATED_KINDS, *tool_kinds):
        for document in _list_marked(cluster, kind, settings):
            yield _intent_of(document, kind, binding, settings)


def _of_annotations(cluster: Cluster, settings: Settings) -> Iterator[Intent]:
    """Yield the faults whose record is on an object of theirs too, each once."""
    for kind in _ANNOTATED_KINDS:
        for document in _list_marked(cluster, kind, settings):
            text = (document["metadata"].get("annotations") or {}).get(RECORD_ANNOTATION, "")
            ref = ObjectRef(kind, settings.namespace, name_of(document))
            yield with_address_here(cluster, checked_intent(text, ref.name, ref, drill_of(ref.name)))


def _list_marked(cluster: Cluster, kind: str, settings: Settings) -> list[ApiObject]:
    """Return the objects with a marker; none where the account could not have created one either."""
    try:
        documents = cluster.list_objects(kind, settings.namespace, MARKER_LABEL)
    except (Forbidden, NotFound):
        return []
    return [document for document in documents if re.fullmatch(MARK, name_of(document))]


def _intent_of(document: ApiObject, kind: str, binding: Binding, settings: Settings) -> Intent:
    ref = ObjectRef(kind, settings.namespace, name_of(document))
    address: dict[str, Json] = {
        "kubeconfig": settings.address.kubeconfig, "context": settings.address.context,
        "namespace": settings.namespace, "objects": [str(ref)],
    }  # fmt: skip
    extra = {THROUGH: settings.through} if kind in _CHAOS_MESH_KINDS else {}
    undo = {**Snapshot((), (CreatedObject(ref, {}),), extra).encode(), "ids": [uid_of(document)]}
    fault, params = {**_CREATED_KINDS, **_CHAOS_MESH_KINDS}[kind]
    return IntentBuilder("kubernetes", binding).build(
        ref.name, fault, address=address, params=params, undo=undo, target_text=f"{ref} in namespace {ref.namespace}",
        revert_text="delete the drill's own object",
    )  # fmt: skip
