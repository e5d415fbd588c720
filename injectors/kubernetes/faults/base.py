"""Base classes of the kinds of fault on a cluster, for the three ways of applying one.

By a field: it is set and restored. By an object: it is created and deleted. By pods: their controller replaces them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.fields import FieldChange, Segment, Value, format_value, read_value
from gameday.injectors.kubernetes.gitops import overruling_gitops_tool
from gameday.injectors.kubernetes.ownership import owners_of
from gameday.injectors.kubernetes.snapshots import CreatedObject, ObjectSnapshot, Snapshot
from gameday.injectors.kubernetes.target_objects import Selection, Target
from gameday.injectors.kubernetes.target_settings import Settings
from gameday.plugins.parameters import Params
from gameday.plugins.types import Intent

FieldValue = tuple[tuple[Segment, ...], Value]
"""Field, and the value that the fault sets."""
MARKER_LABEL = "gameday/marker"


@dataclass(frozen=True, slots=True)
class PlanContext:
    """Inputs of a plan. `fault`: its id; `lasts`: seconds, if they are set; `earlier`: present faults of the drill."""

    target: Target
    fault: str
    marker: str
    earlier: Sequence[Intent]
    lasts: float | None = None


@dataclass(frozen=True, slots=True)
class PlannedObjects:
    """Objects that a fault would touch. `to_draw`: how many of them, where they are not drawn yet, or 0."""

    refs: Sequence[ObjectRef]
    snapshot: Snapshot
    to_draw: int = 0


class FaultKind(Params):
    """One kind of fault on a cluster."""

    __slots__ = ()
    acts_on: ClassVar[tuple[str, ...]] = ()
    """Settings that name objects: a target needs one of them."""
    created_kinds: ClassVar[tuple[str, ...]] = ()
    """Kinds of the objects that it creates."""
    is_reverted_by_deletion: ClassVar[bool] = False
    """True if nothing of it is left once its own objects are deleted."""

    @classmethod
    def is_possible(cls, settings: Settings) -> bool:
        """Return True if the target names an object on which this kind acts."""
        return any(getattr(settings, key) for key in cls.acts_on)

    @classmethod
    def revert_permissions(cls, kinds: Collection[str]) -> list[Permission]:
        """Return the rights that a revert needs on objects of these kinds, beside those of the undo record."""
        raise NotImplementedError

    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        """Return the rights that fault and revert need on objects of these kinds, beside those of the undo record."""
        return self.revert_permissions(kinds)

    def plan_objects(self, context: PlanContext) -> PlannedObjects:
        """Return what the fault would touch. Raises Refused and ClusterError."""
        raise NotImplementedError

    def describe_revert(self) -> str:
        """Return how it is reverted, for a person."""
        raise NotImplementedError

    def repeat_interval(self) -> float:
        """Return the seconds after which the fault acts again while it is present; 0 if it acts once."""
        return 0.0

    def describe_extra(self, extra: Mapping[str, Any]) -> str:
        """Return what the fault does beside changing its objects, for a person; empty for nothing."""
        del extra
        return ""

    def find_refusal(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> str:
        """Return why the cluster would refuse what the fault does beside its objects. Raises ClusterError."""
        del cluster, namespace, extra
        return ""

    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        """Yield what weakens the effect on one object. `extra`: what the kind keeps beside its objects."""
        del document, extra
        yield from ()


class FieldFaultKind(FaultKind):
    """Fault that sets fields of objects."""

    __slots__ = ()
    changed_fields: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Fields that it sets, or that hold them: `*` is any key, `[]` an element by its name."""

    @override
    @classmethod
    def revert_permissions(cls, kinds: Collection[str]) -> list[Permission]:
        return [Permission(verb, kind) for kind in sorted(kinds) for verb in ("get", "patch")]

    def select(self, target: Target) -> Selection:
        """Return the objects. Raises Refused."""
        raise NotImplementedError

    def values(self, document: ApiObject, context: PlanContext) -> Iterable[FieldValue]:
        """Return the fields and the values that the fault sets. Raises Refused."""
        raise NotImplementedError

    def capture_state(self, context: PlanContext, documents: Sequence[ApiObject]) -> Mapping[str, Any]:
        """Return what this kind needs beside the fields. Raises ClusterError."""
        del context, documents
        return {}

    def finish_apply(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> None:
        """Do what the fault does once its fields are set. Raises ClusterError."""
        del cluster, namespace, extra

    def repeat(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> None:
        """Do again what the fault does while it is present. Raises ClusterError."""
        del cluster, namespace, extra

    def finish_revert(self, cluster: Cluster, snapshot: ObjectSnapshot, extra: Mapping[str, Any]) -> str:
        """Remove what the fault left beside the fields; return what is kept, empty for nothing. Raises ClusterError.

        Raises RevertIncomplete where the cluster still works on it."""
        del cluster, snapshot, extra
        return ""

    def has_remainder(self, cluster: Cluster, snapshot: ObjectSnapshot, extra: Mapping[str, Any]) -> bool:
        """Return True if something of the fault is left beside the fields. Raises ClusterError."""
        del cluster, snapshot, extra
        return False

    @override
    def plan_objects(self, context: PlanContext) -> PlannedObjects:
        selection = self.select(context.target)
        snapshots = [
            ObjectSnapshot(ref, uid_of(document), tuple(self._changes(ref, document, context)))
            for ref, document in zip(selection.refs, selection.documents, strict=True)
        ]
        extra = self.capture_state(context, selection.documents)
        return PlannedObjects(selection.refs, Snapshot(tuple(snapshots), extra=extra), selection.to_draw)

    def _changes(self, ref: ObjectRef, document: ApiObject, context: PlanContext) -> Iterator[FieldChange]:
        target = context.target.settings.target
        for path, after in self.values(document, context):
            current = read_value(document, path)
            if current is None:
                raise Refused(f"target {target}: {ref} has no field that could hold {FieldChange(path, (), ()).text}")
            change = FieldChange(path, current, after, replaced=current)
            owners = tuple(owners_of(document, change.owner_path))
            change = FieldChange(path, current, after, owners, current)
            _require_not_overruled(ref, document, change, context.target)
            change = _inherit(change, uid_of(document), context.earlier)
            if current == after:
                raise Refused(
                    f"target {target}: {change.text} of {ref} is already {format_value(after)}: no change",
                    "Choose another value, or correct the target.",
                )
            yield change


def _require_not_overruled(ref: ObjectRef, document: ApiObject, change: FieldChange, target: Target) -> None:
    """Raise Refused if a GitOps controller writes the field, unless the target says that it leaves it alone."""
    controller = overruling_gitops_tool(document, change.owner_path, change.owners)
    if controller is None or target.settings.gitops == "suspended":
        return
    raise Refused(
        f"target {target.settings.target}: {controller.name} writes {change.text} of {ref} and will restore it "
        f"{controller.when}",
        "Use a kind that changes no field of others, such as kill, half-dead or partition; or let the owner of "
        f"{controller.name} suspend it for the drill, and write `gitops: suspended` at the target in gameday.yaml.",
    )


def _inherit(change: FieldChange, uid: str, earlier: Sequence[Intent]) -> FieldChange:
    """Return the change with the value from before an earlier fault of the same drill, if one set the field."""
    for intent in earlier:
        for snapshot in Snapshot.of(intent).objects:
            for other in snapshot.changes if snapshot.uid == uid else ():
                if other.path == change.path and other.after == change.replaced:
                    return FieldChange(change.path, other.before, change.after, other.owners, change.replaced)
    return change


class CreatedObjectKind(FaultKind):
    """Fault by an object that it creates."""

    __slots__ = ()
    is_reverted_by_deletion = True

    @override
    @classmethod
    def revert_permissions(cls, kinds: Collection[str]) -> list[Permission]:
        return [Permission(verb, kind) for kind in cls.created_kinds for verb in ("get", "list", "delete")]

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        return [*self.revert_permissions(kinds), *(Permission("create", kind) for kind in self.created_kinds)]

    def created_objects(self, context: PlanContext) -> tuple[Sequence[ObjectSnapshot], Sequence[CreatedObject]]:
        """Return the objects that are affected, and those to create. Raises Refused and ClusterError."""
        raise NotImplementedError

    def capture_state(self, context: PlanContext) -> Mapping[str, Any]:
        """Return what this kind needs beside its objects."""
        del context
        return {}

    @override
    def plan_objects(self, context: PlanContext) -> PlannedObjects:
        affected, created = self.created_objects(context)
        snapshot = Snapshot(tuple(affected), tuple(created), self.capture_state(context))
        return PlannedObjects([each.ref for each in affected], snapshot)

    @override
    def describe_revert(self) -> str:
        return "delete the drill's own object"


class RevertIncomplete(Exception):
    """The values are restored, and the cluster still works on it; the text says on what."""
