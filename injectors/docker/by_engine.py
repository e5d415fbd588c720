"""A fault that the engine is told: a note of ours first, or a guardian container; then the containers, all at once."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.contract import Applied, Outcome, Presence, Renewal, Restored
from gameday.injectors.docker.found import Was
from gameday.injectors.docker.guardian import guarded, guardian_room, guarding
from gameday.injectors.docker.kind import ByEngine, Theirs
from gameday.injectors.docker.labels import ours
from gameday.injectors.docker.script import Script
from gameday.injectors.docker.target import Target
from gameday.injectors.docker.trouble import Conflict, EngineTrouble


@dataclass(frozen=True, slots=True)
class EngineFault:
    """For one call. Each method raises EngineTrouble."""

    kind: ByEngine
    target: Target

    def apply(self) -> Applied:
        if why := self._guarded():
            return Applied(Outcome.REFUSED, f"the guardian container did not stand: {why}")
        try:
            self.target.each(lambda _, was: self.kind.apply(self.target.engine, was))
        except EngineTrouble as trouble:
            return Applied(Outcome.UNKNOWN, str(trouble))
        return Applied(Outcome.APPLIED)

    def _guarded(self) -> str:
        """Says why it is not. A guardian's own script makes nothing: it stands before there is anything to guard."""
        recipe = self._recipe()
        if recipe is None:
            self.target.sides.note(self.target.tools or self.target.image)
            return ""
        room = guardian_room(self.target.guardian)
        why = self.target.sides.hold(0, self.target.tools, recipe, room, self.target.deadline)
        if why:
            self.target.sides.remove()
        return why

    def _recipe(self) -> Script | None:
        """None where no guardian container stands."""
        recipes = guarded(self.kind, self.target.were, self.target.tools, self.target.guardian)
        return guarding(recipes, self.target.were[0].id) if recipes else None

    def renew(self) -> Renewal:
        """What the guardian container sees does not matter here: a target that somebody restarted needs it no more."""
        if self._recipe() is None:
            return Renewal.UNSUPPORTED
        return Renewal.RENEWED if self.target.sides.renew(0) else Renewal.LAPSED

    def revert(self) -> Restored:
        """The containers first, our note last: while it is there, a sweep finds the fault."""
        there, image = self.target.sides.there(), self.target.tools or self.target.image
        begun = self.kind.starts and self.target.sides.begin_back(there, image)  # what runs again may be our own doing
        whys = self.target.each(lambda _, was: self._put_back(was, noted=bool(there), begun=begun))
        self.target.sides.remove()
        return self.target.restored(whys)

    def _put_back(self, was: Was, *, noted: bool, begun: bool) -> str:
        """Says what is left as somebody made it. `begun`: whether a start since may have been ours."""
        if noted and self.kind.undone_unasked and self._undone_unasked(was):
            return ""
        now = self.target.now(was)
        if now is None:
            return was.taken_over(now) if noted else ""
        unseen = not noted and self.kind.unseen()
        if not unseen and not self.kind.to_undo(self.target.engine, now, was, noted=noted):
            return self.kind.left(now, was) if noted and not begun else ""
        try:
            self.kind.undo(self.target.engine, was)
        except Theirs as theirs:
            return str(theirs)
        except Conflict:
            if unseen:
                raise
            again = self.target.now(was)  # somebody may have been at it at the same moment
            if again is not None and self.kind.to_undo(self.target.engine, again, was, noted=noted):
                raise
        return ""

    def _undone_unasked(self, was: Was) -> bool:
        try:
            self.kind.undo(self.target.engine, was)
        except EngineTrouble:  # most likely it is not as the fault made it: then it matters how it is
            return False
        return True

    def active(self) -> Presence:
        """Of a fault on many that is over, the engine's list alone tells of most: each is asked only where it may
        stand."""
        listed = self.target.engine.containers([])
        states = {str(one["Id"]): str(one["State"]) for one in listed}
        noted = any(intent.mark == self.target.intent.mark for _, intent in ours(listed))
        may = [was for was in self.target.were if self.kind.may_stand(states.get(was.id, ""))]
        if self.target.some(may, lambda was: self._seen(was, noted=noted)):
            return Presence.PRESENT
        return Presence.CHANGED if noted else Presence.GONE

    def _seen(self, was: Was, *, noted: bool) -> bool:
        now, engine = self.target.now(was), self.target.engine
        if now is None:
            return False
        return self.kind.to_undo(engine, now, was, noted=noted) or (noted and self.kind.stands(engine, now, was))
