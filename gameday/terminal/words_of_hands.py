"""What the log says of roles and of the facilitator's hands."""

from __future__ import annotations

from gameday.model import Event
from gameday.scorecards.look import lines, number, text, whole
from gameday.terminal.sentence import Kinds, Sentence, because, said
from gameday.units import say_duration, say_parameters

_DONE = {
    "send": "is sent now", "hold": "is held", "release": "is no longer held", "skip": "is skipped",
    "reword": "has new words",
}  # fmt: skip


def _course(event: Event, _: Kinds) -> str:
    done = _DONE.get(text(event.data, "do"), "is changed")
    return f"Line {whole(event.data, 'entry') + 1} of the course {done}{because(text(event.data, 'say'))}"


def _dialled(event: Event, _: Kinds) -> str:
    params = event.data.get("params")
    said = say_parameters(params) if isinstance(params, dict) else ""
    return f"The fault {text(event.data, 'fault') or 'at work'} is turned" + (f" to {said}" if said else "")


def _extended(event: Event, _: Kinds) -> str:
    seconds = number(event.data, "seconds")
    return "The timebox is extended" + (f" by {say_duration(seconds)}" if seconds else "")


def _begin(event: Event, _: Kinds) -> str:
    there = ", ".join(lines(event.data, "roles"))
    return "The facilitator begins" + (f"; there: {there}" if there else "")


def _escalated(event: Event, _: Kinds) -> str:
    return f"PAGE not acknowledged, it goes to {text(event.data, 'to')} too{because(text(event.data, 'say'))}"


def _asleep(event: Event, _: Kinds) -> str:
    return f"The machine slept for {say_duration(number(event.data, 'seconds') or 0.0)}: times over it are censored"


HANDS: dict[str, Sentence] = {
    "course": _course, "sooner": said("The facilitator wants the fault now", "fault"), "dialled": _dialled,
    "extended": _extended, "paused": said("PAUSE: everything stands still but guardrails and guardian"),
    "resumed": said("It goes on"), "revealed": said("The responders are told what the fault is"),
    "ready": said("Ready: the facilitator begins when all are there"), "begin": _begin,
    "whispered": said("The mentor asks the IC"), "private": said("Private"),
    "said-mitigated": said("Somebody says that users are served again"), "escalated": _escalated,
    "asked": said("Asked"), "answer": said("Answer"), "asleep": _asleep,
    "takes": said("Wanted", "action"),
    "claimed": said("A role is taken"), "handed-over": said("A role is handed over"),
}  # fmt: skip
