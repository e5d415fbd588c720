"""Labels of the chart's lower lanes, laid out so that none overlaps another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gameday.events import (
    Acknowledged,
    ActionFinished,
    AlertFired,
    Body,
    Decision,
    Declared,
    Ended,
    Evaluated,
    Event,
    FaultAdjusted,
    FaultConfirmed,
    FaultEndedUnexpectedly,
    HelpRequested,
    HintSent,
    IcAnnounced,
    ImpactDetected,
    MessageSent,
    Mitigated,
    MitigationReported,
    Paged,
    Prediction,
    Revealed,
    RevertStarted,
    SignalKinds,
    StatusUpdate,
    Stopped,
    TeamAssembled,
    TheoryStated,
    of_kind,
    of_type,
    read_plan,
)
from gameday.model import Role, Source
from gameday.review.action_runs import merge_action_runs
from gameday.review.chart_axis import Axis
from gameday.review.document import plain
from gameday.review.event_text import format_offset, format_role_name, format_statement
from gameday.review.sections.service_sentences import is_user_impact

MIN_LETTERS = 8
"""Letters of a label that are shown even where there is no room for them."""
_STATEMENTS = {
    Prediction.kind: "predicts", Acknowledged.kind: "acknowledged", Declared.kind: "declared",
    IcAnnounced.kind: "IC announced", TeamAssembled.kind: "team assembled", TheoryStated.kind: "thinks",
    Decision.kind: "decides", HelpRequested.kind: "help requested", StatusUpdate.kind: "status update",
    Stopped.kind: "STOP", MitigationReported.kind: "team reports service restored",
}  # fmt: skip
_MOMENTS = {
    FaultConfirmed.kind: "fault", ImpactDetected.kind: "users affected", FaultAdjusted.kind: "fault adjusted",
    Mitigated.kind: "service restored", FaultEndedUnexpectedly.kind: "fault lapsed", RevertStarted.kind: "revert",
    Ended.kind: "end",
}  # fmt: skip
"""Kinds of events that everything else is read against, each with its name as in the timeline."""
_QUOTED = (TheoryStated.kind, Decision.kind, Prediction.kind)
_MARKERS = {Declared.kind: "s", ActionFinished.kind: "^", Decision.kind: "D", Stopped.kind: "X"}


@dataclass(frozen=True, slots=True)
class Label:
    """A mark at `x` (seconds from the fault) with its text to the right of it, or to the left near the edge."""

    x: float
    text: str
    mark: str
    row: int = 0
    left: bool = False


@dataclass(frozen=True, slots=True)
class MomentLabel:
    """The name of a moment `at` seconds from the fault, above the rows: its `middle`, and its level from 0."""

    at: float
    middle: float
    level: int
    text: str


Width = Callable[[str], float]
"""The width of a text, in seconds of the axis."""


def observation_labels(events: Sequence[Event], axis: Axis, width: Width, letters: int) -> list[Label]:
    """Return labels for alerts, the page, messages, hints, shown clues and the reveal; at most so many letters each."""
    kinds = read_plan(events).signals
    first_seen: dict[tuple[str, str], float] = {}
    for event in of_type(events, AlertFired, Paged, MessageSent, HintSent, Evaluated, Revealed):
        first_seen.setdefault(_observation(event.body, kinds, letters), axis.at(event.happened))
    return layout_labels([(at, text, mark) for (text, mark), at in first_seen.items() if text], axis, width)


def belief_labels(events: Sequence[Event], axis: Axis, width: Width, letters: int) -> list[Label]:
    """Return labels for what people thought, decided and did, by role."""
    beliefs = of_kind(merge_action_runs(events), *_STATEMENTS, ActionFinished.kind)
    marks = [(axis.at(event.happened), _belief(event, letters), _MARKERS.get(event.kind, "o")) for event in beliefs]
    return layout_labels(marks, axis, width)


def layout_labels(marks: Sequence[tuple[float, str, str]], axis: Axis, width: Width) -> list[Label]:
    """Place each label in the first row with room for it; one from before the axis is at its edge, with its time."""
    ends: list[float] = []
    labels: list[Label] = []
    for at, full_text, mark in sorted(marks, key=lambda item: item[0]):
        x = min(max(at, axis.low), axis.high)
        timed_text = f"◀ {format_offset(at)} {full_text}" if at < axis.low else full_text
        left, text = _choose_side(x, timed_text, axis, width)
        length = width(text)
        low, high = (x - length, x) if left else (x, x + length)
        row = next((i for i, end in enumerate(ends) if end <= low), len(ends))
        ends[row : row + 1] = [high]
        labels.append(Label(x, text, mark, row, left))
    return labels


def _choose_side(x: float, text: str, axis: Axis, width: Width) -> tuple[bool, str]:
    """Return True for a label at the left of its mark, and its text: shortened where neither side has room."""
    right, left = axis.high - x, x - axis.low
    if width(text) <= right:
        return False, text
    if width(text) > max(left, right):
        short = (_shorten(text, letters) for letters in range(len(text) - 1, MIN_LETTERS - 1, -1))
        text = next((each for each in short if width(each) <= max(left, right)), _shorten(text, MIN_LETTERS))
    return left >= right or width(text) > right, text


def moment_labels(events: Sequence[Event], axis: Axis, width: Width) -> list[MomentLabel]:
    """Return the moments that everything else is read against, each at the first level with room for its name."""
    ends: list[float] = []
    labels: list[MomentLabel] = []
    for at, name in sorted(_named_moments(events, axis)):
        half = width(name) / 2
        middle = min(at, axis.high - half)
        level = next((i for i, end in enumerate(ends) if end <= middle - half), len(ends))
        ends[level : level + 1] = [middle + half]
        labels.append(MomentLabel(at, middle, level, name))
    return labels


def _named_moments(events: Sequence[Event], axis: Axis) -> Iterator[tuple[float, str]]:
    """Yield the first of each kind; a fault may be adjusted more than once."""
    for kind, name in _MOMENTS.items():
        times = sorted(event.happened for event in of_kind(events, kind))
        if kind == ImpactDetected.kind and not is_user_impact(events):
            name = "steady state left"
        yield from ((axis.at(at), name) for at in (times if kind == FaultAdjusted.kind else times[:1]))


def _observation(body: Body, kinds: SignalKinds, letters: int) -> tuple[str, str]:
    """Return the text and the mark of what responders could see; empty for anything else."""
    match body:
        case AlertFired(signal=signal, expected=expected):
            return f"alert {signal}" + ("" if expected else " (unexpected)"), "^"
        case Paged(by_program=True):
            return "paged by the program", "s"
        case MessageSent(persona=persona, text=text):
            return _shorten(f"message, {persona}: “{plain(text)}”", letters), "o"
        case HintSent(rung=rung, text=text):
            return _shorten(f"hint, {rung}: “{plain(text)}”", letters), "D"
        case Revealed():
            return "fault revealed", "o"
        case Evaluated(part="clue", verdict="met"):
            return _shorten(f"clue: {plain(body.finding_text(kinds))}", letters), "o"
        case _:
            return "", ""


def _belief(event: Event, letters: int) -> str:
    role = "script" if event.source is Source.SCRIPT else format_role_name(event.role) if event.role else ""
    if isinstance(event.body, ActionFinished):
        return _shorten(f"{role} action {event.body.action}".strip(), letters)
    text, verb = format_statement(event), _STATEMENTS[event.kind]
    if event.kind in _QUOTED and text:
        return _shorten(f"{role} {verb}: “{text}”".strip(), letters)
    label = event.kind if event.kind in _QUOTED else verb
    is_named = bool(role) and not (isinstance(event.body, IcAnnounced) and event.role is Role.IC and role != "script")
    return _shorten(f"{label} ({role})" if is_named else label, letters)


def _shorten(text: str, letters: int) -> str:
    if len(text) <= letters:
        return text
    cut = text[: letters - 1].rsplit(" ", 1)[0].rstrip(" .,;:")
    return f"{cut}…" + ("”" if "“" in cut else "")
