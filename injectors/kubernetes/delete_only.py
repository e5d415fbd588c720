"""Reverts for an account that may delete the drills' own objects, and patch nothing.

It ends the faults that are objects of their own. Faults on fields are left to an account that may restore them.
"""

from __future__ import annotations

from contextlib import suppress

from gameday.clients.kubernetes import ApiObject, NotFound
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster, uid_of
from gameday.injectors.kubernetes.faults import class_of
from gameday.injectors.kubernetes.recorded_faults import intents_of
from gameday.injectors.kubernetes.snapshots import Snapshot, namespace_of
from gameday.injectors.kubernetes.undo_records import record_ref
from gameday.plugins.types import Intent, Presence, RevertOutcome, RevertResult


def reason_to_leave(intent: Intent) -> str:
    """Return why deletion cannot revert the fault; empty where it can."""
    if intent.is_unreadable:
        return intent.target_text
    kind = class_of(intent)
    if kind is not None and kind.is_reverted_by_deletion:
        return ""
    return (
        f"{intent.marker} ({intent.kind}) changed {intent.target_text}, and with --delete-only only the drills' own "
        f"objects are deleted; run `gameday halt --sweep {intent.environment}` with an account that may restore it"
    )


def revert_by_deletion(intent: Intent, cluster: Cluster) -> RevertResult:
    """Delete the objects of the fault, and the record with its last fault. Idempotent. Raises ClusterError."""
    if reason := reason_to_leave(intent):
        return RevertResult(RevertOutcome.PENDING, reason)
    created = Snapshot.of(intent).created
    map_concurrently(lambda each: cluster.delete_existing(each.ref), created)
    if left := [str(each.ref) for each in created if cluster.find(each.ref)]:
        return RevertResult(RevertOutcome.PENDING, f"{', '.join(left)} is being deleted, and a finalizer keeps it")
    _delete_record_if_done(intent, cluster)
    return RevertResult(RevertOutcome.REVERTED)


def find_presence(intent: Intent, cluster: Cluster) -> Presence:
    """Return PRESENT while an object of the fault exists, or its record alone is left. Raises ClusterError."""
    created = Snapshot.of(intent).created
    if any(cluster.find(each.ref) for each in created):
        return Presence.PRESENT
    document = cluster.find(record_ref(intent))
    return Presence.PRESENT if document is not None and _is_done(document, intent, cluster) else Presence.ABSENT


def _delete_record_if_done(intent: Intent, cluster: Cluster) -> None:
    """Delete the record once no fault in it needs more: to remove one entry would be a patch."""
    document = cluster.find(record_ref(intent))
    if document is not None and _is_done(document, intent, cluster):
        with suppress(NotFound):
            version = str(document["metadata"]["resourceVersion"])
            cluster.delete(record_ref(intent), uid=uid_of(document), version=version)


def _is_done(record: ApiObject, intent: Intent, cluster: Cluster) -> bool:
    """Return True if every fault of a record was reverted by deletion."""
    intents = list(intents_of(record, namespace_of(intent)))
    if any(map(reason_to_leave, intents)):
        return False
    return not any(cluster.find(created.ref) for intent in intents for created in Snapshot.of(intent).created)
