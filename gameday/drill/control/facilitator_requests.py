"""What the facilitator asks of a running drill, made an event of that role; what cannot be done is said, not tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gameday.drill.control.participant_requests import LONGEST, RequestRejected, sanitize_line
from gameday.drill.interventions import EXTENSION
from gameday.drill.state import State
from gameday.events import NewEvent
from gameday.model import Fault, Json, Mode, Phase, Plan, Role, Source
from gameday.moments import Moment
from gameday.units import quantity_range

Request = Mapping[str, Any]
_ANY_TIME = frozenset({"begin", "private"})
COURSE = ("send", "hold", "release", "skip", "reword")


def facilitator_event(request: Request, plan: Plan, state: State) -> NewEvent:
    """The event. `request`: hand, and what it needs (entry, say, fault, params). Raises NotTaken."""
    hand, request = str(request.get("hand")), {**request, "say": sanitize_line(request.get("say", ""))}
    if hand not in _REQUEST_BUILDERS:
        raise RequestRejected(f"{hand} is nothing that a facilitator does")
    if len(request["say"]) > LONGEST:
        raise RequestRejected(f"more than {LONGEST} letters are too many for one line of a log")
    if state.phase is not Phase.RUNNING and hand not in _ANY_TIME:
        raise RequestRejected("the drill does not run now")
    kind, data = _REQUEST_BUILDERS[hand](request, plan, state)
    return NewEvent(kind, data, source=Source.HUMAN, role=Role.FACILITATOR)


def plain(kind: str) -> str:
    """A kind of event as people say it: `IC announced`."""
    return kind.replace("-", " ").replace("ic ", "IC ")


def confirmation_text(made: NewEvent) -> str:
    """What the facilitator is told that they did."""
    match made.kind:
        case "course":
            return f"line {int(str(made.data['entry'])) + 1}: {made.data['do']}"
        case "dialled":
            params = made.data["params"]
            return f"adjusted to {', '.join(map(str, params.values())) if isinstance(params, dict) else params}"
        case kind:
            return _DONE.get(kind, plain(kind))


_DONE = {
    "begin": "STARTEX follows", "private": "a note for you alone", "sooner": "the fault comes now",
    "extended": "five more minutes", "paused": "PAUSE", "resumed": "it goes on", "revealed": "the responders are told",
    "whispered": "the mentor whispers it",
}  # fmt: skip

Made = tuple[str, dict[str, Json]]


def _course(request: Request, plan: Plan, state: State) -> Made:
    entry, do, say = int(request["entry"]), str(request["hand"]), str(request.get("say", ""))
    count = len(plan.scenario.messages)
    if not 0 <= entry < count:
        raise RequestRejected(f"the course has no line {entry + 1}", f"Its lines are 1 to {count}.")
    if entry in state.told:
        raise RequestRejected(f"line {entry + 1} was sent already")
    if do == "reword" and not say:
        raise RequestRejected("new words are needed")
    return "course", {"do": do, "entry": entry, **({"say": say} if say else {})}


def _begin(request: Request, plan: Plan, state: State) -> Made:
    if plan.mode is Mode.REHEARSAL or state.startex is not None or state.begun:
        raise RequestRejected("it has begun already")
    return "begin", {"roles": [Role(one).value for one in request.get("roles", ())]}


def _private(request: Request, _plan: Plan, _state: State) -> Made:
    if not (say := str(request.get("say", ""))):
        raise RequestRejected("a note needs words")
    return "private", {"say": say}


def _whisper(request: Request, plan: Plan, state: State) -> Made:
    """A hint that the mentor puts to the IC as a question: it is not sent to anybody else."""
    _, data = _course({**request, "hand": "send"}, plan, state)
    line = plan.scenario.messages[int(request["entry"])]
    if line.hint is None:
        raise RequestRejected("only a hint is whispered")
    return "whispered", {"entry": data["entry"], "say": state.hands.reworded.get(int(request["entry"]), line.say)}


def _apply_now(request: Request, plan: Plan, state: State) -> Made:
    waiting = [one.fault.id for one in plan.faults if one.fault.id not in state.intended]
    if not waiting:
        raise RequestRejected("every fault was applied already")
    fault = str(request.get("fault") or waiting[0])
    if fault not in waiting:
        raise RequestRejected(f"no fault {fault} is to come", f"To come: {', '.join(waiting)}")
    return "sooner", {"fault": fault}


def _adjust(request: Request, plan: Plan, state: State) -> Made:
    active = {planned.fault.id: planned.fault for planned in plan.faults if planned.fault.id in state.adjustable}
    if not active:
        raise RequestRejected("no fault is active that could be adjusted")
    name = str(request.get("fault") or next(iter(active)))
    if name not in active:
        raise RequestRejected(f"the fault {name} is not active", f"Active: {', '.join(active)}")
    return "dialled", {"fault": name, "params": within_range(active[name], str(request.get("to", "")))}


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


def _extend(_request: Request, _plan: Plan, state: State) -> Made:
    if state.hands.extended:
        raise RequestRejected("the timebox was extended already", "Once is what the plan allows.")
    return "extended", {"seconds": EXTENSION}


def _pause(request: Request, _plan: Plan, state: State) -> Made:
    if state.hands.paused is not None:
        raise RequestRejected("it stands still already")
    return "paused", {"say": str(request.get("say", ""))}


def _resume(request: Request, _plan: Plan, state: State) -> Made:
    if state.hands.paused is None:
        raise RequestRejected("it does not stand still")
    return "resumed", {"say": str(request.get("say", ""))}


def _reveal(_request: Request, plan: Plan, state: State) -> Made:
    if Moment.FAULT not in state.moments:
        raise RequestRejected("there is no fault yet that could be told")
    said = "; ".join(f"{one.kind} on {one.target}" for one in plan.scenario.faults)
    return "revealed", {"say": said}


_REQUEST_BUILDERS: dict[str, Callable[[Request, Plan, State], Made]] = {
    **dict.fromkeys(COURSE, _course), "now": _apply_now, "adjust": _adjust, "extend": _extend, "pause": _pause,
    "resume": _resume, "reveal": _reveal, "begin": _begin, "private": _private, "whisper": _whisper,
}  # fmt: skip
