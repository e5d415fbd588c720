"""Facilitator: a pure function from plan, state and clock to the decisions that are due now.

The loop performs them, records what happened and asks again. A person overrides it by appending an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gameday.drill.decisions import (
    AdjustFault,
    ApplyFault,
    AskQuestion,
    Decision,
    EndFault,
    EndPause,
    EscalatePage,
    FinishDrill,
    PerformStep,
    RevertAfterStop,
    SendMessage,
    SendPage,
    SkipMessage,
    StartAction,
)
from gameday.drill.interventions import MAX_PAUSE_S, paused_seconds
from gameday.drill.message_rules import cancelling_moments, depends_on_people, has_pending_lower_hint
from gameday.drill.state import DrillState
from gameday.drill.stop import Stop
from gameday.model import EndReason, Message, Mode, Phase, Plan, PlannedFault, Role, TimeExpression
from gameday.moments import Moment, moment_phrase
from gameday.units import format_duration

IMMEDIATELY = float("-inf")
PREVIEW_S = 10.0
"""Time for which each message is shown under `next` before it is sent to people."""

ESCALATION_DELAY_S = 300.0
"""Time after which an unacknowledged page goes to the mentor too: the default of on-call tools."""
QUESTION_INTERVAL_S = 300.0
STOP_DECISION_S = 300.0
"""Time after STOP within which the drill can be resumed; then it ends by itself."""
QUESTION = "What do you think is happening? What would change your mind?"


def decide(plan: Plan, state: DrillState, now: float) -> tuple[Decision, ...]:
    """Return the decisions due now in order of their time; an ending excludes all others."""
    ready = [(at, decision) for at, decision in scheduled_decisions(plan, state) if at <= now]
    ready.sort(key=lambda entry: entry[0])
    endings = tuple(decision for _, decision in ready if isinstance(decision, FinishDrill))
    return endings[:1] or tuple(_first_hint_only(decision for _, decision in ready))


def _first_hint_only(ready: Iterable[Decision]) -> Iterator[Decision]:
    """Yield at most one hint: the next one depends on whether this one was sent."""
    has_hint = False
    for decision in ready:
        is_hint = isinstance(decision, SendMessage) and decision.message.hint is not None
        if not (has_hint and is_hint):
            yield decision
        has_hint = has_hint or is_hint


def next_decision_at(plan: Plan, state: DrillState, now: float) -> float | None:
    """Return when the next decision is due, as far as is known; None when none is."""
    return min((at for at, _ in scheduled_decisions(plan, state) if at > now), default=None)


def scheduled_decisions(plan: Plan, state: DrillState) -> Iterator[tuple[float, Decision]]:
    """Yield all decisions whose time is known, unordered, each with its time (CLOCK_MONOTONIC).

    In a pause only what ends the drill or the pause is due; after STOP, its revert and the end."""
    if state.phase is not Phase.RUNNING or state.started_at is None:
        return
    yield from _halts(plan, state)
    if state.stop.stopped_at is not None:
        yield from _after_stop(state.stop, state.stop.stopped_at)
        return
    yield from ((IMMEDIATELY, StartAction(index, action)) for index, action in enumerate(state.requested_actions))
    if state.interventions.paused_at is not None:
        yield state.interventions.paused_at + MAX_PAUSE_S, EndPause(f"{format_duration(MAX_PAUSE_S)} have passed")
        return
    yield from _endings(plan, state)
    yield from _faults(plan, state)
    yield from _page(plan, state)
    yield from _people(plan, state)
    yield from _messages(plan, state)
    yield from _script(plan, state)


def _with_pauses(state: DrillState, anchor: float, seconds: float) -> float:
    """Return the time so many seconds after the anchor, pauses not counted."""
    return anchor + seconds + paused_seconds(state.interventions, anchor)


def _time_of(time: TimeExpression, state: DrillState) -> float | None:
    """Return when a time of the scenario is (CLOCK_MONOTONIC); None before its moment. Pauses do not count."""
    anchor = state.moments.get(time.moment)
    return None if anchor is None else _with_pauses(state, anchor, time.after)


def _halts(plan: Plan, state: DrillState) -> Iterator[tuple[float, Decision]]:
    if state.halt_reason:
        yield IMMEDIATELY, FinishDrill(EndReason.HALTED, state.halt_reason)
    if state.futile_reason and plan.mode is Mode.REHEARSAL:
        yield IMMEDIATELY, FinishDrill(EndReason.FUTILE, state.futile_reason)


def _after_stop(stop: Stop, stopped_at: float) -> Iterator[tuple[float, Decision]]:
    if not stop.awaits_decision:
        yield IMMEDIATELY, RevertAfterStop()
    reason = f"STOP, not resumed within {format_duration(STOP_DECISION_S)}"
    yield stopped_at + STOP_DECISION_S, FinishDrill(EndReason.HALTED, reason)


def timebox_end(plan: Plan, state: DrillState) -> float:
    """Return when the timebox ends, as far as is known now. The drill must have started."""
    assert state.started_at is not None
    return _with_pauses(state, state.started_at, plan.scenario.timebox + state.interventions.extension)


def _endings(plan: Plan, state: DrillState) -> Iterator[tuple[float, Decision]]:
    ends = plan.scenario.ends
    at = _time_of(ends, state) if ends else None
    if ends is not None and at is not None:
        yield at, FinishDrill(EndReason.ENDS, f"{format_duration(ends.after)} after {moment_phrase(ends.moment)}")
    yield timebox_end(plan, state), FinishDrill(EndReason.TIMEBOX, "the timebox has ended")


def _faults(plan: Plan, state: DrillState) -> Iterator[tuple[float, Decision]]:
    for planned in plan.faults:
        yield from _fault(planned, state)


def _fault(planned: PlannedFault, state: DrillState) -> Iterator[tuple[float, Decision]]:
    fault = planned.fault
    adjustments = state.interventions.adjustments.get(fault.id, ())
    if adjustments:
        planned = replace(planned, fault=replace(fault, params={**fault.params, **adjustments[-1]}))
    begins, ends = _begins_at(planned, state), _ends_at(planned, state)
    if begins is not None:
        yield begins, ApplyFault(planned)
    elif fault.id in state.adjustable and len(adjustments) >= state.apply_counts.get(fault.id, 0):
        yield IMMEDIATELY, AdjustFault(planned)
    if ends is not None:
        yield ends, EndFault(fault)


def _begins_at(planned: PlannedFault, state: DrillState) -> float | None:
    """Return when a fault is to be applied, as far as is known now; None where nothing is to be applied."""
    fault = planned.fault.id
    if state.futile_reason:
        return None
    if fault in state.stop.to_reapply:
        return IMMEDIATELY
    if fault in state.intended:
        return _returns_at(planned, state)
    return IMMEDIATELY if fault in state.interventions.early_faults else _time_of(planned.at, state)


def _returns_at(planned: PlannedFault, state: DrillState) -> float | None:
    """Return when a fault that has ended comes again; None while it is present, or where it does not."""
    fault = planned.fault
    began, ended = state.confirmed_at.get(fault.id, ()), state.end_counts.get(fault.id, 0)
    if fault.repeat is None or not ended or len(began) > ended or ended >= fault.repeat.times:
        return None
    return _with_pauses(state, began[0], ended * fault.repeat.every)


def _ends_at(planned: PlannedFault, state: DrillState) -> float | None:
    """Return when a fault that lasts only a while has to be reverted; None where it lasts."""
    fault = planned.fault
    began = state.confirmed_at.get(fault.id, ())
    if fault.lasts is None or not began or fault.id not in state.adjustable:
        return None
    return _with_pauses(state, began[-1], fault.lasts)


def _page(plan: Plan, state: DrillState) -> Iterator[tuple[float, Decision]]:
    page = plan.scenario.page
    at = _time_of(page.fallback, state) if page and not state.paged else None
    if page is not None and at is not None:
        yield at, SendPage(page.say)


def _people(plan: Plan, state: DrillState) -> Iterator[tuple[float, Decision]]:
    """Yield what only people need: an escalated page, and the questions of a solo drill."""
    assert state.started_at is not None
    alert = state.moments.get(Moment.PAGED)
    waits = plan.mode is Mode.FACILITATED and Moment.ACKNOWLEDGED not in state.moments and not state.escalated
    if waits and alert is not None and plan.scenario.page:
        yield _with_pauses(state, alert, ESCALATION_DELAY_S), EscalatePage(Role.MENTOR, plan.scenario.page.say)
    if plan.mode is Mode.SOLO:
        yield (
            _with_pauses(state, state.started_at, QUESTION_INTERVAL_S * (state.questions_asked + 1)),
            AskQuestion(QUESTION),
        )


def _messages(plan: Plan, state: DrillState) -> Iterator[tuple[float, Decision]]:
    interventions = state.interventions
    for index, message in enumerate(plan.scenario.messages):
        worded = replace(message, say=interventions.reworded[index]) if index in interventions.reworded else message
        if index in interventions.sent_now and index not in state.sent_messages:
            yield IMMEDIATELY, SendMessage(index, worded, offer=False)
        elif index in interventions.skipped and index not in state.closed_messages:
            yield IMMEDIATELY, SkipMessage(index, "by the facilitator")
        elif index not in state.closed_messages and index not in interventions.held:
            yield from _untouched_message(plan, state, index, worded)


def _untouched_message(plan: Plan, state: DrillState, index: int, message: Message) -> Iterator[tuple[float, Decision]]:
    """Yield a message without an intervention; people see it under `next` before it is sent."""
    anchor = state.finished_actions.get(message.when) if message.when else _moment_of(message, state)
    if anchor is None:
        return
    after = message.at.after if message.at else 0.0
    at = _with_pauses(state, anchor, max(after, 0.0 if plan.mode is Mode.REHEARSAL else PREVIEW_S))
    reached = next((moment for moment in cancelling_moments(message) if moment in state.moments), None)
    if reached is not None:
        yield at, SkipMessage(index, f"{reached} came first")
    else:
        offer = depends_on_people(message) or has_pending_lower_hint(plan, message, state)
        yield at, SendMessage(index, message, offer=offer)


def _moment_of(message: Message, state: DrillState) -> float | None:
    return state.moments.get(message.at.moment) if message.at else None


def _script(plan: Plan, state: DrillState) -> Iterator[tuple[float, Decision]]:
    for index, step in enumerate(plan.script):
        at = _time_of(step.at, state) if index not in state.performed_steps else None
        if at is not None:
            yield at, PerformStep(index, step)
