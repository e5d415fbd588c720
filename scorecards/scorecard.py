"""The scorecard: what a drill's events and readings say, with sample sizes and without people. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gameday.events import (
    Evaluated,
    Event,
    Planned,
    PlannedExpectation,
    first,
    last,
    mitigating_actions,
    of_kind,
    read_plan,
    reference_time,
)
from gameday.events.access import flag, integer, number, text
from gameday.model import HintRung, Reading, Test
from gameday.moments import Moment
from gameday.scorecards.fault_outcomes import FaultOutcome, faults
from gameday.scorecards.objectives import Result, objectives
from gameday.scorecards.response_times import ResponseTime, response_times
from gameday.scorecards.signal_summary import Measured, measured
from gameday.scorecards.verdict import Held, judgements, verdict
from gameday.units import format_duration


@dataclass(frozen=True, slots=True)
class Judged:
    """One expectation and what the readings made of it. `verdict`: met, unmet, unreadable or not judged. `tells`:
    what somebody may learn from it, as the scenario says."""

    expected: str
    tells: str
    verdict: str
    say: str
    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class AlertHeard:
    """One alert of the environment's own that fired. `after`: seconds from the fault."""

    signal: str
    expected: bool
    after: float


@dataclass(frozen=True, slots=True)
class Difficulty:
    """Hints sent, by rung: they describe how hard the scenario is, and nobody's skill."""

    nudge: int = 0
    question: int = 0
    pointer: int = 0
    answer: int = 0

    @property
    def hints(self) -> int:
        return self.nudge + self.question + self.pointer + self.answer


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A drill in figures. Times are in seconds; `began` and `ended` in seconds since 1970. No field can hold a
    person: words people said stay in the log."""

    drill: str
    scenario: str
    type: str
    environment: str
    mode: str
    informed: bool
    pace: float
    windows: tuple[str, ...]
    began: float
    ended: float | None
    exit: int
    hypothesis: str
    held: Held
    reasons: tuple[str, ...]
    holds: tuple[Judged, ...]
    trail: tuple[Judged, ...]
    alerts: tuple[AlertHeard, ...]
    silent: tuple[str, ...]
    program_paged: bool
    faults: tuple[FaultOutcome, ...]
    way_out: str
    """The way out that a rehearsal tried, else the action that served users again."""
    served_by: str
    """The last action that was begun before users were served again; empty where none was, or where they were not."""
    difficulty: Difficulty
    objectives: tuple[Result, ...]
    spans: tuple[ResponseTime, ...]
    signals: tuple[Measured, ...]
    handed_back: tuple[str, ...]
    steady_after: bool | None
    gone_with: str
    """What took the faults with it and left their targets cut off; empty where they were read back as gone."""
    left: tuple[str, ...]
    """For each fault that was left as somebody made it: why."""
    given_up: tuple[str, ...]
    """The marks of faults that a person closed by hand: nobody has read them back."""
    watched: tuple[str, ...]
    """The signals by which it is told whether users feel anything."""

    def span(self, name: str) -> ResponseTime:
        """Raises KeyError for a name that is none."""
        return {span.name: span for span in self.spans}[name]


def scorecard(events: Sequence[Event], readings: Sequence[Reading]) -> Scorecard:
    """Fold a drill's events and readings into its scorecard."""
    plan, told, end = read_plan(events), verdict(events), first(events, Moment.END)
    return Scorecard(
        drill=events[0].drill if events else "", scenario=plan.scenario, type=plan.type,
        environment=plan.environment, mode=plan.mode, informed=plan.informed, pace=plan.pace,
        windows=_windows(plan), began=events[0].wall if events else 0.0,
        ended=end.wall if end else None, exit=int(told.exit), hypothesis=plan.hypothesis, held=told.hypothesis,
        reasons=told.reasons, holds=_judged(events, "expectation", plan.expectations),
        trail=_judged(events, "clue", plan.clues),
        alerts=_alerts(events), silent=_silent(events, plan), program_paged=_program_paged(events),
        faults=faults(events), way_out=plan.mitigation or _served_by(events, plan),
        served_by=_served_by(events, plan), difficulty=_difficulty(events), objectives=objectives(events),
        spans=response_times(events), signals=measured(events, readings),
        handed_back=tuple(f"{text(e.data, 'item')}: {text(e.data, 'result')}" for e in of_kind(events, "cleanup")),
        steady_after=_steady_after(events), gone_with=_loss_causes(events), left=_foreign_changes(events),
        given_up=tuple(text(e.data, "marker") for e in of_kind(events, "given-up")), watched=plan.steady_state,
    )  # fmt: skip


