"""Faults that end pods: there is nothing to restore, and a record says which pods it were."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from gameday.clients.kubernetes import ClusterError, Conflict, NotFound
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, uid_of
from gameday.injectors.kubernetes.faults.pod_kind import PodFaultKind
from gameday.injectors.kubernetes.operation import Operation, collect_errors
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot, namespace_of
from gameday.injectors.kubernetes.target_objects import is_ready, is_running, name_of
from gameday.injectors.kubernetes.undo_records import has_record
from gameday.plugins.types import Intent, Presence


class PodOperation(Operation):
    """One fault on pods, for one call."""

    def __init__(self, intent: Intent, cluster: Cluster, kind: PodFaultKind) -> None:
        super().__init__(intent, cluster)
        self._kind = kind

    @override
    def apply_to_objects(self) -> Sequence[ClusterError | None]:
        return collect_errors(self._end, self.snapshot.objects)

    def _end(self, snapshot: ObjectSnapshot) -> None:
        try:
            self._kind.end_pod(self.cluster, snapshot.ref, snapshot.uid)
        except (NotFound, Conflict):  # it has ended, and its name may be another pod's
            return

    @override
    def repeat(self) -> None:
        """End as many pods of the same controllers as at first; those that are ready come first."""
        namespace, selectors = namespace_of(self.intent), self.snapshot.extra["selectors"]
        pods = [pod for each in selectors for pod in self.cluster.list_objects("pod", namespace, each)]
        running = sorted(filter(is_running, pods), key=lambda pod: (not is_ready(pod), name_of(pod)))
        again = [ObjectSnapshot(ObjectRef("pod", namespace, name_of(pod)), uid_of(pod)) for pod in running]
        collect_errors(self._end, again[: len(self.snapshot.objects)])

    @override
    def revert_objects(self) -> Sequence[str]:
        return []

    @override
    def presence(self) -> Presence:
        if not has_record(self.cluster, self.intent):
            return Presence.ABSENT
        still_running = [pod for pod in self.find_same_objects() if pod is not None and is_running(pod)]
        return Presence.MODIFIED if still_running else Presence.PRESENT

    @override
    def find_refusal(self) -> str:
        errors = collect_errors(
            lambda snapshot: self._kind.end_pod(self.cluster, snapshot.ref, snapshot.uid, dry_run=True),
            self.snapshot.objects,
        )
        return "; ".join(dict.fromkeys(str(error) for error in errors if error))
