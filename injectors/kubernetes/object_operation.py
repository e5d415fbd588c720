"""Faults by an object that the drill creates, and deletes whatever became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from gameday.clients.kubernetes import ClusterError, Conflict
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL, CreatedObjectKind, RevertIncomplete
from gameday.injectors.kubernetes.operation import Operation, collect_errors
from gameday.injectors.kubernetes.snapshots import CreatedObject, namespace_of
from gameday.injectors.kubernetes.undo_records import has_record
from gameday.plugins.types import Intent, Presence


class ObjectOperation(Operation):
    """One fault by created objects, for one call."""

    def __init__(self, intent: Intent, cluster: Cluster, kind: CreatedObjectKind) -> None:
        super().__init__(intent, cluster)
        self._kind = kind

    @override
    def apply_to_objects(self) -> Sequence[ClusterError | None]:
        return collect_errors(self._create, self.snapshot.created)

    def _create(self, created: CreatedObject) -> None:
        ref = created.ref
        try:
            self.cluster.create(ref.kind, ref.namespace, created.manifest)
        except Conflict:
            if not self._is_own(self.cluster.get(ref)):
                raise

    def _is_own(self, document: Mapping[str, Any]) -> bool:
        return bool((document["metadata"].get("labels") or {}).get(MARKER_LABEL) == self.intent.marker)

    @override
    def revert_objects(self) -> Sequence[str]:
        return map_concurrently(self._delete, self.snapshot.created)

    def _delete(self, created: CreatedObject) -> str:
        """Delete the object; nothing of it is kept, whatever somebody changed in it. Raises RevertIncomplete."""
        self.cluster.delete_existing(created.ref)
        if self.cluster.find(created.ref) is not None:
            raise RevertIncomplete(f"{created.ref} is being deleted, and a finalizer keeps it")
        return ""

    @override
    def presence(self) -> Presence:
        states = map_concurrently(self._state, self.snapshot.created)
        if all(state is Presence.PRESENT for state in states):
            return Presence.PRESENT
        if any(state is not Presence.ABSENT for state in states):
            return Presence.MODIFIED
        return Presence.MODIFIED if has_record(self.cluster, self.intent) else Presence.ABSENT

    def _state(self, created: CreatedObject) -> Presence:
        document = self.cluster.find(created.ref)
        if document is None:
            return Presence.ABSENT
        content = {key: value for key, value in created.manifest.items() if key not in ("metadata", "kind")}
        return Presence.PRESENT if contains(document, content) else Presence.MODIFIED

    @override
    def find_refusal(self) -> str:
        errors = collect_errors(self._dry_run, self.snapshot.created)
        refusals = "; ".join(dict.fromkeys(str(error) for error in errors if error))
        return refusals or self._kind.find_refusal(self.cluster, namespace_of(self.intent), self.snapshot.extra)

    def _dry_run(self, created: CreatedObject) -> None:
        self.cluster.create(created.ref.kind, created.ref.namespace, created.manifest, dry_run=True)


def contains(document: Any, content: Any) -> bool:
    """Return True if the document has all of the content; the API server adds defaults."""
    if isinstance(content, dict):
        return isinstance(document, dict) and all(contains(document.get(key), content[key]) for key in content)
    if isinstance(content, list):
        same_length = isinstance(document, list) and len(document) == len(content)
        return same_length and all(map(contains, document, content))
    return bool(document == content)
