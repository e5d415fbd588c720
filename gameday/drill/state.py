"""What the log has said so far, folded: all that the facilitator needs to decide what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gameday.drill.interventions import Interventions, fold_intervention
from gameday.events import SIGNAL_CAUSES
from gameday.model import Event, Phase, Role
from gameday.moments import Moment


@dataclass(frozen=True, slots=True)
class State:
    """`moments`: when each happened first, whenever it was written down. `startex`: the drill's zero, None before.
    `intended`: fault ids that were tried; `standing`: those read back as there, and not yet as gone; `undone`: those
    of them that something ended, with the id of the later fault of ours that did, empty for an action. `played`:
    messages that are done with; `stepped`: steps of the script.
    `halt`: why the drill must end at once, empty if it need not."""

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
    roles: frozenset[Role] = frozenset()
    """Those that somebody holds."""
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
    """How often each fault has ended by itself, as planned."""
    ended_at: float | None = None
    """When the last planned end was (CLOCK_MONOTONIC)."""
    halt: str = ""
    begun: bool = False
    """The facilitator has begun it: STARTEX may come."""
    asked: int = 0
    """Questions that a solo responder was asked."""
    escalated: bool = False
    futile: str = ""
    """Why going on teaches nothing: no effect, a lapse, a refusal."""

    @property
    def adjustable(self) -> frozenset[str]:
        """The faults that may be adjusted: one that something ended is not applied again."""
        return self.standing - frozenset(self.undone)


def fold(state: State, event: Event) -> State:
    """The state after one more event."""
    state = _moment(state, event)
    state = replace(state, hands=fold_intervention(state.hands, event))
    folder = _FOLDERS.get(event.kind)
    return folder(state, event) if folder else state


def _moment(state: State, event: Event) -> State:
    known = event.kind in _MOMENTS and event.happened < state.moments.get(Moment(event.kind), float("inf"))
    if not known or event.data.get("expected") is False:  # another alert than the drill's is no moment of it
        return _step(state, event)
    moments = {**state.moments, Moment(event.kind): event.happened}
    return _step(replace(state, moments=moments), event)


def _step(state: State, event: Event) -> State:
    step = event.data.get("step")
    return replace(state, stepped=state.stepped | {step}) if isinstance(step, int) else state


def _phase(state: State, event: Event) -> State:
    return replace(state, phase=Phase(str(event.data["after"])))


def _startex(state: State, event: Event) -> State:
    return replace(state, startex=event.happened)


def _intended(state: State, event: Event) -> State:
    intent = event.data["intent"]
    assert isinstance(intent, dict)
    fault = str(intent["fault"])
    intents = {**state.intents, fault: state.intents.get(fault, 0) + 1}
    return replace(state, intended=state.intended | {fault}, intents=intents)


def _refused(state: State, event: Event) -> State:
    return replace(state, futile=state.futile or f"the fault was refused: {event.data.get('why', '')}")


def _unknown(state: State, event: Event) -> State:
    return replace(state, futile=state.futile or f"nobody knows whether the fault landed: {event.data.get('why', '')}")


def _fault(state: State, event: Event) -> State:
    fault = str(event.data["fault"])
    again = () if fault in state.standing else (event.happened,)  # an adjusted fault is the same one
    began = {**state.began, fault: (*state.began.get(fault, ()), *again)}
    return replace(state, standing=state.standing | {fault}, began=began)


def _fault_end(state: State, event: Event) -> State:
    fault = str(event.data["fault"])
    ended = {**state.ended, fault: state.ended.get(fault, 0) + 1}
    intents = {**state.intents, fault: len(state.hands.adjustments.get(fault, ()))}
    standing = state.standing - {fault}
    return replace(state, standing=standing, ended=ended, ended_at=event.happened, intents=intents)


def _lapsed(state: State, _: Event) -> State:
    return replace(state, standing=frozenset(), futile=state.futile or "the fault went without us")


def _undone(state: State, event: Event) -> State:
    """Until it is read back as gone it counts as standing; whether users are served again, the readings say."""
    return replace(state, undone={**state.undone, str(event.data["fault"]): str(event.data.get("by", ""))})


def _effect(state: State, event: Event) -> State:
    if event.data["seen"]:
        return state
    return replace(state, futile=state.futile or f"the fault had no effect: {event.data.get('say', '')}")


def _alert(state: State, event: Event) -> State:
    return replace(state, alerts=state.alerts | {str(event.data.get("signal", ""))})


def _page(state: State, _: Event) -> State:
    return replace(state, paged=True)


def _begin(state: State, _: Event) -> State:
    return replace(state, begun=True)


def _asked(state: State, _: Event) -> State:
    return replace(state, asked=state.asked + 1)


def _escalated(state: State, _: Event) -> State:
    return replace(state, escalated=True)


def _played(state: State, event: Event) -> State:
    entry = event.data["entry"]
    assert isinstance(entry, int)
    told = state.told | {entry} if event.kind in ("cue", "hint", "whispered") else state.told
    offered = state.offered | {entry} if event.kind == "offered" else state.offered - {entry}
    return replace(state, played=state.played | {entry}, told=told, offered=offered)


def _acting(state: State, event: Event) -> State:
    return replace(state, acting=(*state.acting, (str(event.data["action"]), event.happened)))


def _action(state: State, event: Event) -> State:
    name = str(event.data["action"])
    if not event.data.get("ok"):
        state = replace(state, acting=tuple(one for one in state.acting if one[0] != name))
    return state if name in state.actions else replace(state, actions={**state.actions, name: event.happened})


def _takes(state: State, event: Event) -> State:
    return replace(state, takes=(*state.takes, str(event.data["action"])))


def _claimed(state: State, event: Event) -> State:
    return replace(state, roles=state.roles | {event.role}) if event.role else state


def _announced(state: State, _: Event) -> State:
    return replace(state, roles=state.roles | {Role.IC})


def _halt(state: State, event: Event) -> State:
    name = str(event.data.get("name", ""))
    why = str(event.data.get("why") or event.data.get("say") or SIGNAL_CAUSES.get(name, name))
    said = f"{_HALTS[event.kind]}: {why}" if why else _HALTS[event.kind]  # nobody is asked for a reason
    return replace(state, halt=state.halt or said)


def _unreadable(state: State, event: Event) -> State:
    if event.data.get("guardrail") is None:
        return state
    return replace(state, halt=state.halt or f"guardrail cannot be read: {event.data.get('say', '')}")


def _gone(state: State, _: Event) -> State:
    return replace(state, standing=frozenset())


_HALTS = {"stop": "STOP", "halt": "halt", "signal": "ended", "breach": "guardrail"}
_MOMENTS = frozenset(moment.value for moment in Moment)
_FOLDERS = {
    "phase": _phase, "start": _startex, "intended": _intended, "refused": _refused, "unknown": _unknown,
    "fault": _fault, "fault-end": _fault_end, "lapsed": _lapsed, "undone": _undone, "effect": _effect, "alert": _alert,
    "paged": _page,
    "cue": _played, "begin": _begin, "asked": _asked, "escalated": _escalated,
    "hint": _played, "whispered": _played, "offered": _played, "skipped": _played, "acting": _acting, "action": _action,
    "takes": _takes,
    "claimed": _claimed, "ic-announced": _announced,
    "stop": _halt, "halt": _halt, "signal": _halt, "breach": _halt, "unreadable": _unreadable, "reverted": _gone,
}  # fmt: skip
