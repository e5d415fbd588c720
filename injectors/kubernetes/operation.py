"""One fault on a cluster for one call: what its three ways of applying have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from gameday.clients.kubernetes import ApiObject, ClusterError, Forbidden
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, uid_of
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.injectors.kubernetes.undo_records import remove_record, write_record
from gameday.plugins.types import ApplyOutcome, ApplyResult, Intent, Presence, RevertOutcome, RevertResult

T = TypeVar("T")
LIST_FROM = 10
"""Objects of a kind from which one listing of the namespace is cheaper than a request for each."""


class Operation:
    """Apply, revert and presence of one fault. Every method raises ClusterError."""

    def __init__(self, intent: Intent, cluster: Cluster) -> None:
        self.intent = intent
        self.cluster = cluster
        self.snapshot = Snapshot.of(intent)

    def apply(self) -> ApplyResult:
        """Record the fault in the cluster, then apply it."""
        if refusal := self.difference_from_plan():
            return ApplyResult(ApplyOutcome.REFUSED, refusal)
        try:
            write_record(self.cluster, self.intent)
        except ClusterError as error:
            outcome = ApplyOutcome.UNKNOWN if error.may_have_landed else ApplyOutcome.REFUSED
            return ApplyResult(outcome, f"the undo record could not be written: {error}")
        errors = self.apply_to_objects()
        if not any(errors):
            self.finish_apply()
            return ApplyResult(ApplyOutcome.APPLIED)
        reason = "; ".join(str(error) for error in errors if error)
        if all(error and not error.may_have_landed for error in errors):
            remove_record(self.cluster, self.intent)
            return ApplyResult(ApplyOutcome.REFUSED, reason)
        return ApplyResult(ApplyOutcome.UNKNOWN, reason)

    def difference_from_plan(self) -> str:
        """Return why the objects are not as they were planned; empty when they are."""
        return ""

    def apply_to_objects(self) -> Sequence[ClusterError | None]:
        """Apply the fault; return the error of each object, None where it was applied."""
        raise NotImplementedError

    def finish_apply(self) -> None:
        """Do what follows once all objects carry the fault."""

    def repeat(self) -> None:
        """Act again while the fault is present."""

    def revert(self) -> RevertResult:
        """Revert all objects, and remove the record last: while it exists, a sweep finds the fault."""
        reasons = [reason for reason in self.revert_objects() if reason]
        remove_record(self.cluster, self.intent)
        return RevertResult(RevertOutcome.KEPT, "; ".join(reasons)) if reasons else RevertResult(RevertOutcome.REVERTED)

    def revert_objects(self) -> Sequence[str]:
        """Revert the fault; return for each object what is kept as somebody changed it, empty for nothing."""
        raise NotImplementedError

    def presence(self) -> Presence:
        raise NotImplementedError

    def find_refusal(self) -> str:
        """Return why the cluster would refuse the fault, by a dry run; empty when it would not."""
        raise NotImplementedError

    def find_same_object(self, ref: ObjectRef, uid: str) -> ApiObject | None:
        """Return the object; None if it was deleted, or recreated with the same name."""
        document = self.cluster.find(ref)
        return document if document is not None and uid_of(document) == uid else None

    def find_same_objects(self) -> list[ApiObject | None]:
        """Return each object of the snapshot, as `find_same_object` does: many of them by one request."""
        objects = self.snapshot.objects
        places = Counter((each.ref.kind, each.ref.namespace) for each in objects)
        listed = [self._list_by_uid(*place) for place, count in places.items() if count >= LIST_FROM]
        if len(listed) < len(places) or None in listed:
            return map_concurrently(lambda each: self.find_same_object(each.ref, each.uid), objects)
        by_uid = {uid: document for documents in listed for uid, document in (documents or {}).items()}
        return [by_uid.get(each.uid) for each in objects]

    def _list_by_uid(self, kind: str, namespace: str) -> dict[str, ApiObject] | None:
        """Return all objects of a kind by their uid; None where the account may only read one by its name."""
        try:
            return {uid_of(document): document for document in self.cluster.list_objects(kind, namespace)}
        except Forbidden:
            return None


def collect_errors(function: Callable[[T], object], items: Sequence[T]) -> list[ClusterError | None]:
    """Call the function for all items at once; return the error of each."""

    def attempt(item: T) -> ClusterError | None:
        try:
            function(item)
        except ClusterError as error:
            return error
        return None

    return map_concurrently(attempt, items)
