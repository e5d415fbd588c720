"""What the log says of roles and of the facilitator's hands."""

from __future__ import annotations

from gameday.model import Event
from gameday.scorecards.look import number, text, whole
from gameday.terminal.sentence import Kinds, Sentence, because, said
from gameday.units import say_duration

_DONE = {
    "send": "is sent now", "hold": "is held", "release": "is no longer held", "skip": "is skipped",
    "reword": "has new words",
}  # fmt: skip


def _course(event: Event, _: Kinds) -> str:
    done = _DONE.get(text(event.data, "do"), "is changed")
    return f"Line {whole(event.data, 'entry') + 1} of the course {done}{because(text(event.data, 'say'))}"


def _dialled(event: Event, _: Kinds) -> str:
    params = event.data.get("params")
    said = ", ".join(f"{key} {value}" for key, value in params.items()) if isinstance(params, dict) else ""
    return f"The fault {text(event.data, 'fault') or 'at work'} is turned" + (f" to {said}" if said else "")


def _extended(event: Event, _: Kinds) -> str:
    seconds = number(event.data, "seconds")
    return "The timebox is extended" + (f" by {say_duration(seconds)}" if seconds else "")


HANDS: dict[str, Sentence] = {
    "course": _course, "sooner": said("The facilitator wants the fault now", "fault"), "dialled": _dialled,
    "extended": _extended, "paused": said("PAUSE: everything stands still but guardrails and guardian"),
    "resumed": said("It goes on"), "revealed": said("The responders are told what the fault is"),
    "claimed": said("A role is taken"), "handed-over": said("A role is handed over"),
}  # fmt: skip
