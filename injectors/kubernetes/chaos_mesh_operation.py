"""Faults by an object of Chaos Mesh: applied once every pod is injected, reverted once every pod is recovered.

Chaos Mesh keeps the object by a finalizer until it has recovered every pod, so the end of the object is the proof.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from typing_extensions import override

from gameday.clients.foreign_text import shorten_line
from gameday.clients.kubernetes import ApiObject, ClusterError
from gameday.injectors.kubernetes.cluster import uid_of
from gameday.injectors.kubernetes.faults.base import RevertIncomplete
from gameday.injectors.kubernetes.object_operation import ObjectOperation
from gameday.injectors.kubernetes.snapshots import CreatedObject, namespace_of
from gameday.plugins.types import Presence

_POLL_S = 0.1
_RESERVE_S = 4.0
"""Time that an apply keeps for removing an object that Chaos Mesh does not apply."""
_INJECTED, _RECOVERED = "Injected", "Not Injected"
"""Phases of a pod in the status of an object."""
_FORCE = "chaos-mesh.chaos-mesh.org/cleanFinalizer=forced"


class ChaosMeshOperation(ObjectOperation):
    """One fault by an object of Chaos Mesh, for one call."""

    @override
    def apply_to_objects(self) -> Sequence[ClusterError | None]:
        """Create the object, and wait for its effect. What was not applied in time is removed."""
        errors = super().apply_to_objects()
        return errors if any(errors) else [self._wait_until_injected(created) for created in self.snapshot.created]

    def _wait_until_injected(self, created: CreatedObject) -> ClusterError | None:
        started = time.monotonic()
        while not _is_injected(document := self.cluster.find(created.ref) or {}):
            if self.cluster.deadline.remaining() < _RESERVE_S:
                waited = time.monotonic() - started
                why = _describe_pods(document, _INJECTED) or _NOTHING_SELECTED
                return self._withdraw(created, f"Chaos Mesh did not apply it within {waited:.0f} s: {why}")
            time.sleep(_POLL_S)
        return None

    def _withdraw(self, created: CreatedObject, reason: str) -> ClusterError:
        """Remove the object; the error says whether pods may still be affected."""
        try:
            self._delete(created)
        except (ClusterError, RevertIncomplete):
            return ClusterError(reason, may_have_landed=True)
        return ClusterError(reason)

    @override
    def _delete(self, created: CreatedObject) -> str:
        """Delete the object and wait for its end. Raises RevertIncomplete while pods are not recovered."""
        self.cluster.delete_existing(created.ref)
        while (document := self.cluster.find(created.ref)) is not None:
            if self.cluster.deadline.remaining() < _POLL_S * 5:
                raise RevertIncomplete(self._describe_stuck(created, document))
            time.sleep(_POLL_S)
        return ""

    def _describe_stuck(self, created: CreatedObject, document: ApiObject) -> str:
        ref = created.ref
        pods = _describe_pods(document, _RECOVERED) or f"{ref} still exists"
        return (
            f"Chaos Mesh has not recovered every pod: {pods}. If it never does, delete these pods, then run `kubectl "
            f"--context {self.cluster.address.context} -n {ref.namespace} annotate {ref} {_FORCE}`"
        )

    @override
    def _state(self, created: CreatedObject) -> Presence:
        """Return PRESENT if Chaos Mesh applies the fault to each of its pods, and all of them still exist."""
        state = super()._state(created)
        if state is not Presence.PRESENT:
            return state
        document = self.cluster.find(created.ref) or {}
        return Presence.PRESENT if _is_injected(document) and self._has_all_pods() else Presence.MODIFIED

    def _has_all_pods(self) -> bool:
        selectors = self.snapshot.extra.get("selectors") or []
        listed = [self.cluster.list_objects("pod", namespace_of(self.intent), selector) for selector in selectors]
        existing = {uid_of(pod) for pods in listed for pod in pods}
        return all(snapshot.uid in existing for snapshot in self.snapshot.objects)


_NOTHING_SELECTED = (
    "it selected no pod. Check that it runs, and that it may act in this namespace (some installations require the "
    "annotation chaos-mesh.org/inject=enabled on it)"
)


def _is_injected(document: Mapping[str, Any]) -> bool:
    """Return True if the object is applied to every pod. The condition alone holds for no pod at all too."""
    records = _records(document)
    ends = bool(document.get("metadata", {}).get("deletionTimestamp"))
    return bool(records) and not ends and all(record.get("phase") == _INJECTED for record in records)


def _records(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    experiment = (document.get("status") or {}).get("experiment") or {}
    return list(experiment.get("containerRecords") or [])


def _describe_pods(document: Mapping[str, Any], wanted: str) -> str:
    """Return the pods that are not in the wanted phase, with Chaos Mesh's last word on each; empty for none."""
    return "; ".join(_describe_record(record) for record in _records(document) if record.get("phase") != wanted)


def _describe_record(record: Mapping[str, Any]) -> str:
    failures = list(_failures(record))
    return f"pod {record.get('id')}" + (f" ({shorten_line(failures[-1])})" if failures else "")


def _failures(record: Mapping[str, Any]) -> Iterator[str]:
    for event in record.get("events") or []:
        if event.get("type") == "Failed" and event.get("message"):
            yield str(event["message"])
