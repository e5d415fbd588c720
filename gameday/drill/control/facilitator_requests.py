"""Interventions of the facilitator in a running drill, turned into events; impossible ones are rejected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from gameday.drill.control.participant_requests import (
    MAX_TEXT_LENGTH,
    InvalidRequest,
    RequestRejected,
    sanitize_line,
)
from gameday.drill.interventions import EXTENSION_S
from gameday.drill.state import DrillState
from gameday.events import (
    Body,
    EarlyApplyRequested,
    FaultAdjusted,
    HintWhispered,
    MessageOverridden,
    NewEvent,
    Operation,
    Paused,
    PrivateNote,
    Resumed,
    ResumedAfterStop,
    Revealed,
    StartApproved,
    StopConfirmed,
    TimeboxExtended,
)
from gameday.model import Fault, Json, Mode, Phase, Plan, Role, Source
from gameday.moments import Moment
from gameday.people.cast import missing_roles
from gameday.units import format_role, parse_quantity_range

Request = Mapping[str, Any]
_ALLOWED_ANY_TIME = frozenset({"begin", "private"})
_ALLOWED_AFTER_STOP = frozenset({"private", "resume"})
MESSAGE_OPERATIONS: dict[str, Operation] = {name: name for name in get_args(Operation)}


def facilitator_event(request: Request, plan: Plan, state: DrillState) -> NewEvent:
    """Return the event of an intervention. Raises RequestRejected.

    Keys of the request: intervention, and what it needs of message (an index), text, fault, value, roles.
    """
    intervention, text = str(request.get("intervention")), sanitize_line(request.get("text", ""))
    if intervention not in _EVENT_BUILDERS:
        raise InvalidRequest(f"{intervention} is not an intervention")
    if len(text) > MAX_TEXT_LENGTH:
        raise InvalidRequest(f"the text is too long for one event; at most {MAX_TEXT_LENGTH} characters")
    if state.phase is not Phase.RUNNING and intervention not in _ALLOWED_ANY_TIME:
        raise RequestRejected("the drill is not running now")
    if state.stop.stopped_at is not None and intervention not in _ALLOWED_AFTER_STOP:
        raise RequestRejected("the drill was stopped", "First end it or resume it.")
    body = _EVENT_BUILDERS[intervention]({**request, "text": text}, plan, state)
    return NewEvent(body, source=Source.HUMAN, role=Role.FACILITATOR)


def confirmation_text(draft: NewEvent) -> str:
    """Return the confirmation of an intervention for the facilitator."""
    match draft.body:
        case MessageOverridden(entry=entry, operation=operation):
            return f"message {entry + 1} {_OPERATION_RESULTS[operation]}"
        case FaultAdjusted(params=params):
            return f"fault adjusted to {', '.join(map(str, params.values()))}"
        case body:
            return _CONFIRMATIONS[type(body)]


_OPERATION_RESULTS: dict[Operation, str] = {
    "send": "sent", "hold": "held", "release": "released", "skip": "skipped", "reword": "reworded",
}  # fmt: skip
_CONFIRMATIONS: dict[type[Body], str] = {
    StartApproved: "starting the drill", PrivateNote: "private note", EarlyApplyRequested: "applying the fault now",
    TimeboxExtended: "timebox extended by 5 min", Paused: "paused", Resumed: "resumed",
    ResumedAfterStop: "resumed; the faults are applied again",
    Revealed: "the fault is revealed to the responders", HintWhispered: "the mentor gives the hint to the IC",
}  # fmt: skip


def _override_message(request: Request, plan: Plan, state: DrillState) -> MessageOverridden:
    entry, operation = int(request["message"]), MESSAGE_OPERATIONS[str(request["intervention"])]
    text, count = str(request.get("text", "")), len(plan.scenario.messages)
    if not 0 <= entry < count:
        raise InvalidRequest(f"no message {entry + 1}", f"This scenario has messages 1 to {count}.")
    if entry in state.sent_messages:
        raise RequestRejected(f"message {entry + 1} was already sent")
    if operation == "reword" and not text:
        raise InvalidRequest("the new text is required")
    return MessageOverridden(operation, entry, text)


def _begin(request: Request, plan: Plan, state: DrillState) -> Body:
    if plan.mode is Mode.REHEARSAL or state.started_at is not None or state.start_requested:
        raise RequestRejected("the drill has already started")
    roles, without = ([Role(role) for role in request.get(key) or ()] for key in ("roles", "without"))
    required = plan.scenario.roles_required if plan.mode is Mode.FACILITATED else ()
    missing = missing_roles(required, {*roles, *state.roles})
    if unconfirmed := [role for role in missing if role not in without]:
        raise RequestRejected(
            f"nobody fills a required role: {', '.join(map(format_role, unconfirmed))}",
            "Fill it (gameday claim ROLE), or start without it: "
            f"gameday facilitate begin {' '.join(f'--without {role}' for role in unconfirmed)}",
        )
    return StartApproved(tuple(roles), tuple(missing))


def _private(request: Request, _plan: Plan, _state: DrillState) -> Body:
    if not (text := str(request.get("text", ""))):
        raise InvalidRequest("the text of the note is required")
    return PrivateNote(text)


def _whisper(request: Request, plan: Plan, state: DrillState) -> Body:
    """Return the event of a hint that the mentor gives to the IC alone, as a question."""
    entry = _override_message({**request, "intervention": "send"}, plan, state).entry
    message = plan.scenario.messages[entry]
    if message.hint is None:
        raise InvalidRequest("only a hint can be whispered")
    return HintWhispered(entry, state.interventions.reworded.get(entry, message.say))


def _require_known_fault(name: str, plan: Plan) -> None:
    """Raise InvalidRequest if the scenario has no fault of this name."""
    names = [planned.fault.id for planned in plan.faults]
    if name not in names:
        raise InvalidRequest(f"this scenario has no fault {name}", f"Its faults: {', '.join(names)}.")


def _apply_now(request: Request, plan: Plan, state: DrillState) -> Body:
    waiting = [planned.fault.id for planned in plan.faults if planned.fault.id not in state.intended]
    if not waiting:
        raise RequestRejected("all faults are already active")
    fault = str(request.get("fault") or waiting[0])
    _require_known_fault(fault, plan)
    if fault not in waiting:
        raise RequestRejected(f"fault {fault} is not waiting to be applied", f"Waiting: {', '.join(waiting)}")
    return EarlyApplyRequested(fault)


def _adjust(request: Request, plan: Plan, state: DrillState) -> Body:
    active = {planned.fault.id: planned.fault for planned in plan.faults if planned.fault.id in state.adjustable}
    if not active:
        raise RequestRejected("no adjustable fault is active")
    name = str(request.get("fault") or next(iter(active)))
    _require_known_fault(name, plan)
    if name not in active:
        raise RequestRejected(f"fault {name} is not active", f"Active: {', '.join(active)}")
    return FaultAdjusted(name, parse_adjustment(active[name], str(request.get("value", ""))))


def parse_adjustment(fault: Fault, text: str) -> dict[str, Json]:
    """Return the parameter with its new value. Raises RequestRejected.

    The text is `delay=200ms`, or `200ms` where only one parameter is adjustable.
    """
    key, value = _named_quantity(fault, text)
    allowed = parse_quantity_range(fault.adjust[key])
    try:
        inside = allowed.contains(value)
    except ValueError as error:
        raise InvalidRequest(str(error)) from None
    if not inside:
        raise InvalidRequest(f"{value} is outside the range of {fault.id}", f"{key}: {fault.adjust[key]}")
    return {key: int(value) if isinstance(fault.params.get(key), int) and value.isdigit() else value}


def _named_quantity(fault: Fault, text: str) -> tuple[str, str]:
    """Return the named parameter and its new value as text. Raises RequestRejected."""
    if not fault.adjust:
        raise RequestRejected(f"fault {fault.id} is not adjustable")
    key, named, value = (part.strip() for part in text.partition("="))
    if not named:
        key, value = next(iter(fault.adjust)), text.strip()
    if key not in fault.adjust or (not named and len(fault.adjust) > 1):
        ranges = ", ".join(f"{name}={limits}" for name, limits in fault.adjust.items())
        raise InvalidRequest(f"{text} names no adjustable parameter of {fault.id}", f"Adjustable: {ranges}.")
    return key, value


def _extend(_request: Request, _plan: Plan, state: DrillState) -> Body:
    if state.interventions.extension:
        raise RequestRejected("the timebox was already extended", "It can be extended once.")
    return TimeboxExtended(EXTENSION_S)


def _pause(request: Request, _plan: Plan, state: DrillState) -> Body:
    if state.interventions.paused_at is not None:
        raise RequestRejected("the drill is already paused")
    return Paused(str(request.get("text", "")))


def stop_confirmation(state: DrillState) -> list[NewEvent]:
    """Return the event that ends the drill after STOP. Raises RequestRejected."""
    if state.stop.stopped_at is None or state.phase is not Phase.RUNNING:
        raise RequestRejected("the drill was not stopped", "To stop it: gameday stop")
    return [NewEvent(StopConfirmed(), source=Source.HUMAN)]


def _resume(request: Request, _plan: Plan, state: DrillState) -> Body:
    if state.stop.awaits_decision:
        return ResumedAfterStop()
    if state.stop.stopped_at is not None:
        raise RequestRejected("the faults are still being reverted")
    if state.interventions.paused_at is None:
        raise RequestRejected("the drill is not paused")
    return Resumed(str(request.get("text", "")))


def _reveal(_request: Request, plan: Plan, state: DrillState) -> Body:
    if Moment.FAULT not in state.moments:
        raise RequestRejected("no fault was applied yet")
    return Revealed("; ".join(f"{fault.kind} on {fault.target}" for fault in plan.scenario.faults))


_EVENT_BUILDERS: dict[str, Callable[[Request, Plan, DrillState], Body]] = {
    **dict.fromkeys(MESSAGE_OPERATIONS, _override_message), "now": _apply_now, "adjust": _adjust, "extend": _extend,
    "pause": _pause, "resume": _resume, "reveal": _reveal, "begin": _begin, "private": _private, "whisper": _whisper,
}  # fmt: skip
