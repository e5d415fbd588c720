"""The state of a drill, folded from its events: all that the facilitator needs to decide what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from gameday import events
from gameday.drill.interventions import Interventions, fold_intervention
from gameday.drill.stop import Stop, fold_stop
from gameday.model import Phase, Role
from gameday.moments import Moment

Message = events.MessageSent | events.HintSent | events.HintWhispered | events.HintOffered | events.MessageSkipped
_MOMENTS = frozenset(moment.value for moment in Moment)


@dataclass(frozen=True, slots=True)
class DrillState:
    """The state of a drill after some of its events.

    Faults are named by id: `intended` before their apply, `present` from its confirmation to the revert. Messages and
    steps are named by index; closed messages were sent, offered or skipped. Times (CLOCK_MONOTONIC) are the first of
    each moment and finished action, and all at which a fault was confirmed present: another each time it returned.
    """

    phase: Phase = Phase.PLANNED
    start_requested: bool = False
    started_at: float | None = None
    moments: Mapping[Moment, float] = field(default_factory=dict[Moment, float])
    intended: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    removed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Faults that something else ended, with the id of our later fault that did; empty for an action."""
    removed_by_responders: frozenset[str] = frozenset()
    """Faults that the responders removed themselves, where the scenario names that as a mitigation."""
    apply_counts: Mapping[str, int] = field(default_factory=dict[str, int])
    """Applies of each fault since it last ended: one, and one more for each adjustment."""
    confirmed_at: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    periods: events.Periods = field(default_factory=dict[str, tuple[events.ActivePeriod, ...]])
    outside_changes: events.OutsideChanges = ()
    mitigated_at: float | None = None
    """When service was restored other than by the planned end of a fault (CLOCK_MONOTONIC)."""
    end_counts: Mapping[str, int] = field(default_factory=dict[str, int])
    last_fault_end: float | None = None
    fired_alerts: frozenset[str] = frozenset()
    paged: bool = False
    escalated: bool = False
    closed_messages: frozenset[int] = frozenset()
    sent_messages: frozenset[int] = frozenset()
    offered_hints: frozenset[int] = frozenset()
    questions_asked: int = 0
    performed_steps: frozenset[int] = frozenset()
    requested_actions: tuple[str, ...] = ()
    started_actions: tuple[tuple[str, float], ...] = ()
    """Actions that started and have not failed, each with its time."""
    finished_actions: Mapping[str, float] = field(default_factory=dict[str, float])
    roles: frozenset[Role] = frozenset()
    interventions: Interventions = field(default_factory=Interventions)
    stop: Stop = field(default_factory=Stop)
    halt_reason: str = ""
    """Reason why the drill must end at once; else empty."""
    futile_reason: str = ""
    """Reason why a rehearsal need not go on (no effect, a lapse, a refusal); else empty."""

    @property
    def adjustable(self) -> frozenset[str]:
        """Faults that may be adjusted; one that something else ended is not applied again."""
        return self.present - frozenset(self.removed)


def fold_with_retractions(state: DrillState, event: events.Event, log: Sequence[events.Event]) -> DrillState:
    """Return the state after the last event of the log; a retraction folds all that still counts anew."""
    if isinstance(event.body, events.Retracted):
        return reduce(fold_event, events.without_retracted(log), DrillState())
    return fold_event(state, event)


def fold_event(state: DrillState, event: events.Event) -> DrillState:
    """Return the state after one more event."""
    state = _fold_moment(state, event)
    state = replace(state, interventions=fold_intervention(state.interventions, event))
    state = fold_stop(state, event) if _is_running(state) else state
    for folder in (_fold_fault_event, _fold_message_event, _fold_people_event, _fold_end_event):
        state = folder(state, event)
    return _fold_judged_time(state, event)


def _fold_judged_time(state: DrillState, event: events.Event) -> DrillState:
    """Record when verdicts are judged: while a fault is present and service is not restored."""
    if isinstance(event.body, events.Mitigated) and not event.body.censored and state.mitigated_at is None:
        state = replace(state, mitigated_at=event.happened)
    changes = events.fold_outside_change(state.outside_changes, event)
    return replace(state, periods=events.fold_active_period(state.periods, event), outside_changes=changes)


def _fold_moment(state: DrillState, event: events.Event) -> DrillState:
    state = _fold_step(state, event)
    is_first = event.kind in _MOMENTS and event.happened < state.moments.get(Moment(event.kind), float("inf"))
    if not is_first or (isinstance(event.body, events.AlertFired) and not event.body.expected):
        return state  # an unexpected alert is no moment of this drill
    return replace(state, moments={**state.moments, Moment(event.kind): event.happened})


def _fold_step(state: DrillState, event: events.Event) -> DrillState:
    step = event.body.step if isinstance(event.body, events.Statement | events.ActionFinished) else None
    return state if step is None else replace(state, performed_steps=state.performed_steps | {step})


def _fold_fault_event(state: DrillState, event: events.Event) -> DrillState:
    match event.body:
        case events.Intended() as body:
            return _fold_intended(state, body)
        case events.ApplyRefused(reason=reason):
            return _fold_futile(state, f"the fault was refused: {reason}")
        case events.ApplyUnknown(reason=reason):
            return _fold_futile(state, f"it is unknown whether the fault was applied: {reason}")
        case events.FaultConfirmed(fault=fault):
            return _fold_confirmed(state, fault, event.happened)
        case events.FaultEnded() as body:
            return _fold_fault_end(state, body, event.happened)
        case events.FaultEndedUnexpectedly(marker=marker):
            present = state.present - {events.fault_of(state.periods, marker)}
            return _fold_futile(replace(state, present=present), "the fault ended unexpectedly")
        case events.Removed() as body:
            return _fold_removed(state, body)
        case events.EffectJudged(text=text) as body if not body.seen:
            return _fold_futile(state, f"fault {body.fault} had no effect: {text}")
        case events.AllReverted():
            return replace(state, present=frozenset())
        case _:
            return state


