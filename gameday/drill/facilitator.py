"""The facilitator: given the plan, what the log has said and the clock, what is due now? Pure.

The loop asks, performs what is said, appends what happened, and asks again. A person at the keyboard overrules
it by appending an event, like everyone else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gameday.drill.state import State
from gameday.model import CourseEntry, EndReason, Hint, Mode, Phase, Plan, PlannedFault, ScriptStep
from gameday.moments import HUMAN_MOMENTS
from gameday.units import say_duration


@dataclass(frozen=True, slots=True)
class Apply:
    """Apply this fault now."""

    planned: PlannedFault


@dataclass(frozen=True, slots=True)
class PageNow:
    """The environment's alert stayed silent: page, and say that the program did."""

    say: str


@dataclass(frozen=True, slots=True)
class Play:
    """Send this line of the course; `offer`: it rests on what a person said, so a person decides."""

    entry: int
    line: CourseEntry
    offer: bool


@dataclass(frozen=True, slots=True)
class Skip:
    """This line of the course is not played."""

    entry: int
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """The rehearsal's responders do this."""

    index: int
    step: ScriptStep


@dataclass(frozen=True, slots=True)
class Finish:
    """End the drill: revert everything, then close."""

    reason: EndReason
    why: str


Due = Apply | PageNow | Play | Skip | Step | Finish
ALWAYS = float("-inf")


def due(plan: Plan, state: State, now: float) -> tuple[Due, ...]:
    """What is to be done now, in order of its time. An ending stands alone: nothing else is begun beside it."""
    ready = [(at, what) for at, what in schedule(plan, state) if at <= now]
    ready.sort(key=lambda entry: entry[0])
    endings = tuple(what for _, what in ready if isinstance(what, Finish))
    return endings[:1] or tuple(what for _, what in ready)


def next_at(plan: Plan, state: State, now: float) -> float | None:
    """When something is due next, as far as is known now; None when nothing is."""
    return min((at for at, _ in schedule(plan, state) if at > now), default=None)


def schedule(plan: Plan, state: State) -> Iterator[tuple[float, Due]]:
    """All whose time is known by now, in no order: when it is due (CLOCK_MONOTONIC), and what."""
    if state.phase is not Phase.RUNNING or state.startex is None:
        return
    yield from _endings(plan, state)
    yield from _faults(plan, state)
    yield from _page(plan, state)
    yield from _course(plan, state)
    yield from _script(plan, state)


def _endings(plan: Plan, state: State) -> Iterator[tuple[float, Due]]:
    assert state.startex is not None
    if state.halt:
        yield ALWAYS, Finish(EndReason.HALTED, state.halt)
    if state.futile and plan.mode is Mode.REHEARSAL:
        yield ALWAYS, Finish(EndReason.FUTILE, state.futile)
    ends = plan.scenario.ends
    if ends is not None and ends.of in state.moments:
        yield (
            state.moments[ends.of] + ends.after,
            Finish(EndReason.ENDS, f"{say_duration(ends.after)} have passed since {ends.of}"),
        )
    yield state.startex + plan.scenario.timebox, Finish(EndReason.TIMEBOX, "the timebox is over")


def _faults(plan: Plan, state: State) -> Iterator[tuple[float, Due]]:
    assert state.startex is not None
    for planned in plan.faults:
        if planned.fault.id not in state.intended and not state.futile:
            yield state.startex + planned.start, Apply(planned)


def _page(plan: Plan, state: State) -> Iterator[tuple[float, Due]]:
    page = plan.scenario.page
    if page is not None and not state.paged and page.of in state.moments:
        yield state.moments[page.of] + page.else_after, PageNow(page.say)


def _course(plan: Plan, state: State) -> Iterator[tuple[float, Due]]:
    for index, line in enumerate(plan.scenario.course):
        anchor = _anchor(line, state)
        if index in state.played or anchor is None:
            continue
        unless = line.play.unless if isinstance(line.play, Hint) else None
        if unless is not None and unless in state.moments:
            yield anchor + line.after, Skip(index, f"{unless} had been")
        else:
            yield anchor + line.after, Play(index, line, offer=_rests_on_people(line))


def _anchor(line: CourseEntry, state: State) -> float | None:
    if line.when:
        return state.actions.get(line.when)
    return state.moments.get(line.of) if line.of else None


def _rests_on_people(line: CourseEntry) -> bool:
    """The log is partly deaf: that a person has not said a thing in the log does not mean it was not said."""
    return isinstance(line.play, Hint) and (line.of in HUMAN_MOMENTS or line.play.unless in HUMAN_MOMENTS)


def _script(plan: Plan, state: State) -> Iterator[tuple[float, Due]]:
    for index, step in enumerate(plan.script):
        if index not in state.stepped and step.of in state.moments:
            yield state.moments[step.of] + step.after, Step(index, step)
