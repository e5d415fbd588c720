"""What the log says of roles and of the facilitator's hands."""

from __future__ import annotations

from gameday.events.access import integer, lines, number, text
from gameday.model import Event
from gameday.terminal.text_renderer import Kinds, Sentence, reason_suffix, text_renderer
from gameday.units import format_duration, format_parameters

_DONE = {
    "send": "is sent now", "hold": "is held", "release": "is no longer held", "skip": "is skipped",
    "reword": "has new words",
}  # fmt: skip


def _course(event: Event, _: Kinds) -> str:
    done = _DONE.get(text(event.data, "do"), "is changed")
    return f"Line {integer(event.data, 'entry') + 1} of the course {done}{reason_suffix(text(event.data, 'say'))}"


def _dialled(event: Event, _: Kinds) -> str:
    params = event.data.get("params")
    said = format_parameters(params) if isinstance(params, dict) else ""
    return f"The fault {text(event.data, 'fault') or 'at work'} is turned" + (f" to {said}" if said else "")


def _extended(event: Event, _: Kinds) -> str:
    seconds = number(event.data, "seconds")
    return "The timebox is extended" + (f" by {format_duration(seconds)}" if seconds else "")


def _begin(event: Event, _: Kinds) -> str:
    there = ", ".join(lines(event.data, "roles"))
    return "The facilitator begins" + (f"; there: {there}" if there else "")


def _escalated(event: Event, _: Kinds) -> str:
    return f"PAGE not acknowledged, it goes to {text(event.data, 'to')} too{reason_suffix(text(event.data, 'say'))}"


def _asleep(event: Event, _: Kinds) -> str:
    return f"The machine slept for {format_duration(number(event.data, 'seconds') or 0.0)}: times over it are censored"


FACILITATOR_RENDERERS: dict[str, Sentence] = {
    "course": _course, "sooner": text_renderer("The facilitator wants the fault now", "fault"), "dialled": _dialled,
    "extended": _extended, "paused": text_renderer("PAUSE: everything stands still but guardrails and guardian"),
    "resumed": text_renderer("It goes on"), "revealed": text_renderer("The responders are told what the fault is"),
    "ready": text_renderer("Ready: the facilitator begins when all are there"), "begin": _begin,
    "whispered": text_renderer("The mentor asks the IC"), "private": text_renderer("Private"),
    "said-mitigated": text_renderer("Somebody says that users are served again"), "escalated": _escalated,
    "asked": text_renderer("Asked"), "answer": text_renderer("Answer"), "asleep": _asleep,
    "takes": text_renderer("Wanted", "action"),
    "claimed": text_renderer("A role is taken"), "handed-over": text_renderer("A role is handed over"),
}  # fmt: skip