def _fold_message_event(state: DrillState, event: events.Event) -> DrillState:
    match event.body:
        case events.AlertFired(signal=signal):
            return replace(state, fired_alerts=state.fired_alerts | {signal})
        case events.Paged():
            return replace(state, paged=True)
        case events.PageEscalated():
            return replace(state, escalated=True)
        case events.QuestionAsked():
            return replace(state, questions_asked=state.questions_asked + 1)
        case (
            events.MessageSent()
            | events.HintSent()
            | events.HintWhispered()
            | events.HintOffered()
            | events.MessageSkipped() as body
        ):
            return _fold_message(state, body)
        case _:
            return state


def _fold_people_event(state: DrillState, event: events.Event) -> DrillState:
    match event.body:
        case events.ActionRequested(action=action):
            return replace(state, requested_actions=(*state.requested_actions, action))
        case events.ActionStarted(action=action):
            return replace(state, started_actions=(*state.started_actions, (action, event.happened)))
        case events.ActionFinished() as body:
            return _fold_action(state, body, event.happened)
        case events.RoleClaimed() if event.role:
            return replace(state, roles=state.roles | {event.role})
        case events.IcAnnounced():
            return replace(state, roles=state.roles | {Role.IC})
        case events.StartApproved():
            return replace(state, start_requested=True)
        case _:
            return state


def _fold_end_event(state: DrillState, event: events.Event) -> DrillState:
    match event.body:
        case events.PhaseChanged() as body:
            return replace(state, phase=body.after)
        case events.Started():
            return replace(state, started_at=event.happened)
        case events.Stopped(text=reason) as body if not (body.resumable and _is_running(state)):
            return _fold_halt(state, "STOP", reason)
        case events.StopConfirmed():
            return _fold_halt(state, "STOP", "")
        case events.Halted() as body:
            return _fold_halt(state, body.command or "halt", "" if body.command else body.reason)
        case events.Interrupted() as body:
            return _fold_halt(state, body.cause or "interrupted", "")
        case events.GuardrailBroken(text=reason):
            return _fold_halt(state, "guardrail broken", reason)
        case events.SignalUnreadable() as body if body.guardrail is not None:
            return _fold_halt(state, "guardrail cannot be read", body.text)
        case _:
            return state


def _fold_intended(state: DrillState, body: events.Intended) -> DrillState:
    fault = body.intent.fault
    counts = {**state.apply_counts, fault: state.apply_counts.get(fault, 0) + 1}
    return replace(state, intended=state.intended | {fault}, apply_counts=counts)


def _fold_confirmed(state: DrillState, fault: str, at: float) -> DrillState:
    """Record a confirmed fault; an adjusted one is the same fault, and keeps its time."""
    new = () if fault in state.present else (at,)
    confirmed = {**state.confirmed_at, fault: (*state.confirmed_at.get(fault, ()), *new)}
    return replace(state, present=state.present | {fault}, confirmed_at=confirmed)


def _fold_futile(state: DrillState, reason: str) -> DrillState:
    return replace(state, futile_reason=state.futile_reason or reason)


def _fold_fault_end(state: DrillState, body: events.FaultEnded, at: float) -> DrillState:
    fault = body.fault
    ends = {**state.end_counts, fault: state.end_counts.get(fault, 0) + 1}
    applies = {**state.apply_counts, fault: len(state.interventions.adjustments.get(fault, ()))}
    return replace(state, present=state.present - {fault}, end_counts=ends, last_fault_end=at, apply_counts=applies)


def _fold_removed(state: DrillState, body: events.Removed) -> DrillState:
    """Record a removed fault; it counts as present until its absence is verified, and the readings judge recovery."""
    by_responders = state.removed_by_responders | ({body.fault} if body.by_responders else set())
    return replace(state, removed={**state.removed, body.fault: body.by_fault}, removed_by_responders=by_responders)


def _fold_message(state: DrillState, body: Message) -> DrillState:
    entry, is_sent = body.entry, not isinstance(body, events.HintOffered | events.MessageSkipped)
    sent = state.sent_messages | {entry} if is_sent else state.sent_messages
    hints = state.offered_hints
    hints = hints | {entry} if isinstance(body, events.HintOffered) else hints - {entry}
    return replace(state, closed_messages=state.closed_messages | {entry}, sent_messages=sent, offered_hints=hints)


def _fold_action(state: DrillState, body: events.ActionFinished, happened: float) -> DrillState:
    if not body.succeeded:
        state = replace(state, started_actions=tuple(item for item in state.started_actions if item[0] != body.action))
    return replace(state, finished_actions={body.action: happened, **state.finished_actions})


def _is_running(state: DrillState) -> bool:
    return state.phase is Phase.RUNNING and state.started_at is not None


def _fold_halt(state: DrillState, cause: str, reason: str) -> DrillState:
    """Record the first halt; its reason may be empty."""
    return replace(state, halt_reason=state.halt_reason or (f"{cause}: {reason}" if reason else cause))
