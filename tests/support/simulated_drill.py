"""Drills on a made clock: faults that somebody removes, readings that come late, and what the observers say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from support.shipped_drill import plan_of

from gameday.drill.observers import ObserverGroup
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.planning import planned_event
from gameday.drill.state import DrillState, fold_event
from gameday.events import (
    ActionStarted,
    AllReverted,
    Body,
    DecisionAwaited,
    Ended,
    Event,
    FaultConfirmed,
    FaultEnded,
    FaultEndedUnexpectedly,
    FaultReverted,
    Mitigated,
    NewEvent,
    OutsideChangeGone,
    OutsideChangeSeen,
    PhaseChanged,
    Removed,
    ResumedAfterStop,
    RevertStarted,
    Started,
    SteadyStateChecked,
    Stopped,
)
from gameday.model import (
    Comparison,
    EndReason,
    Environment,
    Expectation,
    Fault,
    Limit,
    Mode,
    Phase,
    Plan,
    PlannedFault,
    Reading,
    Repeat,
    SignalBinding,
    SignalKind,
    Source,
    TimeExpression,
)
from gameday.moments import Moment

START = 1000.0
TICK_S = 0.5
STOPPED_S = 1.5
"""Seconds from STOP until the drill is resumed; its faults follow."""
HEALTHY = Expectation("success", Comparison.AT_LEAST, Limit(0.99, False, "99%"))
SHOWS = Expectation("success", Comparison.BELOW, Limit(0.5, False, "50%"), by=TimeExpression(Moment.FAULT, 6.0))
End = Literal["lapse", "action", "responders", "planned", "stop", "stays"]


@dataclass(frozen=True)
class Time:
    """One time of a fault: truly present from `start` to `end`, in seconds of the drill; what ended it."""

    fault: str
    start: float
    end: float
    by: End
    noticed: float = 1.5
    """Seconds until the drill notices that it ended."""

    @property
    def marker(self) -> str:
        return f"gd-{self.fault}-{self.start}"


@dataclass(frozen=True)
class Sample:
    """One reading: due at a second of the drill, and its value."""

    at: float
    value: float | None
    over: float = 0.0
    duration: float = 0.0


@dataclass(frozen=True)
class Change:
    """A change of the target by somebody outside the drill, truly present from `start` to `end`."""

    start: float
    end: float

    def is_present(self, at: float) -> bool:
        return START + self.start <= at < START + self.end


@dataclass(frozen=True)
class SimulatedDrill:
    """A drill of faults, readings and checks; `mitigated`: when service was restored, known `known` seconds later."""

    times: Sequence[Time]
    samples: Sequence[Sample]
    expect: Sequence[Expectation]
    seconds: float
    repeats: int = 1
    check_every: float = 1.5
    mitigated: float | None = None
    known: float = 2.0
    clues: Sequence[Expectation] = ()
    changes: Sequence[Change] = ()


class PlayedDrill:
    """A drill as it was played: its events, and by marker until when each fault was confirmed present."""

    def __init__(self, drill: SimulatedDrill) -> None:
        self.drill = drill
        self.events: list[Event] = []
        self.checks: dict[str, float] = {}
        self._state = DrillState()
        self._seen = set[Change]()
        self._checked = START
        self._play()

    def _play(self) -> None:
        plan = _plan(self.drill)
        group = ObserverGroup(plan, BaselineValues(plan.environment, {}), lambda: self.checks)
        self._append(START, planned_event(plan))
        self._append(START, PhaseChanged(Phase.PREFLIGHT, Phase.RUNNING))
        self._append(START, Started(0.0))
        steps = int(self.drill.seconds / TICK_S)
        for step in range(1, steps + 1):
            self._step(group, START + step * TICK_S, is_last=step == steps)
        self._close(group, START + self.drill.seconds)

    def _step(self, group: ObserverGroup, now: float, *, is_last: bool) -> None:
        before = now - TICK_S
        self._check(before, now, is_last=is_last)
        for at, body in self._script():
            if before < at <= now:
                self._append(at, body)
                for draft in _tell_of_stop(group, body, now, self._state):
                    self._append(now, draft.body, draft)
        if self._state.stop.stopped_at is not None:
            return
        for sample in self.drill.samples:
            if before < START + sample.at + sample.duration <= now:
                group.feed(_reading(sample))
        for draft in group.poll(now, self._state):
            self._append(now, draft.body, draft)

    def _check(self, before: float, now: float, *, is_last: bool) -> None:
        """Confirm what is present: at a fixed interval, and once more at the end."""
        due = is_last or int(now / self.drill.check_every) > int(before / self.drill.check_every)
        for time in self.drill.times if due else ():
            is_stopping = time.by == "stop" and now >= START + time.end
            if START + time.start <= now <= START + time.end and not is_stopping and time.fault in self._state.periods:
                self._check_changes(now)
                self.checks[time.marker] = now

    def _check_changes(self, now: float) -> None:
        """Record what somebody outside the drill changed since the last check, or undid."""
        for number, change in enumerate(self.drill.changes):
            text, is_present = f"change {number}", change.is_present(now)
            if is_present and change not in self._seen:
                self._append(now, OutsideChangeSeen("database", text, self._checked))
                self._seen.add(change)
            elif not is_present and change in self._seen:
                self._append(now, OutsideChangeGone("database", text))
                self._seen.remove(change)
        self._checked = now

    def _close(self, group: ObserverGroup, now: float) -> None:
        for draft in group.finalize(now, self._state):
            self._append(now, draft.body, draft)
        self._append(now, RevertStarted("ends"))
        for time in self.drill.times:
            self._append(now + 0.1, FaultReverted(time.marker))
        self._append(now + 1.0, SteadyStateChecked("after", True))
        self._append(now + 1.0, Ended(EndReason.ENDS, "ends"))

    def _script(self) -> list[tuple[float, Body]]:
        """Return what the drill records beside its readings, each with its time."""
        script: list[tuple[float, Body]] = []
        for time in self.drill.times:
            script.append((START + time.start, FaultConfirmed(time.marker, time.fault, "latency", "database")))
            script += self._end(time)
        if self.drill.mitigated is not None:
            script.append((START + self.drill.mitigated + self.drill.known, Mitigated(("act",), "")))
        return sorted(script, key=lambda entry: entry[0])

    def _end(self, time: Time) -> list[tuple[float, Body]]:
        at, last = START + time.end + time.noticed, self.checks.get(time.marker, START + time.start)
        match time.by:
            case "stays":
                return []
            case "lapse":
                return [(at, FaultEndedUnexpectedly(time.marker, "it was removed", last_present=last))]
            case "planned":
                return [(START + time.end, FaultEnded(time.marker, time.fault, last_present=last))]
            case "action":
                removed = Removed(time.marker, time.fault, by_action="act", last_present=last)
                return [(START + time.end - 0.1, ActionStarted("act")), (at, removed)]
            case "stop":
                stopped = START + time.end
                return [
                    (stopped, Stopped(resumable=True)), (stopped, RevertStarted("STOP")),
                    (stopped, FaultReverted(time.marker)), (stopped, AllReverted()), (stopped, DecisionAwaited()),
                    (stopped + STOPPED_S, ResumedAfterStop()),
                ]  # fmt: skip
            case "responders":
                return [(at, Removed(time.marker, time.fault, by_responders=True, last_present=last))]

    def _append(self, at: float, body: Body, draft: NewEvent | None = None) -> None:
        happened = at if draft is None or draft.happened is None else draft.happened
        if isinstance(body, Mitigated) and draft is None and self.drill.mitigated is not None:
            happened = START + self.drill.mitigated
        event = Event(len(self.events) + 1, "gd-0001", at, at, happened, Source.RUNNER, None, 1, "boot", body)
        self.events.append(event)
        self._state = fold_event(self._state, event)


def _tell_of_stop(group: ObserverGroup, body: Body, now: float, state: DrillState) -> list[NewEvent]:
    """Tell the observers of STOP and of a resume, as the loop does; return their news."""
    if isinstance(body, RevertStarted):
        return group.stop(now, state)
    if isinstance(body, ResumedAfterStop):
        group.resume_after_stop()
    return []


def _plan(drill: SimulatedDrill) -> Plan:
    plan = plan_of(Mode.FACILITATED, "")
    repeat = Repeat(drill.repeats, 60.0) if drill.repeats > 1 else None
    names = sorted({time.fault for time in drill.times})
    faults = tuple(Fault(name, "latency", "database", {}, repeat=repeat, shows=SHOWS) for name in names)
    binding = SignalBinding("success", SignalKind.RATIO, "http", {}, 1.0, HEALTHY, 1)
    scenario = replace(
        plan.scenario, expect=tuple(drill.expect), steady_state=(HEALTHY,), faults=faults, clues=tuple(drill.clues),
        guardrails=(),
        mitigated_when=(), messages=(), page=None, objectives=(),
    )  # fmt: skip
    environment = Environment("test", plan.environment.targets, {"success": binding}, {})
    target = plan.faults[0].binding
    bound = tuple(PlannedFault(fault, target, TimeExpression(Moment.START)) for fault in faults)
    return replace(plan, scenario=scenario, environment=environment, faults=bound)


def _reading(sample: Sample) -> Reading:
    n = 0 if sample.value is None else 10
    return Reading("success", START + sample.at, sample.value, n, "", 0.0, sample.over, sample.duration)
