"""What the log has said so far, folded: all that the facilitator needs to decide what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gameday.drill.interventions import Interventions, fold_intervention
from gameday.events import (
    ActionFinished,
    ActionRequested,
    ActionStarted,
    AlertFired,
    AllReverted,
    ApplyRefused,
    ApplyUnknown,
    EffectJudged,
    Event,
    FaultConfirmed,
    FaultEnded,
    GoneAhead,
    GuardrailBroken,
    Halted,
    HintOffered,
    HintSent,
    HintWhispered,
    IcAnnounced,
    Intended,
    Interrupted,
    Lapsed,
    MessageSent,
    MessageSkipped,
    Paged,
    PageEscalated,
    PhaseChanged,
    QuestionAsked,
    Removed,
    RoleClaimed,
    SignalUnreadable,
    Started,
    Statement,
    Stopped,
)  # fmt: skip
from gameday.model import Phase, Role
from gameday.moments import Moment

Message = MessageSent | HintSent | HintWhispered | HintOffered | MessageSkipped
_MOMENTS = frozenset(moment.value for moment in Moment)


@dataclass(frozen=True, slots=True)
class State:
    """What the log says so far. `moments`: when each first happened; `startex`: the reference time, None before the
    start; `intended`: ids of faults that were tried; `standing`: those confirmed and not yet reverted; `undone`: those
    that something removed, with the id of our later fault that did, empty for an action; `played`: messages that are
    closed; `stepped`: steps of the script; `halt`: why the drill must end at once, else empty."""

    phase: Phase = Phase.PLANNED
    startex: float | None = None
    moments: Mapping[Moment, float] = field(default_factory=dict[Moment, float])
    intended: frozenset[str] = frozenset()
    standing: frozenset[str] = frozenset()
    undone: Mapping[str, str] = field(default_factory=dict[str, str])
    alerts: frozenset[str] = frozenset()
    paged: bool = False
    played: frozenset[int] = frozenset()
    stepped: frozenset[int] = frozenset()
    actions: Mapping[str, float] = field(default_factory=dict[str, float])
    acting: tuple[tuple[str, float], ...] = ()
    """Each action that was begun and has not failed, and when."""
    takes: tuple[str, ...] = ()
    """Actions that responders wanted taken, in order."""
    roles: frozenset[Role] = frozenset()  # those that somebody holds
    hands: Interventions = field(default_factory=Interventions)
    told: frozenset[int] = frozenset()
    """Messages that were sent, not only offered."""
    offered: frozenset[int] = frozenset()
    """Hints that stand ready, and were not sent."""
    intents: Mapping[str, int] = field(default_factory=dict[str, int])
    """How often each fault was tried since it last ended: once, and once more for each adjustment."""
    began: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    """When each fault was confirmed active (CLOCK_MONOTONIC): once, and again each time it returned."""
    ended: Mapping[str, int] = field(default_factory=dict[str, int])
    """How often each fault has ended by itself, as planned; `ended_at`: the last time (CLOCK_MONOTONIC)."""
    ended_at: float | None = None
    removed: frozenset[str] = frozenset()
    """Faults that the responders removed themselves, where the scenario names that as a mitigation."""
    halt: str = ""
    begun: bool = False
    """True once the facilitator gave the go-ahead."""
    asked: int = 0  # questions to a solo responder
    escalated: bool = False
    futile: str = ""
    """Why going on teaches nothing: no effect, a lapse, a refusal."""

    @property
    def adjustable(self) -> frozenset[str]:
        """The faults that may be adjusted: one that something ended is not applied again."""
        return self.standing - frozenset(self.undone)


def fold(state: State, event: Event) -> State:
    """The state after one more event."""
    state = _fold_moment(state, event)
    state = replace(state, hands=fold_intervention(state.hands, event))
    for folder in (_fold_fault_event, _fold_message_event, _fold_people_event, _fold_end_event):
        state = folder(state, event)
    return state


def _fold_moment(state: State, event: Event) -> State:
    state = _fold_step(state, event)
    known = event.kind in _MOMENTS and event.happened < state.moments.get(Moment(event.kind), float("inf"))
    if not known or (isinstance(event.body, AlertFired) and not event.body.expected):
        return state  # another alert than the drill's is no moment of it
    return replace(state, moments={**state.moments, Moment(event.kind): event.happened})


def _fold_step(state: State, event: Event) -> State:
    step = event.body.step if isinstance(event.body, Statement | ActionFinished) else None
    return state if step is None else replace(state, stepped=state.stepped | {step})


def _fold_fault_event(state: State, event: Event) -> State:
    match event.body:
        case Intended() as body:
            return _fold_intended(state, body)
        case ApplyRefused(reason=why):
            return _fold_futile(state, f"the fault was refused: {why}")
        case ApplyUnknown(reason=why):
            return _fold_futile(state, f"nobody knows whether the fault landed: {why}")
        case FaultConfirmed(fault=fault):
            again = () if fault in state.standing else (event.happened,)  # an adjusted fault is the same one
            began = {**state.began, fault: (*state.began.get(fault, ()), *again)}
            return replace(state, standing=state.standing | {fault}, began=began)
        case FaultEnded() as body:
            return _fold_fault_end(state, body, event.happened)
        case Lapsed():
            return _fold_futile(replace(state, standing=frozenset()), "the fault went without us")
        case Removed() as body:
            return _fold_removed(state, body)
        case EffectJudged() as body:
            return _fold_effect(state, body)
        case AllReverted():
            return replace(state, standing=frozenset())
        case _:
            return state


def _fold_message_event(state: State, event: Event) -> State:
    match event.body:
        case AlertFired(signal=signal):
            return replace(state, alerts=state.alerts | {signal})
        case Paged():
            return replace(state, paged=True)
        case PageEscalated():
            return replace(state, escalated=True)
        case QuestionAsked():
            return replace(state, asked=state.asked + 1)
        case MessageSent() | HintSent() | HintWhispered() | HintOffered() | MessageSkipped() as body:
            return _fold_message(state, body)
        case _:
            return state


def _fold_people_event(state: State, event: Event) -> State:
    match event.body:
        case ActionRequested(action=action):
            return replace(state, takes=(*state.takes, action))
        case ActionStarted(action=action):
            return replace(state, acting=(*state.acting, (action, event.happened)))
        case ActionFinished() as body:
            return _fold_action(state, body, event.happened)
        case RoleClaimed() if event.role:
            return replace(state, roles=state.roles | {event.role})
        case IcAnnounced():
            return replace(state, roles=state.roles | {Role.IC})
        case GoneAhead():
            return replace(state, begun=True)
        case _:
            return state


def _fold_end_event(state: State, event: Event) -> State:
    match event.body:
        case PhaseChanged() as body:
            return replace(state, phase=body.after)
        case Started():
            return replace(state, startex=event.happened)
        case Stopped(text=why):
            return _fold_halt(state, "STOP", why)
        case Halted(reason=why):
            return _fold_halt(state, "halt", why)
        case Interrupted() as body:
            return _fold_halt(state, "ended", body.cause)
        case GuardrailBroken(text=why):
            return _fold_halt(state, "guardrail", why)
        case SignalUnreadable() as body:
            return _fold_unreadable(state, body)
        case _:
            return state


def _fold_intended(state: State, body: Intended) -> State:
    fault = body.intent.fault
    intents = {**state.intents, fault: state.intents.get(fault, 0) + 1}
    return replace(state, intended=state.intended | {fault}, intents=intents)


def _fold_futile(state: State, why: str) -> State:
    return replace(state, futile=state.futile or why)


def _fold_fault_end(state: State, body: FaultEnded, at: float) -> State:
    fault = body.fault
    ended = {**state.ended, fault: state.ended.get(fault, 0) + 1}
    intents = {**state.intents, fault: len(state.hands.adjustments.get(fault, ()))}
    return replace(state, standing=state.standing - {fault}, ended=ended, ended_at=at, intents=intents)


def _fold_removed(state: State, body: Removed) -> State:
    """Until it is read back as gone it counts as standing; whether users are served again, the readings say."""
    removed = state.removed | ({body.fault} if body.by_responders else set())
    return replace(state, undone={**state.undone, body.fault: body.by_fault}, removed=removed)


def _fold_effect(state: State, body: EffectJudged) -> State:
    return state if body.seen else _fold_futile(state, f"the fault had no effect: {body.text}")


def _fold_message(state: State, body: Message) -> State:
    entry, sent = body.entry, not isinstance(body, HintOffered | MessageSkipped)
    told = state.told | {entry} if sent else state.told
    offered = state.offered | {entry} if isinstance(body, HintOffered) else state.offered - {entry}
    return replace(state, played=state.played | {entry}, told=told, offered=offered)


def _fold_action(state: State, body: ActionFinished, happened: float) -> State:
    name = body.action
    if not body.succeeded:
        state = replace(state, acting=tuple(one for one in state.acting if one[0] != name))
    return state if name in state.actions else replace(state, actions={**state.actions, name: happened})


def _fold_halt(state: State, word: str, why: str) -> State:
    return replace(state, halt=state.halt or (f"{word}: {why}" if why else word))  # nobody is asked for a reason


def _fold_unreadable(state: State, body: SignalUnreadable) -> State:
    return state if body.guardrail is None else _fold_halt(state, "guardrail cannot be read", body.text)
