"""A fault that side containers make, one for each container of the target, and take back when their lease ends."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.contract import Applied, Back, Outcome, Presence, Renewal, Restored
from gameday.injectors.docker.engine import Ended, Engine
from gameday.injectors.docker.found import Was
from gameday.injectors.docker.kind import BySide, Inspected
from gameday.injectors.docker.sides import GONE, STANDS
from gameday.injectors.docker.target import Target
from gameday.injectors.docker.trouble import EngineTrouble

_GRACE = 3.0


@dataclass(frozen=True, slots=True)
class SideFault:
    """For one call. Each method raises EngineTrouble."""

    kind: BySide
    target: Target

    def apply(self) -> Applied:
        """One that could not make it has taken back what it had begun; one that is not that far is left to go on, and
        what becomes of it is unknown."""
        whys = [why for why in self.target.each(self._hold) if why]
        if not whys:
            return Applied(Outcome.APPLIED)
        if len(whys) < len(self.target.were):
            return Applied(Outcome.UNKNOWN, "; ".join(whys))
        self.target.sides.remove()
        return Applied(Outcome.REFUSED, whys[0])

    def _hold(self, number: int, was: Was) -> str:
        script = self.kind.script(self.target.intent.mark, was)
        return self.target.sides.hold(number, self.target.tools, script, self.kind.room(was), self.target.deadline)

    def renew(self) -> Renewal:
        """While one of them holds, the fault stands."""
        held = self.target.each(lambda number, _: self.target.sides.renew(number))
        return Renewal.RENEWED if any(held) else Renewal.LAPSED

    def revert(self) -> Restored:
        """Each side container takes its own back and ends; for one that cannot say that it has, a fresh one looks, and
        does it. What ended by the fault is started again. Removed last: while one is there, a sweep finds the fault."""
        noted = bool(self.target.sides.there())
        whys = self.target.each(self._put_back)
        self.target.sides.remove()
        return self.target.restored(whys) if noted else Restored(Back.GONE)

    def _put_back(self, number: int, was: Was) -> str:
        """Says what is left as somebody made it."""
        took_back = self.target.sides.end(number, _GRACE)
        now = self.target.now(was)
        went_with = self._went_with(now, was)
        if not took_back and not went_with and self._fresh("shows", was) != GONE:
            self._put_back_afresh(was)
        if self.kind.may_end_it and ended_by_us(self.target.engine, now, was):
            self.target.engine.start(was.id)
            return ""
        return "" if now and was.by_its_policy(now) else went_with

    def _put_back_afresh(self, was: Was) -> None:
        done = self._once("until_gone", was)
        if done.code != 0:
            raise EngineTrouble(f"a fresh side container of {was.name} ended with {done.code}: {done.said}")

    def active(self) -> Presence:
        seen = self.target.each(self._seen)
        if STANDS in seen:
            return Presence.PRESENT
        return Presence.GONE if set(seen) == {GONE} and not self.target.sides.there() else Presence.CHANGED

    def _seen(self, number: int, was: Was) -> int:
        """By the side container that holds it, else by a fresh one."""
        if self._went_with(self.target.now(was), was):
            return GONE
        seen = self.target.sides.shows(number)
        return self._fresh("shows", was) if seen is None else seen

    def _fresh(self, function: str, was: Was) -> int:
        return self._once(function, was).code

    def _once(self, function: str, was: Was) -> Ended:
        script = self.kind.script(self.target.intent.mark, was)
        return self.target.sides.once(function, self.target.tools, script, self.kind.room(was))

    def _went_with(self, now: Inspected | None, was: Was) -> str:
        """What took the fault with it; empty where it may still be there."""
        if not self.kind.ends_with_target:
            return self._without_volume(was)
        if now and was.by_its_policy(now):
            return f"{was.name} ended meanwhile, and the engine started it again"
        theirs = was.taken_over(now)
        return theirs or (was.ended(now) if now else "")

    def _without_volume(self, was: Was) -> str:
        """An engine makes a volume that is not there for whoever asks for it, and a look would."""
        volume = self.kind.fills(was)
        gone = bool(volume) and not volume.startswith("/") and not self.target.engine.has_volume(volume)
        return f"volume {volume} was removed by somebody meanwhile" if gone else ""


_BY_SOMEBODY = (0, 130, 137, 143)
"""How a container ends that is stopped or killed: of its own will, or by INT, KILL, TERM."""


def ended_by_us(engine: Engine, now: Inspected | None, was: Was) -> bool:
    """Whether the target ended since, and nobody stopped or killed it: for want of memory, or with an error of its own.
    The engine's log says so; where it is past, its exit code may."""
    if now is None or now["State"]["Running"] or (was.restarted(now) and not was.by_its_policy(now)):
        return False
    state = now["State"]
    told = engine.around_its_end(was.id, str(state["FinishedAt"]))
    if "die" in told:
        return not told & {"kill", "stop"} and state["ExitCode"] != 0
    return bool(state["OOMKilled"]) or state["ExitCode"] not in _BY_SOMEBODY
