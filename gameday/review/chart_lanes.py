"""Labels of the chart's lower lanes, laid out so that none overlaps another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gameday.events import (
    ActionFinished,
    AlertFired,
    Body,
    Evaluated,
    Event,
    HintSent,
    MessageSent,
    Paged,
    SignalKinds,
    of_kind,
    of_type,
    read_plan,
)
from gameday.model import Source
from gameday.review.chart_axis import Axis
from gameday.review.document import plain
from gameday.review.event_text import format_role_name, format_statement

MAX_LETTERS = 44
"""Letters of a label at most."""
_STATEMENTS = {
    "prediction": "predicts", "acknowledged": "acknowledged", "declared": "declared", "ic-announced": "IC announced",
    "assembled": "everyone required present", "theory": "thinks", "decision": "decides", "help": "help requested",
    "update": "status update", "stop": "STOP",
}  # fmt: skip
_QUOTED = ("theory", "decision", "prediction")
_MARKERS = {"declared": "s", ActionFinished.kind: "^", "decision": "D", "stop": "X"}


@dataclass(frozen=True, slots=True)
class Label:
    """A mark at `x` (seconds from the fault) with its text to the right of it, or to the left near the edge."""

    x: float
    text: str
    mark: str
    row: int = 0
    left: bool = False


Width = Callable[[str], float]
"""The width of a text, in seconds of the axis."""


def observation_labels(events: Sequence[Event], axis: Axis, width: Width) -> list[Label]:
    """Return labels for alerts, the page, messages, hints and clues that showed."""
    kinds = read_plan(events).signals
    first_seen: dict[tuple[str, str], float] = {}
    for event in of_type(events, AlertFired, Paged, MessageSent, HintSent, Evaluated):
        first_seen.setdefault(_observation(event.body, kinds), axis.at(event.happened))
    return layout_labels([(at, text, mark) for (text, mark), at in first_seen.items() if text], axis, width)


def belief_labels(events: Sequence[Event], axis: Axis, width: Width) -> list[Label]:
    """Return labels for what people thought, decided and did, by role."""
    beliefs = of_kind(events, *_STATEMENTS, ActionFinished.kind)
    marks = [(axis.at(event.happened), _belief(event), _MARKERS.get(event.kind, "o")) for event in beliefs]
    return layout_labels(marks, axis, width)


def layout_labels(marks: Sequence[tuple[float, str, str]], axis: Axis, width: Width) -> list[Label]:
    """Place each label in the first row with room for it; one from before the axis is placed at its edge."""
    ends: list[float] = []
    labels: list[Label] = []
    for at, text, mark in sorted(marks, key=lambda item: item[0]):
        x = min(max(at, axis.low), axis.high)
        length = width(text)
        left = x + length > axis.high
        low, high = (x - length, x) if left else (x, x + length)
        row = next((i for i, end in enumerate(ends) if end <= low), len(ends))
        ends[row : row + 1] = [high]
        labels.append(Label(x, text, mark, row, left))
    return labels


def _observation(body: Body, kinds: SignalKinds) -> tuple[str, str]:
    """Return the text and the mark of what responders could see; empty for anything else."""
    match body:
        case AlertFired(signal=signal, expected=expected):
            return f"alert {signal}" + ("" if expected else " (unexpected)"), "^"
        case Paged(by_program=True):
            return "paged by the program", "s"
        case MessageSent(persona=persona, text=text):
            return _shorten(f"message, {persona}: “{plain(text)}”"), "o"
        case HintSent(rung=rung, text=text):
            return _shorten(f"hint, {rung}: “{plain(text)}”"), "D"
        case Evaluated(part="clue", verdict="met"):
            return _shorten(f"clue: {plain(body.finding(kinds))}"), "o"
        case _:
            return "", ""


def _belief(event: Event) -> str:
    role = "script" if event.source is Source.SCRIPT else format_role_name(event.role) if event.role else ""
    if isinstance(event.body, ActionFinished):
        return _shorten(f"{role} action {event.body.action}".strip())
    text, verb = format_statement(event), _STATEMENTS[event.kind]
    if event.kind in _QUOTED and text:
        return _shorten(f"{role} {verb}: “{text}”".strip())
    label = event.kind if event.kind in _QUOTED else verb
    return _shorten(f"{label} ({role})" if role and event.kind != "ic-announced" else label)


def _shorten(text: str) -> str:
    if len(text) <= MAX_LETTERS:
        return text
    cut = text[: MAX_LETTERS - 1].rsplit(" ", 1)[0].rstrip(" .,;:")
    return f"{cut}…" + ("”" if "“" in cut else "")
