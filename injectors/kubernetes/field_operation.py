"""Faults that set fields of other people's objects, and restore them only where nobody else changed them."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterError, Conflict, Invalid
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, RevertIncomplete
from gameday.injectors.kubernetes.fields import FieldChange, build_patch, describe_foreign_value, read_value
from gameday.injectors.kubernetes.operation import Operation, collect_errors
from gameday.injectors.kubernetes.ownership import owners_of, owners_since, restore_field_ownership
from gameday.injectors.kubernetes.recorded_faults import read_records
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot, Snapshot, namespace_of
from gameday.injectors.kubernetes.undo_records import has_record
from gameday.plugins.types import Intent, Presence

_ATTEMPTS = 5


class FieldOperation(Operation):
    """One fault on fields, for one call."""

    def __init__(self, intent: Intent, cluster: Cluster, kind: FieldFaultKind) -> None:
        super().__init__(intent, cluster)
        self._kind = kind
        self._read: dict[str, ApiObject] = {}
        """Objects as all were read at once, by uid. A patch tests what it relies on, so they may be out of date."""

    def _read_all(self) -> list[tuple[ObjectSnapshot, ApiObject | None]]:
        """Return each object as it is now, and keep it for the first attempt at a patch."""
        read = list(zip(self.snapshot.objects, self.find_same_objects(), strict=True))
        self._read = {snapshot.uid: now for snapshot, now in read if now is not None}
        return read

    def _find_same(self, snapshot: ObjectSnapshot) -> ApiObject | None:
        """Return the object, as kept by `_read_all` or read now; None if it is another one or none."""
        return self._read.pop(snapshot.uid, None) or self.find_same_object(snapshot.ref, snapshot.uid)

    @override
    def difference_from_plan(self) -> str:
        return "; ".join(filter(None, (self._difference(*each) for each in self._read_all())))

    @staticmethod
    def _difference(snapshot: ObjectSnapshot, now: ApiObject | None) -> str:
        """Return how the object differs from the plan; empty if it does not, or carries the fault already."""
        if now is None:
            return f"{snapshot.ref} no longer exists"
        for change in snapshot.changes:
            if read_value(now, change.path) not in (change.replaced, change.after):
                return f"{change.text} of {snapshot.ref} was changed after planning"
        return ""

    @override
    def apply_to_objects(self) -> Sequence[ClusterError | None]:
        return collect_errors(self._apply, self.snapshot.objects)

    def _apply(self, snapshot: ObjectSnapshot) -> None:
        """Set the fields of one object, then hand their ownership back. Raises ClusterError."""
        latest: ApiObject | None = None
        for attempt in range(_ATTEMPTS):
            now = self._read.pop(snapshot.uid, None) or self.cluster.get(snapshot.ref)
            missing = [change for change in snapshot.changes if read_value(now, change.path) != change.after]
            if any(read_value(now, change.path) != change.replaced for change in missing):
                raise Conflict(f"{snapshot.ref} is being changed by someone else")
            values = [(change.path, change.after) for change in missing]
            if latest := self._set_values(snapshot, now, values, is_last=attempt == _ATTEMPTS - 1):
                break
        try:
            self._restore_ownership(snapshot, latest)
        except ClusterError as error:
            raise ClusterError(str(error), error.todo, may_have_landed=True) from None

    def _set_values(
        self, snapshot: ObjectSnapshot, now: ApiObject, values: Sequence[FieldValue], *, is_last: bool,
        dry_run: bool = False,
    ) -> ApiObject | None:  # fmt: skip
        """Set the fields and return the object; None if it changed since it was read. Raises ClusterError."""
        if not values:
            return now
        try:
            return self.cluster.json_patch(snapshot.ref, build_patch(now, values), self.intent.marker, dry_run=dry_run)
        except (Invalid, Conflict):
            if is_last:
                raise
            return None

    @override
    def finish_apply(self) -> None:
        self._kind.finish_apply(self.cluster, namespace_of(self.intent), self.snapshot.extra)

    @override
    def repeat(self) -> None:
        self._kind.repeat(self.cluster, namespace_of(self.intent), self.snapshot.extra)

    def _restore_ownership(self, snapshot: ObjectSnapshot, latest: ApiObject | None) -> None:
        owners = {change.owner_path: change.owners for change in snapshot.changes}
        restore_field_ownership(self.cluster, snapshot.ref, snapshot.uid, self.intent.marker, owners, latest)

    @override
    def revert_objects(self) -> Sequence[str]:
        self._read_all()
        return map_concurrently(self._revert, self.snapshot.objects)

    def _revert(self, snapshot: ObjectSnapshot) -> str:
        """Restore one object; return what is kept as somebody changed it."""
        latest: ApiObject | None = None
        for attempt in range(_ATTEMPTS):
            now = self._find_same(snapshot)
            if now is None:
                return f"{snapshot.ref} was deleted by someone else"
            kept = [self._foreign_change(snapshot, change, now) for change in snapshot.changes]
            values = [
                (change.path, change.before)
                for change, reason in zip(snapshot.changes, kept, strict=True)
                if not reason and read_value(now, change.path) == change.after
            ]
            if latest := self._set_values(snapshot, now, values, is_last=attempt == _ATTEMPTS - 1):
                break
        self._restore_ownership(snapshot, latest)
        try:
            kept.append(self._kind.finish_revert(self.cluster, snapshot, self.snapshot.extra))
        except RevertIncomplete:
            if not any(kept):  # what somebody took over stays in use
                raise
        return "; ".join(reason for reason in kept if reason)

    def _foreign_change(self, snapshot: ObjectSnapshot, change: FieldChange, now: ApiObject) -> str:
        """Return what somebody else did to the field; empty when nothing, or when it is as before."""
        current = read_value(now, change.path)
        if current == change.before:
            return ""
        since = owners_since(now, change.owner_path, change.owners)
        new = [owner for owner in since if owner.manager != self.intent.marker]
        if current == change.after:
            by, also = f" by {new[0].manager}" if new else "", describe_foreign_value(change.path, current)
            return f"{change.text} of {snapshot.ref} was also {also}{by}" if new else ""
        if self._is_superseded(snapshot, change, now):
            return ""
        owners = new or owners_of(now, change.owner_path)
        by = f" by {owners[0].manager}" if owners else ""
        return f"{change.text} of {snapshot.ref} was {describe_foreign_value(change.path, current)}{by}"

    def _is_superseded(self, snapshot: ObjectSnapshot, change: FieldChange, now: ApiObject) -> bool:
        """Return True if a later fault of the same drill set the field."""
        return any(
            other.path == change.path and read_value(now, other.path) == other.after
            for intent in read_records(self.cluster, namespace_of(self.intent))
            if intent.drill == self.intent.drill and intent.marker != self.intent.marker
            for later in Snapshot.of(intent).objects
            if later.uid == snapshot.uid
            for other in later.changes
        )

    @override
    def presence(self) -> Presence:
        states = map_concurrently(lambda each: self._state(*each), self._read_all())
        existing = [state for state in states if state is not Presence.TARGET_GONE]
        if existing and all(state is Presence.PRESENT for state in existing):
            return Presence.PRESENT
        if any(state in (Presence.PRESENT, Presence.MODIFIED) for state in existing):
            return Presence.MODIFIED
        if not existing:
            return Presence.TARGET_GONE
        return Presence.MODIFIED if has_record(self.cluster, self.intent) else Presence.ABSENT

    def _state(self, snapshot: ObjectSnapshot, now: ApiObject | None) -> Presence:
        if now is None:
            return Presence.TARGET_GONE
        active = [read_value(now, change.path) == change.after for change in snapshot.changes]
        if all(active):
            return Presence.PRESENT
        if any(active) or self._kind.has_remainder(self.cluster, snapshot, self.snapshot.extra):
            return Presence.MODIFIED
        return Presence.ABSENT

    @override
    def find_refusal(self) -> str:
        self._read_all()
        errors = collect_errors(self._dry_run, self.snapshot.objects)
        refusals = [str(error) for error in errors if error]
        if not refusals:
            refusals = [self._kind.find_refusal(self.cluster, namespace_of(self.intent), self.snapshot.extra)]
        return "; ".join(dict.fromkeys(filter(None, refusals)))

    def _dry_run(self, snapshot: ObjectSnapshot) -> None:
        values = [(change.path, change.after) for change in snapshot.changes]
        for attempt in range(_ATTEMPTS):
            now = self._read.pop(snapshot.uid, None) or self.cluster.get(snapshot.ref)
            if self._set_values(snapshot, now, values, is_last=attempt == _ATTEMPTS - 1, dry_run=True):
                break
