"""The facilitator: given the plan, what the log has said and the clock, what is due now? Pure.

The loop asks, performs what is said, appends what happened, and asks again. A person at the keyboard overrules
it by appending an event, like everyone else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gameday.drill.decisions import (
    AdjustFault,
    ApplyFault,
    Ask,
    Decision,
    Escalate,
    Finish,
    Resume,
    ScriptedStep,
    SendMessage,
    SendPage,
    SkipMessage,
    TakeAction,
)
from gameday.drill.interventions import PAUSE_ENDS, paused_seconds
from gameday.drill.state import State
from gameday.model import CourseEntry, EndReason, Hint, Mode, Phase, Plan, Role, Rung
from gameday.moments import HUMAN_MOMENTS, Moment
from gameday.units import format_duration

IMMEDIATELY = float("-inf")
PREVIEW_SECONDS = 10.0
"""Seconds for which each cue and hint stands under `next` before it is played to people."""

UNACKNOWLEDGED = 300.0
"""Seconds after which a page that nobody acknowledged goes to the mentor too: the default of on-call tools."""
ASK_EVERY = 300.0
QUESTION = "What do you think is happening? What would change your mind?"


def decide(plan: Plan, state: State, now: float) -> tuple[Decision, ...]:
    """What is to be done now, in order of its time. An ending stands alone: nothing else is begun beside it."""
    ready = [(at, what) for at, what in scheduled_decisions(plan, state) if at <= now]
    ready.sort(key=lambda entry: entry[0])
    endings = tuple(what for _, what in ready if isinstance(what, Finish))
    return endings[:1] or tuple(_a_hint_at_a_time(what for _, what in ready))


def _a_hint_at_a_time(ready: Iterable[Decision]) -> Iterator[Decision]:
    """What becomes of the next hint depends on whether this one was sent."""
    hinted = False
    for what in ready:
        is_hint = isinstance(what, SendMessage) and isinstance(what.line.play, Hint)
        if not (hinted and is_hint):
            yield what
        hinted = hinted or is_hint


def next_at(plan: Plan, state: State, now: float) -> float | None:
    """When something is due next, as far as is known now; None when nothing is."""
    return min((at for at, _ in scheduled_decisions(plan, state) if at > now), default=None)


def scheduled_decisions(plan: Plan, state: State) -> Iterator[tuple[float, Decision]]:
    """All whose time is known by now, in no order: when it is due (CLOCK_MONOTONIC), and what. In a pause only what
    ends the drill or the pause is due: guardrails and STOP know none."""
    if state.phase is not Phase.RUNNING or state.startex is None:
        return
    yield from _halts(plan, state)
    yield from ((IMMEDIATELY, TakeAction(index, action)) for index, action in enumerate(state.takes))
    if state.hands.paused is not None:
        yield state.hands.paused + PAUSE_ENDS, Resume(f"{format_duration(PAUSE_ENDS)} are over")
        return
    yield from _endings(plan, state)
    yield from _faults(plan, state)
    yield from _page(plan, state)
    yield from _people(plan, state)
    yield from _course(plan, state)
    yield from _script(plan, state)


def _with_pauses(state: State, anchor: float, seconds: float) -> float:
    """So long after the anchor, pauses not counted."""
    return anchor + seconds + paused_seconds(state.hands, anchor)


def _halts(plan: Plan, state: State) -> Iterator[tuple[float, Decision]]:
    if state.halt:
        yield IMMEDIATELY, Finish(EndReason.HALTED, state.halt)
    if state.futile and plan.mode is Mode.REHEARSAL:
        yield IMMEDIATELY, Finish(EndReason.FUTILE, state.futile)


def timebox_at(plan: Plan, state: State) -> float:
    """When the timebox is over, as far as is known now: in a pause it moves. Before STARTEX there is none."""
    assert state.startex is not None
    return _with_pauses(state, state.startex, plan.scenario.timebox + state.hands.extended)


def _endings(plan: Plan, state: State) -> Iterator[tuple[float, Decision]]:
    ends = plan.scenario.ends
    if ends is not None and ends.of in state.moments:
        say = f"{format_duration(ends.after)} have passed since {ends.of}"
        yield _with_pauses(state, state.moments[ends.of], ends.after), Finish(EndReason.ENDS, say)
    yield timebox_at(plan, state), Finish(EndReason.TIMEBOX, "the timebox is over")


def _faults(plan: Plan, state: State) -> Iterator[tuple[float, Decision]]:
    assert state.startex is not None
    for planned in plan.faults:
        fault = planned.fault
        dials = state.hands.dials.get(fault.id, ())
        if fault.id not in state.intended and not state.futile:
            sooner = fault.id in state.hands.sooner
            yield IMMEDIATELY if sooner else _with_pauses(state, state.startex, planned.start), ApplyFault(planned)
        elif fault.id in state.turnable and len(dials) >= state.intents.get(fault.id, 0):
            turned = replace(fault, params={**fault.params, **dials[-1]})
            yield IMMEDIATELY, AdjustFault(replace(planned, fault=turned))


def _page(plan: Plan, state: State) -> Iterator[tuple[float, Decision]]:
    page = plan.scenario.page
    if page is not None and not state.paged and page.of in state.moments:
        yield _with_pauses(state, state.moments[page.of], page.else_after), SendPage(page.say)


def _people(plan: Plan, state: State) -> Iterator[tuple[float, Decision]]:
    """What only people need: a page that nobody acknowledged goes on; who is alone is asked what they think."""
    assert state.startex is not None
    alert = state.moments.get(Moment.PAGED)
    waits = plan.mode is Mode.FACILITATED and Moment.ACKNOWLEDGED not in state.moments and not state.escalated
    if waits and alert is not None and plan.scenario.page:
        yield _with_pauses(state, alert, UNACKNOWLEDGED), Escalate(Role.MENTOR, plan.scenario.page.say)
    if plan.mode is Mode.SOLO:
        yield _with_pauses(state, state.startex, ASK_EVERY * (state.asked + 1)), Ask(QUESTION)


def _course(plan: Plan, state: State) -> Iterator[tuple[float, Decision]]:
    hands = state.hands
    for index, line in enumerate(plan.scenario.course):
        worded = replace(line, say=hands.reworded[index]) if index in hands.reworded else line
        if index in hands.sent and index not in state.told:
            yield IMMEDIATELY, SendMessage(index, worded, offer=False)
        elif index in hands.skipped and index not in state.played:
            yield IMMEDIATELY, SkipMessage(index, "the facilitator skipped it")
        elif index not in state.played and index not in hands.held:
            yield from _untouched_message(plan, state, index, worded)


def _untouched_message(plan: Plan, state: State, index: int, line: CourseEntry) -> Iterator[tuple[float, Decision]]:
    """A line that nobody laid a hand on. With people, it stands under `next` for a while before it is played."""
    anchor = _anchor(line, state)
    if anchor is None:
        return
    at = _with_pauses(state, anchor, max(line.after, 0.0 if plan.mode is Mode.REHEARSAL else PREVIEW_SECONDS))
    had_been = _sparing_moment(line, state)
    if had_been is not None:
        yield at, SkipMessage(index, f"{had_been} had been")
    else:
        yield at, SendMessage(index, line, offer=depends_on_people(line) or _lower_hint_pending(plan, line, state))


def _sparing_moment(line: CourseEntry, state: State) -> Moment | None:
    """The moment that has spared a hint: its own, and that users are served again spares them all."""
    return next((one for one in sparing_moments(line) if one in state.moments), None)


def sparing_moments(line: CourseEntry) -> tuple[Moment, ...]:
    """The moments after which a hint is not needed any more; none for a cue."""
    if not isinstance(line.play, Hint):
        return ()
    return tuple(dict.fromkeys((*((line.play.unless,) if line.play.unless else ()), Moment.MITIGATED)))


def _lower_hint_pending(plan: Plan, line: CourseEntry, state: State) -> bool:
    """Whether a hint that gives less away was offered, and nobody sent it: then this one does not overtake it."""
    if not isinstance(line.play, Hint):
        return False
    ladder, plays = list(Rung), (plan.scenario.course[entry].play for entry in state.offered)
    lower = ladder[: ladder.index(line.play.rung)]
    return any(isinstance(play, Hint) and play.rung in lower for play in plays)


def _anchor(line: CourseEntry, state: State) -> float | None:
    if line.when:
        return state.actions.get(line.when)
    return state.moments.get(line.of) if line.of else None


def depends_on_people(line: CourseEntry) -> bool:
    """The log is partly deaf: that a person has not said a thing in the log does not mean it was not said. That users
    are served again is measured, later than people say it."""
    said = HUMAN_MOMENTS | {Moment.MITIGATED}
    return isinstance(line.play, Hint) and (line.of in HUMAN_MOMENTS or line.play.unless in said)


def _script(plan: Plan, state: State) -> Iterator[tuple[float, Decision]]:
    for index, step in enumerate(plan.script):
        if index not in state.stepped and step.of in state.moments:
            yield _with_pauses(state, state.moments[step.of], step.after), ScriptedStep(index, step)
