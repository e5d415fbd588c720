"""Faults that end containers, which Kubernetes restarts: by signals, as long as the record of the fault exists."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterError, Conflict, NotFound
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster
from gameday.injectors.kubernetes.faults.crash_loop import CrashLoop
from gameday.injectors.kubernetes.main_process import obstacle_to_signal, restarts_of, started_at
from gameday.injectors.kubernetes.operation import Operation, collect_errors
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot
from gameday.injectors.kubernetes.target_objects import is_ready, is_running
from gameday.injectors.kubernetes.undo_records import has_record
from gameday.plugins.types import Intent, Presence

_POLL_S = 0.2
_RESERVE_S = 2.0
"""Time that an apply leaves over when it gives up on a container that has not ended."""


class CrashOperation(Operation):
    """One fault on containers, for one call."""

    def __init__(self, intent: Intent, cluster: Cluster, kind: CrashLoop) -> None:
        super().__init__(intent, cluster)
        self._kind = kind

    @override
    def apply_to_objects(self) -> Sequence[ClusterError | None]:
        return collect_errors(self._end, self.snapshot.objects)

    def _end(self, snapshot: ObjectSnapshot) -> None:
        """End the container of a pod, and wait until that shows. Raises ClusterError."""
        pod, name = self.find_same_object(snapshot.ref, snapshot.uid), self._container(snapshot)
        if pod is None:
            raise NotFound(f"{snapshot.ref} no longer exists")
        if not self._has_ended(snapshot, pod):
            self._kind.end_container(self.cluster, snapshot.ref, name)
        while pod is not None and not self._has_ended(snapshot, pod):
            if self.cluster.deadline.remaining() < _RESERVE_S:
                why = f"container {name} of {snapshot.ref} did not end after {self._kind.signal}"
                raise ClusterError(why, may_have_landed=True)
            time.sleep(_POLL_S)
            pod = self.find_same_object(snapshot.ref, snapshot.uid)

    def _container(self, snapshot: ObjectSnapshot) -> str:
        return str(self.snapshot.extra["containers"][snapshot.uid]["name"])

    def _has_ended(self, snapshot: ObjectSnapshot, pod: ApiObject) -> bool:
        """Return True if the container is not running, or was restarted since the plan."""
        planned = self.snapshot.extra["containers"][snapshot.uid]
        return restarts_of(pod, planned["name"]) > planned["restarts"] or not started_at(pod, planned["name"])

    @override
    def repeat(self) -> None:
        """End the containers that were restarted and have run long enough."""
        collect_errors(self._end_again, self.snapshot.objects)

    def _end_again(self, snapshot: ObjectSnapshot) -> None:
        pod, name = self.find_same_object(snapshot.ref, snapshot.uid), self._container(snapshot)
        start = started_at(pod, name) if pod is not None and is_running(pod) else ""
        if start and self.cluster.server_time - datetime.fromisoformat(start).timestamp() >= self._kind.after:
            self._kind.end_container(self.cluster, snapshot.ref, name)

    @override
    def revert_objects(self) -> Sequence[str]:
        """Delete the pods whose container ended: back-off could keep one of them down for five more minutes."""
        return map_concurrently(self._replace, self.snapshot.objects)

    def _replace(self, snapshot: ObjectSnapshot) -> str:
        pod = self.find_same_object(snapshot.ref, snapshot.uid)
        if pod is None or not is_running(pod) or (is_ready(pod) and not self._has_ended(snapshot, pod)):
            return ""
        with suppress(NotFound, Conflict):  # it has ended, and its name may be another pod's
            self._kind.end_pod(self.cluster, snapshot.ref, snapshot.uid)
        return ""

    @override
    def presence(self) -> Presence:
        if not has_record(self.cluster, self.intent):
            return Presence.ABSENT
        read = zip(self.snapshot.objects, self.find_same_objects(), strict=True)
        pods = [(snapshot, pod) for snapshot, pod in read if pod is not None]
        if not any(is_running(pod) for _, pod in pods):
            return Presence.TARGET_GONE
        return Presence.PRESENT if all(self._has_ended(*each) for each in pods) else Presence.MODIFIED

    @override
    def find_refusal(self) -> str:
        """Try the revert, and read whether the signal would reach each main process."""
        objects = self.snapshot.objects
        errors = collect_errors(
            lambda each: self._kind.end_pod(self.cluster, each.ref, each.uid, dry_run=True), objects
        )
        refusals = [str(error) for error in errors if error]
        texts = refusals or map_concurrently(self._obstacle, objects)
        return "; ".join(dict.fromkeys(filter(None, texts)))

    def _obstacle(self, snapshot: ObjectSnapshot) -> str:
        return obstacle_to_signal(self.cluster, snapshot.ref, self._container(snapshot), self._kind.signal)
