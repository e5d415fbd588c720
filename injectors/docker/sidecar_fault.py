"""Faults that sidecars apply, one for each container of the target, and revert when their lease ends."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.injectors.docker.decoded_intent import DecodedIntent
from gameday.injectors.docker.engine_api import CommandResult, EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults.base import Inspected, SidecarFaultKind
from gameday.injectors.docker.sidecars import ABSENT, FOREIGN, PRESENT
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.plugins.types import ApplyOutcome, ApplyResult, Presence, Renewal, RevertResult

_GRACE = 3.0


@dataclass(frozen=True, slots=True)
class SidecarFault:
    """One fault, for one call. Each method raises EngineError."""

    kind: SidecarFaultKind
    target: DecodedIntent

    def apply(self) -> ApplyResult:
        """Start a sidecar for each container.

        A sidecar that failed has reverted what it had begun; while others may still run, the outcome is unknown."""
        reasons = [reason for reason in self.target.for_each_container(self._start_sidecar) if reason]
        if not reasons:
            return ApplyResult(ApplyOutcome.APPLIED)
        if len(reasons) < len(self.target.snapshots):
            return ApplyResult(ApplyOutcome.UNKNOWN, "; ".join(reasons))
        self.target.sidecars.remove()
        return ApplyResult(ApplyOutcome.REFUSED, reasons[0])

    def _start_sidecar(self, number: int, snapshot: ContainerSnapshot) -> str:
        script, sandbox = self.kind.script(self.target.intent.marker, snapshot), self.kind.sandbox(snapshot)
        return self.target.sidecars.start_sidecar(number, self.target.tools, script, sandbox, self.target.deadline)

    def renew(self) -> Renewal:
        """Renew all leases; the fault is present while one of the sidecars runs."""
        renewed = self.target.for_each_container(lambda number, _: self.target.sidecars.renew(number))
        return Renewal.RENEWED if any(renewed) else Renewal.LAPSED

    def revert(self) -> RevertResult:
        """Stop the sidecars, each of which reverts its container; where one cannot confirm that, a fresh one reverts.

        A container that the fault stopped is started again. The sidecars are removed last: while one exists, a sweep
        finds the fault."""
        has_marker = bool(self.target.sidecars.list_existing())
        reasons = self.target.for_each_container(
            lambda number, snapshot: self._revert_container(number, snapshot, has_marker=has_marker)
        )
        self.target.sidecars.remove()
        return self.target.revert_result(reasons)

    def _revert_container(self, number: int, snapshot: ContainerSnapshot, *, has_marker: bool) -> str:
        """Revert one container; return what is kept as somebody changed it.

        Without a marker, what ended with the target is no news: the fault may never have been applied."""
        confirmed = self.target.sidecars.stop_and_revert(number, _GRACE)
        now = self.target.inspect_now(snapshot)
        removed_with = self._removed_with(now, snapshot)
        if not confirmed and not removed_with and self._run_once("check_presence", snapshot).code != ABSENT:
            self._revert_with_new_sidecar(snapshot)
        if self.kind.may_be_renamed and not removed_with and (note := self._foreign_note(snapshot)):
            return note
        if self.kind.may_kill_target and stopped_by_fault(self.target.engine, now, snapshot):
            self.target.engine.start(snapshot.id)
            return ""
        return "" if not has_marker or (now and snapshot.was_restarted_by_policy(now)) else removed_with

    def _foreign_note(self, snapshot: ContainerSnapshot) -> str:
        """Return what is left that somebody renamed or replaced; empty for nothing."""
        result = self._run_once("check_presence", snapshot)
        return f"{snapshot.name}: {result.output}" if result.code == FOREIGN else ""

    def _revert_with_new_sidecar(self, snapshot: ContainerSnapshot) -> None:
        result = self._run_once("revert_until_absent", snapshot)
        if result.code != 0:
            raise EngineError(f"a fresh sidecar of {snapshot.name} exited with {result.code}: {result.output}")

    def presence(self) -> Presence:
        codes = self.target.for_each_container(self._query_container)
        if PRESENT in codes:
            return Presence.PRESENT
        all_absent = set(codes) <= {ABSENT, FOREIGN} and not self.target.sidecars.list_existing()
        return Presence.ABSENT if all_absent else Presence.MODIFIED

    def _query_container(self, number: int, snapshot: ContainerSnapshot) -> int:
        """Ask the sidecar of a container, or else a fresh one."""
        if self._removed_with(self.target.inspect_now(snapshot), snapshot):
            return ABSENT
        code = self.target.sidecars.query_state(number)
        return self._run_once("check_presence", snapshot).code if code is None else code

    def _run_once(self, function: str, snapshot: ContainerSnapshot) -> CommandResult:
        script, sandbox = self.kind.script(self.target.intent.marker, snapshot), self.kind.sandbox(snapshot)
        return self.target.sidecars.run_once(function, self.target.tools, script, sandbox)

    def _removed_with(self, now: Inspected | None, snapshot: ContainerSnapshot) -> str:
        """Return what removed the fault with it; empty where it may still be present."""
        if not self.kind.gone_when_target_stops:
            return self._volume_removed(snapshot)
        if now and snapshot.was_restarted_by_policy(now):
            return f"{snapshot.name} stopped, and the engine restarted it"
        change = snapshot.foreign_change(now)
        return change or (snapshot.stopped_note(now) if now else "")

    def _volume_removed(self, snapshot: ContainerSnapshot) -> str:
        """Return that the filled volume no longer exists: to mount it would create it again."""
        volume = self.kind.filled_volume(snapshot)
        removed = bool(volume) and not volume.startswith("/") and not self.target.engine.has_volume(volume)
        return f"volume {volume} was removed by someone else" if removed else ""


_EXIT_CODES_OF_STOP = (0, 130, 137, 143)
"""Exit codes of a container that was stopped or killed: its own, or after INT, KILL, TERM."""


def stopped_by_fault(engine: EngineApi, now: Inspected | None, snapshot: ContainerSnapshot) -> bool:
    """Return True if the target stopped by itself since: it ran out of memory, or failed.

    The engine's log says so; if that is too old, the exit code may."""
    if now is None or now["State"]["Running"]:
        return False
    if snapshot.was_restarted(now) and not snapshot.was_restarted_by_policy(now):
        return False
    state = now["State"]
    events = engine.exit_events(snapshot.id, str(state["FinishedAt"]))
    if "die" in events:
        return not events & {"kill", "stop"} and state["ExitCode"] != 0
    return bool(state["OOMKilled"]) or state["ExitCode"] not in _EXIT_CODES_OF_STOP
