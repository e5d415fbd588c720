"""A fault that the engine is told: a note of ours first, or a guardian container; then the containers, all at once."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.injectors.docker.applied_fault import AppliedFault
from gameday.injectors.docker.discovery import ContainerSnapshot
from gameday.injectors.docker.errors import Conflict, EngineError
from gameday.injectors.docker.faults.base import EngineFaultKind, ForeignChange
from gameday.injectors.docker.guardian_container import guardian_recipes, guardian_sandbox, guardian_script
from gameday.injectors.docker.marker_labels import own_containers
from gameday.injectors.docker.sidecar_script import Script
from gameday.plugins.types import Applied, ApplyOutcome, Presence, Renewal, Reverted


@dataclass(frozen=True, slots=True)
class EngineFaultOperations:
    """For one call. Each method raises EngineTrouble."""

    kind: EngineFaultKind
    target: AppliedFault

    def apply(self) -> Applied:
        if why := self._start_guardian():
            return Applied(ApplyOutcome.REFUSED, f"the guardian container did not stand: {why}")
        try:
            self.target.for_each_container(lambda _, was: self.kind.apply(self.target.engine, was))
        except EngineError as trouble:
            return Applied(ApplyOutcome.UNKNOWN, str(trouble))
        return Applied(ApplyOutcome.APPLIED)

    def _start_guardian(self) -> str:
        """Says why it is not. A guardian's own script makes nothing: it stands before there is anything to guard."""
        recipe = self._guardian_script()
        if recipe is None:
            self.target.sides.create_marker(self.target.tools or self.target.image)
            return ""
        room = guardian_sandbox(self.target.guardian)
        why = self.target.sides.start_holder(0, self.target.tools, recipe, room, self.target.deadline)
        if why:
            self.target.sides.remove()
        return why

    def _guardian_script(self) -> Script | None:
        """None where no guardian container stands."""
        recipes = guardian_recipes(self.kind, self.target.snapshots, self.target.tools, self.target.guardian)
        return guardian_script(recipes, self.target.snapshots[0].id) if recipes else None

    def renew(self) -> Renewal:
        """What the guardian container sees does not matter here: a target that somebody restarted needs it no more."""
        if self._guardian_script() is None:
            return Renewal.UNSUPPORTED
        return Renewal.RENEWED if self.target.sides.renew(0) else Renewal.LAPSED

    def revert(self) -> Reverted:
        """The containers first, our note last: while it is there, a sweep finds the fault."""
        there, image = self.target.sides.list_existing(), self.target.tools or self.target.image
        begun = self.kind.revert_starts_container and self.target.sides.record_revert_begun(
            there, image
        )  # what runs again may be our own doing
        whys = self.target.for_each_container(
            lambda _, was: self._revert_container(was, noted=bool(there), begun=begun)
        )
        self.target.sides.remove()
        return self.target.revert_result(whys)

    def _revert_container(self, was: ContainerSnapshot, *, noted: bool, begun: bool) -> str:
        """Says what is left as somebody made it. `begun`: whether a start since may have been ours."""
        if noted and self.kind.revert_is_idempotent and self._revert_without_check(was):
            return ""
        now = self.target.inspect_now(was)
        if now is None:
            return was.foreign_change(now) if noted else ""
        unseen = not noted and self.kind.is_unobservable()
        if not unseen and not self.kind.needs_revert(self.target.engine, now, was, noted=noted):
            return self.kind.foreign_change(now, was) if noted and not begun else ""
        try:
            self.kind.revert_container(self.target.engine, was)
        except ForeignChange as theirs:
            return str(theirs)
        except Conflict:
            if unseen:
                raise
            again = self.target.inspect_now(was)  # somebody may have been at it at the same moment
            if again is not None and self.kind.needs_revert(self.target.engine, again, was, noted=noted):
                raise
        return ""

    def _revert_without_check(self, was: ContainerSnapshot) -> bool:
        try:
            self.kind.revert_container(self.target.engine, was)
        except EngineError:  # most likely it is not as the fault made it: then it matters how it is
            return False
        return True

    def active(self) -> Presence:
        """Of a fault on many that is over, the engine's list alone tells of most: each is asked only where it may
        stand."""
        listed = self.target.engine.containers([])
        states = {str(one["Id"]): str(one["State"]) for one in listed}
        noted = any(intent.marker == self.target.intent.marker for _, intent in own_containers(listed))
        may = [was for was in self.target.snapshots if self.kind.may_be_present(states.get(was.id, ""))]
        if self.target.any_container(may, lambda was: self._is_present(was, noted=noted)):
            return Presence.PRESENT
        return Presence.MODIFIED if noted else Presence.ABSENT

    def _is_present(self, was: ContainerSnapshot, *, noted: bool) -> bool:
        now, engine = self.target.inspect_now(was), self.target.engine
        if now is None:
            return False
        return self.kind.needs_revert(engine, now, was, noted=noted) or (
            noted and self.kind.is_present(engine, now, was)
        )