def _loss_causes(events: Sequence[Event]) -> str:
    found = last(events, Moment.REVERTED)
    return text(found.data, "reason") if found else ""


def _foreign_changes(events: Sequence[Event]) -> tuple[str, ...]:
    return tuple(text(event.data, "reason") for event in of_kind(events, "fault-kept"))


def _steady_after(events: Sequence[Event]) -> bool | None:
    """None: it was not looked at, because nothing had been touched or the end came otherwise."""
    after = [flag(e.data, "holds") for e in of_kind(events, "steady-state") if text(e.data, "when") == "after"]
    return after[-1] if after else None


def _windows(plan: Planned) -> tuple[str, ...]:
    """What a rehearsal shortened, as it was played: its figures may not stand beside people's."""
    if not plan.is_rehearsal:
        return ()
    played = [(f"{one.id} within", one.within) for one in plan.objectives] + [("timebox", plan.timebox)]
    times = [f"{name} {format_duration(long)}" for name, long in played if long]
    return (*times, *(f"mitigated: {one.text}" for one in plan.mitigated_when))


def _judged(events: Sequence[Event], part: str, lines: Sequence[PlannedExpectation]) -> tuple[Judged, ...]:
    kinds = read_plan(events).signals
    made = judgements(events, part, len(lines))
    return tuple(_line(event, line, kinds) for event, line in zip(made, lines, strict=False))


def _line(event: Event | None, line: PlannedExpectation, kinds: Mapping[str, str]) -> Judged:
    if event is None:
        return Judged(line.text, line.meaning, "not judged", "", None, 0)
    data = event.data
    found = event.body.finding(kinds) if isinstance(event.body, Evaluated) else ""
    return Judged(line.text, line.meaning, text(data, "verdict"), found, number(data, "value"), integer(data, "n"))


def _alerts(events: Sequence[Event]) -> tuple[AlertHeard, ...]:
    start = reference_time(events)
    heard = of_kind(events, "alert")
    return tuple(AlertHeard(text(e.data, "signal"), flag(e.data, "expected"), e.happened - start) for e in heard)


def _silent(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    """Alerts the hypothesis expects that did not fire in their time: judged so, or so silent that the program paged.
    A drill that ended before their time says nothing about them."""
    fired = {text(e.data, "signal") for e in of_kind(events, "alert")}
    lines = zip(plan.expectations, judgements(events, "expectation", len(plan.expectations)), strict=False)
    paged = _program_paged(events)
    late = [line for line, event in lines if paged or (event and text(event.data, "verdict") == "unmet")]
    expected = [line.signal for line in late if line.test == Test.FIRES]
    pages = [plan.paging_alert] if paged and plan.paging_alert else []
    return tuple(signal for signal in dict.fromkeys([*expected, *pages]) if signal not in fired)


def _program_paged(events: Sequence[Event]) -> bool:
    return any(text(e.data, "by") == "program" for e in of_kind(events, "paged"))


def _served_by(events: Sequence[Event], plan: Planned) -> str:
    """The way out that was tried, where it was begun in time; else the last that was."""
    actions = mitigating_actions(events)
    return plan.mitigation if plan.mitigation in actions else actions[-1] if actions else ""


def _difficulty(events: Sequence[Event]) -> Difficulty:
    rungs = [text(event.data, "rung") for event in of_kind(events, "hint")]
    return Difficulty(*(rungs.count(rung) for rung in HintRung))
