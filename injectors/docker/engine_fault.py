"""Faults that the engine applies: first a marker or guardian container, then all containers at once."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.injectors.docker.decoded_intent import DecodedIntent
from gameday.injectors.docker.errors import Conflict, EngineError
from gameday.injectors.docker.faults.base import EngineFaultKind, ForeignChange, guardian_recipes
from gameday.injectors.docker.guardian_container import guardian_sandbox, guardian_script
from gameday.injectors.docker.marker_labels import marked_containers
from gameday.injectors.docker.sidecar_script import SidecarScript
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.plugins.types import ApplyOutcome, ApplyResult, Presence, Renewal, RevertResult


@dataclass(frozen=True, slots=True)
class EngineFault:
    """One fault, for one call. Each method raises EngineError."""

    kind: EngineFaultKind
    target: DecodedIntent

    def apply(self) -> ApplyResult:
        if reason := self._start_guardian():
            return ApplyResult(ApplyOutcome.REFUSED, f"the guardian container did not start: {reason}")
        try:
            self.target.for_each_container(lambda _, snapshot: self.kind.apply(self.target.engine, snapshot))
        except EngineError as error:
            return ApplyResult(ApplyOutcome.UNKNOWN, str(error))
        return ApplyResult(ApplyOutcome.APPLIED)

    def _start_guardian(self) -> str:
        """Start the guardian container, or create the marker container; return why the guardian did not start."""
        script = self._guardian_script()
        if script is None:
            self.target.sidecars.create_marker_container(self.target.tools or self.target.image)
            return ""
        sandbox = guardian_sandbox(self.target.guardian)
        reason = self.target.sidecars.start_sidecar(0, self.target.tools, script, sandbox, self.target.deadline)
        if reason:
            self.target.sidecars.remove()
        return reason

    def _guardian_script(self) -> SidecarScript | None:
        """Return the guardian's script; None where there is no guardian container."""
        recipes = guardian_recipes(self.kind, self.target.snapshots, self.target.tools, self.target.guardian)
        return guardian_script(recipes, self.target.snapshots[0].id) if recipes else None

    def renew(self) -> Renewal:
        """Renew the guardian's lease, whatever became of the target: one that was restarted no longer needs it."""
        if self._guardian_script() is None:
            return Renewal.UNSUPPORTED
        return Renewal.RENEWED if self.target.sidecars.renew(0) else Renewal.LAPSED

    def revert(self) -> RevertResult:
        """Revert all containers, and remove the marker container last: while it exists, a sweep finds the fault."""
        existing, image = self.target.sidecars.list_existing(), self.target.tools or self.target.image
        begun = self.kind.revert_starts_container and self.target.sidecars.record_revert_begun(existing, image)
        reasons = self.target.for_each_container(
            lambda _, snapshot: self._revert_container(snapshot, has_marker=bool(existing), begun=begun)
        )
        self.target.sidecars.remove()
        return self.target.revert_result(reasons)

    def _revert_container(self, snapshot: ContainerSnapshot, *, has_marker: bool, begun: bool) -> str:
        """Revert one container; return what is kept as somebody changed it.

        `begun`: an earlier revert may have started the container, so a later start is nobody's change."""
        if has_marker and self.kind.revert_is_idempotent and self._revert_without_check(snapshot):
            return ""
        now = self.target.inspect_now(snapshot)
        if now is None:
            return snapshot.foreign_change(now) if has_marker else ""
        unseen = not has_marker and self.kind.is_unobservable()
        if not unseen and not self.kind.needs_revert(self.target.engine, now, snapshot, has_marker=has_marker):
            return self.kind.foreign_change(now, snapshot) if has_marker and not begun else ""
        try:
            self.kind.revert_container(self.target.engine, snapshot)
        except ForeignChange as change:
            return str(change)
        except Conflict:
            if unseen or self._still_needs_revert(snapshot, has_marker=has_marker):
                raise
        return ""

    def _still_needs_revert(self, snapshot: ContainerSnapshot, *, has_marker: bool) -> bool:
        """Return True unless someone reverted it at the same moment."""
        now = self.target.inspect_now(snapshot)
        return now is not None and self.kind.needs_revert(self.target.engine, now, snapshot, has_marker=has_marker)

    def _revert_without_check(self, snapshot: ContainerSnapshot) -> bool:
        """Return True if the engine reverted it; where it refuses, the container's state decides."""
        try:
            self.kind.revert_container(self.target.engine, snapshot)
        except EngineError:
            return False
        return True

    def presence(self) -> Presence:
        """List all containers once, and inspect only those whose state allows the fault."""
        listed = self.target.engine.containers([])
        states = {str(container["Id"]): str(container["State"]) for container in listed}
        has_marker = any(intent.marker == self.target.intent.marker for _, intent in marked_containers(listed))
        candidates = [
            snapshot for snapshot in self.target.snapshots if self.kind.may_be_present(states.get(snapshot.id, ""))
        ]
        if self.target.any_container(candidates, lambda snapshot: self._is_present(snapshot, has_marker=has_marker)):
            return Presence.PRESENT
        return Presence.MODIFIED if has_marker else Presence.ABSENT

    def _is_present(self, snapshot: ContainerSnapshot, *, has_marker: bool) -> bool:
        now, engine = self.target.inspect_now(snapshot), self.target.engine
        if now is None:
            return False
        return self.kind.needs_revert(engine, now, snapshot, has_marker=has_marker) or (
            has_marker and self.kind.is_present(engine, now, snapshot)
        )
