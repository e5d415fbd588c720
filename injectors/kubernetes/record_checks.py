"""Check of undo records that were read from a cluster.

Whoever may write a ConfigMap in a namespace could have written one. So a record is used only for what a fault of its
kind does: in its own namespace, on objects that the kind acts on, on the fields that it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gameday.injectors.kubernetes.cluster import TYPES, ObjectRef
from gameday.injectors.kubernetes.faults import class_of
from gameday.injectors.kubernetes.faults.base import FaultKind, FieldFaultKind
from gameday.injectors.kubernetes.fields import Segment
from gameday.injectors.kubernetes.object_names import is_object_name
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot, Snapshot
from gameday.injectors.kubernetes.target_settings import WORKLOADS
from gameday.markers import MARK, drill_of
from gameday.plugins.types import Intent

_KINDS_OF_SETTINGS = {
    "workload": WORKLOADS, "service": ("service",), "configmap": ("configmap",), "node": ("node",),
    "node_labels": ("node",), "labels": ("pod",),
}  # fmt: skip
"""Kinds of objects that a setting of a target may name."""


def find_record_problem(intent: Intent, namespace: str, drill: str) -> str:
    """Return why a record must not be used; empty if it may. `namespace`, `drill`: of the object that holds it.

    Raises KeyError, ValueError, TypeError or AttributeError for a record that is not complete."""
    return next(_problems(intent, namespace, drill), "")


def _problems(intent: Intent, namespace: str, drill: str) -> Iterator[str]:
    if not re.fullmatch(MARK, intent.marker) or drill_of(intent.marker) != drill or intent.drill != drill:
        yield f"its marker is not one of {drill}"
    if intent.address["namespace"] != namespace:
        yield "it names another namespace"
    kind = class_of(intent)
    if kind is None:
        yield f"this version of gameday does not know the kind {intent.kind!r}"
        return
    kind.read(intent.params)
    snapshot = Snapshot.of(intent)
    for stored in snapshot.objects:
        yield from _object_problems(stored, kind, namespace)
    for created in snapshot.created:
        if created.ref.kind not in kind.created_kinds or created.ref.name != intent.marker:
            yield f"{intent.kind} does not create {created.ref}"
        yield from _place_problems(created.ref, namespace)


def _object_problems(stored: ObjectSnapshot, kind: type[FaultKind], namespace: str) -> Iterator[str]:
    allowed = {"pod", *(each for key in kind.acts_on for each in _KINDS_OF_SETTINGS[key])}
    if stored.ref.kind not in allowed:
        yield f"a fault of its kind does not act on {stored.ref}"
    yield from _place_problems(stored.ref, namespace)
    for change in stored.changes:
        fields = kind.changed_fields if issubclass(kind, FieldFaultKind) and stored.ref.kind != "pod" else ()
        if not any(_is_within(change.path, field) for field in fields):
            yield f"a fault of its kind does not change {change.text} of {stored.ref}"


def _place_problems(ref: ObjectRef, namespace: str) -> Iterator[str]:
    if ref.kind not in TYPES or not is_object_name(ref.name):
        yield f"{ref} is not the name of an object"
    if ref.namespace != namespace:
        yield f"{ref} is in another namespace"


def _is_within(path: tuple[Segment, ...], field: tuple[str, ...]) -> bool:
    """Return True if a path is the field or below it. `field`: `*` is any key, `[]` an element by name."""
    if len(path) < len(field):
        return False
    return all(
        (part == "[]") if not isinstance(segment, str) else part in ("*", segment)
        for segment, part in zip(path, field, strict=False)
    )
