"""Restarts and Warning events in a cluster, counted from the first reading on.

Both counts of a cluster begin long before a drill, and fall when pods are replaced or events expire. So each pod's
container and each event is followed by its uid, and only what was added counts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gameday.clients.kubernetes import KubernetesClient, format_selector

Counts = Mapping[str, int]
"""Occurrences by the uid of what they are counted on."""


class Increase:
    """Sum of what was added to counts since the first reading. Safe from several threads."""

    def __init__(self) -> None:
        self._first: dict[str, int] | None = None
        self._latest: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, counts: Counts) -> int:
        """Take a reading; what was not there in the first one counts in full, also after it has gone."""
        with self._lock:
            if self._first is None:
                self._first = dict(counts)
            for uid, count in counts.items():
                self._latest[uid] = max(count, self._latest.get(uid, 0))
            return sum(count - self._first.get(uid, 0) for uid, count in self._latest.items())


def count_restarts(client: KubernetesClient, workload_path: str, namespace: str, timeout: float) -> Counts:
    """Return the restarts of each container of a workload's pods. Raises ClusterError."""
    workload = client.request("GET", workload_path, timeout=timeout)
    selector = format_selector(workload["spec"]["selector"])
    pods = client.list_items(f"/api/v1/namespaces/{namespace}/pods", timeout=timeout, query={"labelSelector": selector})
    return {
        f"{pod['metadata']['uid']}/{status['name']}": int(status.get("restartCount") or 0)
        for pod in pods
        for status in pod["status"].get("containerStatuses") or []
    }


def count_events(
    client: KubernetesClient, namespace: str, reason: str, workload: str, timeout: float
) -> Counts:  # fmt: skip
    """Return how often each Warning event occurred, with this reason and on this workload, where they are given.

    Raises ClusterError."""
    fields = ",".join(["type=Warning", *([f"reason={reason}"] if reason else [])])
    path = f"/api/v1/namespaces/{namespace}/events"
    events = client.list_items(path, timeout=timeout, query={"fieldSelector": fields})
    concerns = _concerns(workload)
    return {str(event["metadata"]["uid"]): _occurrences(event) for event in events if concerns(event)}


def _concerns(workload: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return a test for the events of a workload, its ReplicaSets and its pods: their names begin with its own."""
    name = workload.partition("/")[2]

    def concerns(event: Mapping[str, Any]) -> bool:
        of = str((event.get("involvedObject") or {}).get("name") or "")
        return not name or of == name or of.startswith(f"{name}-")

    return concerns


def _occurrences(event: Mapping[str, Any]) -> int:
    return max(_counts(event), default=1)


def _counts(event: Mapping[str, Any]) -> Iterator[int]:
    """Yield how often an event occurred, as the old and the new API of events say."""
    yield int(event.get("count") or 1)
    yield int((event.get("series") or {}).get("count") or 1)
