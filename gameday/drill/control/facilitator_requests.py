"""What the facilitator asks of a running drill, made an event of that role; what cannot be done is said, not tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from gameday.drill.control.participant_requests import LONGEST, RequestRejected, sanitize_line
from gameday.drill.interventions import EXTENSION
from gameday.drill.state import State
from gameday.events import (
    Body,
    EarlyApplyRequested,
    FaultAdjusted,
    GoneAhead,
    HintWhispered,
    MessageOverridden,
    NewEvent,
    Operation,
    Paused,
    PrivateNote,
    Resumed,
    Revealed,
    TimeboxExtended,
)
from gameday.model import Fault, Json, Mode, Phase, Plan, Role, Source
from gameday.moments import Moment
from gameday.units import quantity_range

Request = Mapping[str, Any]
_ANY_TIME = frozenset({"begin", "private"})
COURSE: dict[str, Operation] = {name: name for name in get_args(Operation)}


def facilitator_event(request: Request, plan: Plan, state: State) -> NewEvent:
    """The event. `request`: hand, and what it needs (entry, say, fault, params). Raises NotTaken."""
    hand, request = str(request.get("hand")), {**request, "say": sanitize_line(request.get("say", ""))}
    if hand not in _REQUEST_BUILDERS:
        raise RequestRejected(f"{hand} is nothing that a facilitator does")
    if len(request["say"]) > LONGEST:
        raise RequestRejected(f"more than {LONGEST} letters are too many for one line of a log")
    if state.phase is not Phase.RUNNING and hand not in _ANY_TIME:
        raise RequestRejected("the drill does not run now")
    body = _REQUEST_BUILDERS[hand](request, plan, state)
    return NewEvent(body, source=Source.HUMAN, role=Role.FACILITATOR)


def plain(kind: str) -> str:
    """A kind of event as people say it: `IC announced`."""
    return kind.replace("-", " ").replace("ic ", "IC ")


def confirmation_text(made: NewEvent) -> str:
    """What the facilitator is told that they did."""
    match made.body:
        case MessageOverridden(entry=entry, operation=operation):
            return f"line {entry + 1}: {operation}"
        case FaultAdjusted(params=params):
            return f"adjusted to {', '.join(map(str, params.values()))}"
        case body:
            return _DONE.get(type(body), plain(body.kind))


_DONE: dict[type[Body], str] = {
    GoneAhead: "STARTEX follows", PrivateNote: "a note for you alone", EarlyApplyRequested: "the fault comes now",
    TimeboxExtended: "five more minutes", Paused: "PAUSE", Resumed: "it goes on", Revealed: "the responders are told",
    HintWhispered: "the mentor whispers it",
}  # fmt: skip


def _course(request: Request, plan: Plan, state: State) -> MessageOverridden:
    entry, operation, say = int(request["entry"]), COURSE[str(request["hand"])], str(request.get("say", ""))
    count = len(plan.scenario.messages)
    if not 0 <= entry < count:
        raise RequestRejected(f"the course has no line {entry + 1}", f"Its lines are 1 to {count}.")
    if entry in state.told:
        raise RequestRejected(f"line {entry + 1} was sent already")
    if operation == "reword" and not say:
        raise RequestRejected("new words are needed")
    return MessageOverridden(operation, entry, say)


def _begin(request: Request, plan: Plan, state: State) -> Body:
    if plan.mode is Mode.REHEARSAL or state.startex is not None or state.begun:
        raise RequestRejected("it has begun already")
    return GoneAhead(tuple(Role(one) for one in request.get("roles", ())))


def _private(request: Request, _plan: Plan, _state: State) -> Body:
    if not (say := str(request.get("say", ""))):
        raise RequestRejected("a note needs words")
    return PrivateNote(say)


def _whisper(request: Request, plan: Plan, state: State) -> Body:
    """A hint that the mentor puts to the IC as a question: it is not sent to anybody else."""
    entry = _course({**request, "hand": "send"}, plan, state).entry
    line = plan.scenario.messages[entry]
    if line.hint is None:
        raise RequestRejected("only a hint is whispered")
    return HintWhispered(entry, state.hands.reworded.get(entry, line.say))


def _apply_now(request: Request, plan: Plan, state: State) -> Body:
    waiting = [one.fault.id for one in plan.faults if one.fault.id not in state.intended]
    if not waiting:
        raise RequestRejected("every fault was applied already")
    fault = str(request.get("fault") or waiting[0])
    if fault not in waiting:
        raise RequestRejected(f"no fault {fault} is to come", f"To come: {', '.join(waiting)}")
    return EarlyApplyRequested(fault)


def _adjust(request: Request, plan: Plan, state: State) -> Body:
    active = {planned.fault.id: planned.fault for planned in plan.faults if planned.fault.id in state.adjustable}
    if not active:
        raise RequestRejected("no fault is active that could be adjusted")
    name = str(request.get("fault") or next(iter(active)))
    if name not in active:
        raise RequestRejected(f"the fault {name} is not active", f"Active: {', '.join(active)}")
    return FaultAdjusted(name, within_range(active[name], str(request.get("to", ""))))


def within_range(fault: Fault, to: str) -> dict[str, Json]:
    """Return the parameter with its new value, from `delay=200ms`, or from `200ms` where there is only one to adjust.
    Raises RequestRejected."""
    key, value = _named_quantity(fault, to)
    allowed = quantity_range(fault.adjust[key])
    try:
        inside = allowed.contains(value)
    except ValueError as error:
        raise RequestRejected(str(error)) from None
    if not inside:
        raise RequestRejected(f"{value} is outside of what {fault.id} allows", f"{key}: {fault.adjust[key]}")
    return {key: int(value) if isinstance(fault.params.get(key), int) and value.isdigit() else value}


def _named_quantity(fault: Fault, to: str) -> tuple[str, str]:
    """Return the parameter that is meant, and its new value as a file would write it. Raises RequestRejected."""
    if not fault.adjust:
        raise RequestRejected(f"the scenario lets nothing of the fault {fault.id} be adjusted")
    key, named, value = (part.strip() for part in to.partition("="))
    if not named:
        key, value = next(iter(fault.adjust)), to.strip()
    if key not in fault.adjust or (not named and len(fault.adjust) > 1):
        ranges = ", ".join(f"{name}={text}" for name, text in fault.adjust.items())
        raise RequestRejected(f"{to} does not say what to adjust of {fault.id}", f"The scenario allows {ranges}.")
    return key, value


def _extend(_request: Request, _plan: Plan, state: State) -> Body:
    if state.hands.extended:
        raise RequestRejected("the timebox was extended already", "Once is what the plan allows.")
    return TimeboxExtended(EXTENSION)


def _pause(request: Request, _plan: Plan, state: State) -> Body:
    if state.hands.paused is not None:
        raise RequestRejected("it stands still already")
    return Paused(str(request.get("say", "")))


def _resume(request: Request, _plan: Plan, state: State) -> Body:
    if state.hands.paused is None:
        raise RequestRejected("it does not stand still")
    return Resumed(str(request.get("say", "")))


def _reveal(_request: Request, plan: Plan, state: State) -> Body:
    if Moment.FAULT not in state.moments:
        raise RequestRejected("there is no fault yet that could be told")
    said = "; ".join(f"{one.kind} on {one.target}" for one in plan.scenario.faults)
    return Revealed(said)


_REQUEST_BUILDERS: dict[str, Callable[[Request, Plan, State], Body]] = {
    **dict.fromkeys(COURSE, _course), "now": _apply_now, "adjust": _adjust, "extend": _extend, "pause": _pause,
    "resume": _resume, "reveal": _reveal, "begin": _begin, "private": _private, "whisper": _whisper,
}  # fmt: skip
