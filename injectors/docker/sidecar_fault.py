"""A fault that side containers make, one for each container of the target, and take back when their lease ends."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.injectors.docker.applied_fault import AppliedFault
from gameday.injectors.docker.discovery import ContainerSnapshot
from gameday.injectors.docker.engine_api import CommandResult, EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults.base import Inspected, SidecarFaultKind
from gameday.injectors.docker.sidecars import GONE, STANDS
from gameday.plugins.types import Applied, ApplyOutcome, Presence, Renewal, Reverted, RevertOutcome

_GRACE = 3.0


@dataclass(frozen=True, slots=True)
class SidecarFaultOperations:
    """For one call. Each method raises EngineTrouble."""

    kind: SidecarFaultKind
    target: AppliedFault

    def apply(self) -> Applied:
        """One that could not make it has taken back what it had begun; one that is not that far is left to go on, and
        what becomes of it is unknown."""
        whys = [why for why in self.target.for_each_container(self._hold) if why]
        if not whys:
            return Applied(ApplyOutcome.APPLIED)
        if len(whys) < len(self.target.snapshots):
            return Applied(ApplyOutcome.UNKNOWN, "; ".join(whys))
        self.target.sides.remove()
        return Applied(ApplyOutcome.REFUSED, whys[0])

    def _hold(self, number: int, was: ContainerSnapshot) -> str:
        script = self.kind.script(self.target.intent.marker, was)
        return self.target.sides.start_holder(
            number, self.target.tools, script, self.kind.sandbox(was), self.target.deadline
        )

    def renew(self) -> Renewal:
        """While one of them holds, the fault stands."""
        held = self.target.for_each_container(lambda number, _: self.target.sides.renew(number))
        return Renewal.RENEWED if any(held) else Renewal.LAPSED

    def revert(self) -> Reverted:
        """Each side container takes its own back and ends; for one that cannot say that it has, a fresh one looks, and
        does it. What ended by the fault is started again. Removed last: while one is there, a sweep finds the fault."""
        noted = bool(self.target.sides.list_existing())
        whys = self.target.for_each_container(self._revert_container)
        self.target.sides.remove()
        return self.target.revert_result(whys) if noted else Reverted(RevertOutcome.REVERTED)

    def _revert_container(self, number: int, was: ContainerSnapshot) -> str:
        """Says what is left as somebody made it."""
        took_back = self.target.sides.stop_and_revert(number, _GRACE)
        now = self.target.inspect_now(was)
        went_with = self._removed_with(now, was)
        if not took_back and not went_with and self._query_with_new_sidecar("shows", was) != GONE:
            self._revert_with_new_sidecar(was)
        if self.kind.may_kill_target and stopped_by_fault(self.target.engine, now, was):
            self.target.engine.start(was.id)
            return ""
        return "" if now and was.was_restarted_by_policy(now) else went_with

    def _revert_with_new_sidecar(self, was: ContainerSnapshot) -> None:
        done = self._run_once("until_gone", was)
        if done.code != 0:
            raise EngineError(f"a fresh side container of {was.name} ended with {done.code}: {done.said}")

    def active(self) -> Presence:
        seen = self.target.for_each_container(self._query_container)
        if STANDS in seen:
            return Presence.PRESENT
        return Presence.ABSENT if set(seen) == {GONE} and not self.target.sides.list_existing() else Presence.MODIFIED

    def _query_container(self, number: int, was: ContainerSnapshot) -> int:
        """By the side container that holds it, else by a fresh one."""
        if self._removed_with(self.target.inspect_now(was), was):
            return GONE
        seen = self.target.sides.query_state(number)
        return self._query_with_new_sidecar("shows", was) if seen is None else seen

    def _query_with_new_sidecar(self, function: str, was: ContainerSnapshot) -> int:
        return self._run_once(function, was).code

    def _run_once(self, function: str, was: ContainerSnapshot) -> CommandResult:
        script = self.kind.script(self.target.intent.marker, was)
        return self.target.sides.run_once(function, self.target.tools, script, self.kind.sandbox(was))

    def _removed_with(self, now: Inspected | None, was: ContainerSnapshot) -> str:
        """What took the fault with it; empty where it may still be there."""
        if not self.kind.gone_when_target_stops:
            return self._volume_removed(was)
        if now and was.was_restarted_by_policy(now):
            return f"{was.name} ended meanwhile, and the engine started it again"
        theirs = was.foreign_change(now)
        return theirs or (was.stopped_note(now) if now else "")

    def _volume_removed(self, was: ContainerSnapshot) -> str:
        """An engine makes a volume that is not there for whoever asks for it, and a look would."""
        volume = self.kind.filled_volume(was)
        gone = bool(volume) and not volume.startswith("/") and not self.target.engine.has_volume(volume)
        return f"volume {volume} was removed by somebody meanwhile" if gone else ""


_EXIT_CODES_OF_STOP = (0, 130, 137, 143)
"""How a container ends that is stopped or killed: of its own will, or by INT, KILL, TERM."""


def stopped_by_fault(engine: EngineApi, now: Inspected | None, was: ContainerSnapshot) -> bool:
    """Whether the target ended since, and nobody stopped or killed it: for want of memory, or with an error of its own.
    The engine's log says so; where it is past, its exit code may."""
    if now is None or now["State"]["Running"] or (was.was_restarted(now) and not was.was_restarted_by_policy(now)):
        return False
    state = now["State"]
    told = engine.exit_events(was.id, str(state["FinishedAt"]))
    if "die" in told:
        return not told & {"kill", "stop"} and state["ExitCode"] != 0
    return bool(state["OOMKilled"]) or state["ExitCode"] not in _EXIT_CODES_OF_STOP
