"""What stands in the picture's lower lanes, and in which row, so that no label lies over another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gameday.events import Evaluated, Event, of_kind, read_plan
from gameday.events.access import flag, text
from gameday.model import Source
from gameday.review.chart_axis import Axis
from gameday.review.document import plain
from gameday.review.event_text import quoted_text, role

SEEN = ("alert", "paged", "message", "hint", "evaluated")
BELIEVED = ("prediction", "acknowledged", "declared", "ic-announced", "assembled", "theory", "decision", "help",
            "update", "action-finished", "stop")  # fmt: skip
LONGEST = 44
"""Letters of a label, at most."""


@dataclass(frozen=True, slots=True)
class Label:
    """A mark at `x` (seconds from the fault) with its words to the right of it, or to the left near the edge."""

    x: float
    text: str
    mark: str
    row: int = 0
    left: bool = False


Width = Callable[[str], float]
"""How many seconds of the axis a text is wide."""


def observation_labels(events: Sequence[Event], axis: Axis, width: Width) -> list[Label]:
    """Alerts, the page, cues, hints and where the trail showed."""
    kinds = read_plan(events).signals
    found: dict[tuple[str, str], float] = {}
    for event in of_kind(events, *SEEN):
        found.setdefault(_seen(event, kinds), axis.at(event.happened))
    return layout_labels([(at, said, mark) for (said, mark), at in found.items() if said], axis, width)


def belief_labels(events: Sequence[Event], axis: Axis, width: Width) -> list[Label]:
    """What people thought and decided, by role."""
    found = [(e, _believed(e), _MARKS.get(e.kind, "o")) for e in of_kind(events, *BELIEVED)]
    return layout_labels([(axis.at(e.happened), said, mark) for e, said, mark in found], axis, width)


def layout_labels(marks: Sequence[tuple[float, str, str]], axis: Axis, width: Width) -> list[Label]:
    """Each in the first row where there is room for it; what came before the axis begins stands at its edge."""
    ends: list[float] = []
    labels: list[Label] = []
    for at, said, mark in sorted(marks, key=lambda item: item[0]):
        x = min(max(at, axis.low), axis.high)
        long = width(said)
        left = x + long > axis.high
        low, high = (x - long, x) if left else (x, x + long)
        row = next((i for i, end in enumerate(ends) if end <= low), len(ends))
        ends[row : row + 1] = [high]
        labels.append(Label(x, said, mark, row, left))
    return labels


def _seen(event: Event, kinds: Mapping[str, str]) -> tuple[str, str]:
    data = event.data
    match event.kind:
        case "alert":
            return f"alert {text(data, 'signal')}" + ("" if flag(data, "expected") else " (not expected)"), "^"
        case "paged":
            return "paged by the program" if text(data, "by") == "program" else "", "s"
        case "message":
            return _short(f"cue, {text(data, 'persona')}: “{plain(text(data, 'text'))}”"), "o"
        case "hint":
            return _short(f"hint, {text(data, 'rung')}: “{plain(text(data, 'text'))}”"), "D"
    if text(data, "part") != "clue" or text(data, "verdict") != "met":
        return "", ""
    return _short(f"trail: {plain(event.body.finding(kinds) if isinstance(event.body, Evaluated) else '')}"), "o"


_MARKS = {"declared": "s", "action-finished": "^", "decision": "D", "stop": "X", "prediction": "o"}

_WORDS = {
    "prediction": "predicted", "acknowledged": "acknowledged", "declared": "declared", "ic-announced": "IC announced",
    "assembled": "all roles there", "theory": "thinks", "decision": "decides", "help": "help asked for",
    "update": "update", "stop": "STOP",
}  # fmt: skip


def _believed(event: Event) -> str:
    by = "script" if event.source is Source.SCRIPT else role(event.role) if event.role else ""
    if event.kind == "action-finished":
        return _short(f"{by} action {text(event.data, 'action')}".strip())
    said = quoted_text(event)
    verb = _WORDS[event.kind]
    if event.kind in ("theory", "decision", "prediction") and said:
        return _short(f"{by} {verb}: “{said}”".strip())
    bare = event.kind if event.kind in ("theory", "decision", "prediction") else verb
    return _short(f"{bare} ({by})" if by and event.kind != "ic-announced" else bare)


def _short(said: str) -> str:
    if len(said) <= LONGEST:
        return said
    cut = said[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" .,;:")
    return f"{cut}…" + ("”" if "“" in cut else "")
