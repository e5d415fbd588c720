"""Sign of life of a running drill at its undo records, so that a sweep from another machine leaves its faults alone.

It ends nothing: a drill whose heartbeat has expired is dead, and its faults stay until somebody reverts them.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from gameday.clients.kubernetes import ClusterError, NotFound
from gameday.injectors.kubernetes.cluster import Cluster
from gameday.injectors.kubernetes.snapshots import address_of
from gameday.injectors.kubernetes.undo_records import (
    ALIVE_ANNOTATION,
    LIFETIME_LIMIT_S,
    MANAGER,
    alive_annotations,
    record_ref,
)
from gameday.plugins.types import Deadline, Intent

PERIOD_S, REQUEST_TIMEOUT_S = 4.0, 3.0


def alive_until(cluster: Cluster, intent: Intent) -> int:
    """Return the second until which the drill of a fault counts as running; 0 if it is dead. Raises ClusterError."""
    document = cluster.find(record_ref(intent))
    annotations = (document or {}).get("metadata", {}).get("annotations") or {}
    text = str(annotations.get(ALIVE_ANNOTATION, ""))
    second = int(text) if text.isdigit() else 0
    return second if cluster.server_time < second <= cluster.server_time + LIFETIME_LIMIT_S else 0


class Heartbeats:
    """Signs of life of the faults that this process applied: one thread for each drill and namespace."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._markers: dict[str, set[str]] = {}

    def start(self, intent: Intent) -> None:
        """Keep the drill alive until each of its faults is stopped."""
        key = _key(intent)
        with self._lock:
            is_new = key not in self._markers
            self._markers.setdefault(key, set()).add(intent.marker)
        if is_new:
            threading.Thread(target=self._run, args=(key, intent), daemon=True).start()

    def stop(self, intent: Intent) -> None:
        """End the heartbeat with the drill's last fault. Idempotent."""
        key = _key(intent)
        with self._lock:
            self._markers.get(key, set()).discard(intent.marker)

    def _run(self, key: str, intent: Intent) -> None:
        pause = threading.Event()
        while True:
            with self._lock:
                if not self._markers[key]:
                    del self._markers[key]
                    return
            with suppress(ClusterError):  # the next beat may reach the server
                self._beat(intent)
            pause.wait(PERIOD_S)

    @staticmethod
    def _beat(intent: Intent) -> None:
        cluster = Cluster(address_of(intent), Deadline.after(REQUEST_TIMEOUT_S))
        with suppress(NotFound):  # the record is removed at this moment, or not written yet
            cluster.merge_patch(record_ref(intent), {"metadata": {"annotations": alive_annotations(cluster)}}, MANAGER)


def _key(intent: Intent) -> str:
    return f"{address_of(intent)} {record_ref(intent).path}"
