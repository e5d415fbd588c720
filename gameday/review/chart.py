"""The drill as one picture: one time axis, three lanes. What the system did, what could be seen, what was believed.

The only chart module. Colours are few and differ in lightness, so that it reads in greyscale; ink and paper are
named for the page, which darkens them at night.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Sequence
from typing import Any

from gameday.events import Event, SignalKinds, first_time, of_kind, read_plan
from gameday.events.access import number, text
from gameday.lean_imports import import_matplotlib
from gameday.model import Reading, SignalKind
from gameday.review.chart_axis import Axis, axis, line
from gameday.review.chart_lanes import Label, belief_labels, observation_labels
from gameday.scorecards.signal_summary import signal_kinds
from gameday.units import format_value

WIDTH = 9.0
LEFT, RIGHT = 1.62, 0.12
LETTER = 0.061
"""Inches: the picture, its margins, and a letter of a label."""
TOP = 0.5
MOST_SIGNALS = 4

INK, SOFT, RULE, FAULT, LINE = "#1b1f24", "#5c6570", "#c9ced4", "#d9822b", "#1f5fa8"
_NAMES = {INK: "ink", SOFT: "soft", RULE: "rule", FAULT: "fault", LINE: "line"}

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "text.parse_math": False,
    "svg.hashsalt": "gameday", "font.family": "DejaVu Sans", "font.size": 8,
    "text.color": INK, "axes.edgecolor": RULE, "axes.labelcolor": INK, "xtick.color": SOFT, "ytick.color": SOFT,
}  # fmt: skip


def picture(events: Sequence[Event], readings: Sequence[Reading]) -> str:
    """The picture as SVG text, to stand in a page. Events should be nameless already."""
    import_matplotlib()
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the browser has more fonts than we have
        figure = Figure(figsize=(WIDTH, 1))
        FigureCanvasSVG(figure)
        _draw(figure, events, readings)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _named(out.getvalue())


def _draw(figure: Any, events: Sequence[Event], readings: Sequence[Reading]) -> None:
    span, kinds = axis(events, readings), signal_kinds(events, readings)

    def width(said: str) -> float:
        return (len(said) * LETTER + 0.3) * (span.high - span.low) / (WIDTH - LEFT - RIGHT)

    shown, thought = observation_labels(events, span, width), belief_labels(events, span, width)
    signals = chosen(events, kinds)
    heights = [0.34, *([0.62] * len(signals)), _height(shown), _height(thought)]
    total = sum(heights) + 0.11 * (len(heights) - 1) + TOP + 0.52
    figure.set_size_inches(WIDTH, total)
    rows = _rows(figure, heights, total)
    _fault(rows[0], events, span)
    for row, signal in zip(rows[1:-2], signals, strict=True):
        _signal(row, signal, kinds[signal], [one for one in readings if one.signal == signal], events, span)
    _lane(rows[-2], "What could\nbe seen", shown)
    _lane(rows[-1], "What was\nbelieved", thought)
    _moments(rows, events, span)
    _time(rows, span)


def _height(labels: Sequence[Label]) -> float:
    return 0.2 + 0.205 * max((label.row + 1 for label in labels), default=1)


def chosen(events: Sequence[Event], kinds: SignalKinds) -> list[str]:
    """The signals worth a line: those the drill is about first; alerts stand in the next lane."""
    about = [text(e.data, "signal") for e in of_kind(events, "impact", "effect")]
    plan = read_plan(events)
    held = [line.signal for line in (*plan.expectations, *plan.clues)]
    wanted = dict.fromkeys(name for name in (*about, *held, *kinds) if kinds.get(name, "alert") != "alert")
    return list(wanted)[:MOST_SIGNALS]


def _rows(figure: Any, heights: Sequence[float], total: float) -> list[Any]:
    rows, top = [], total - TOP
    for height in heights:
        top -= height
        row = figure.add_axes((LEFT / WIDTH, top / total, (WIDTH - LEFT - RIGHT) / WIDTH, height / total))
        row.patch.set_visible(False)
        for side in ("top", "right", "left"):
            row.spines[side].set_visible(False)
        row.tick_params(length=0)
        rows.append(row)
        top -= 0.11
    return rows


def _title(row: Any, words: str, weight: str = "bold") -> None:
    row.annotate(words, (0, 0.5), xytext=(-1.5 * 72, 0), xycoords="axes fraction", textcoords="offset points",
                 va="center", ha="left", weight=weight, annotation_clip=False)  # fmt: skip


def _fault(row: Any, events: Sequence[Event], span: Axis) -> None:
    """One bar a fault, from read back as there to gone."""
    bars = []
    for event in of_kind(events, "fault"):
        mark = text(event.data, "marker")
        ends = [
            e.happened
            for e in of_kind(events, "fault-reverted", "fault-kept", "lapsed", "removed")
            if text(e.data, "marker") == mark
        ]
        end = span.at(min(ends)) if ends else span.high
        bars.append((span.at(event.happened), end, f"{text(event.data, 'fault_kind')} on {text(event.data, 'target')}"))
    for i, (low, high, words) in enumerate(bars):
        row.barh(i, high - low, left=low, height=0.8, color=FAULT, linewidth=0)
        row.text(
            low + (span.high - span.low) * 0.008, i, words, va="center", color="#111111", weight="bold", clip_on=True
        )
    row.set_ylim(-0.5, max(len(bars), 1) - 0.5)
    row.set_yticks([])
    _title(row, "What the\nsystem did")


def _signal(row: Any, name: str, kind: str, readings: Sequence[Reading], events: Sequence[Event], span: Axis) -> None:
    xs, ys = line(readings, span)
    row.plot(xs, ys, color=LINE, linewidth=1.3, solid_joinstyle="round")
    usual = next((number(e.data, "value") for e in of_kind(events, "baseline") if text(e.data, "signal") == name), None)
    if usual is not None:
        row.axhline(usual, color=SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
    for one in (r for r in readings if r.value is None):
        row.plot([span.at(one.at)], [0.04], marker="x", color=INK, markersize=4, transform=row.get_xaxis_transform())
    low, high = scale([y for y in ys if not math.isnan(y)], usual, kind)
    row.set_ylim(low - (high - low) * 0.14, high + (high - low) * 0.14)
    row.set_yticks([low, high])
    row.set_yticklabels([format_value(tick, kind) for tick in row.get_yticks()], fontsize=7)
    row.annotate(name, (0, 0.5), xytext=(-1.5 * 72, 0), xycoords="axes fraction", textcoords="offset points",
                 va="center", ha="left", fontsize=7.5, annotation_clip=False)  # fmt: skip


def scale(values: Sequence[float], usual: float | None, kind: str) -> tuple[float, float]:
    """From where to where a signal is drawn: from zero, so that noise does not look like news; only shares that
    stay high are drawn from their lowest to 100%."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if kind == SignalKind.RATIO and low > 0.5:
        return min(low, 0.99), 1.0
    if kind == SignalKind.RATIO:
        return 0.0, 1.0
    return min(low, 0.0), max(high, 2 * (usual or 0.0)) or 1.0


def _lane(row: Any, title: str, labels: Sequence[Label]) -> None:
    """Marks with their words; rows are counted from the top."""
    for label in labels:
        row.plot([label.x], [label.row], marker=label.mark, color=INK, markersize=4.5, linestyle="", clip_on=False)
        shift = -5 if label.left else 5
        row.annotate(label.text, (label.x, label.row), xytext=(shift, 0), textcoords="offset points", va="center",
                     ha="right" if label.left else "left", fontsize=7.5)  # fmt: skip
    if not labels:
        row.text(0, 0, "nothing was recorded", va="center", color=SOFT)
    row.set_ylim(max((label.row for label in labels), default=0) + 0.7, -0.7)
    row.set_yticks([])
    _title(row, title)


_RULES = ("fault", "impact", "mitigated", "lapsed", "reverting", "end")


def _moments(rows: Sequence[Any], events: Sequence[Event], span: Axis) -> None:
    """A rule through all lanes at each moment that everything else is read against, named at the top."""
    inch = (span.high - span.low) / (WIDTH - LEFT - RIGHT)
    ends: list[float] = []
    for x, word in sorted((span.at(at), kind) for kind in _RULES if (at := first_time(events, kind)) is not None):
        for row in rows:
            row.axvline(x, color=SOFT, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
        half = (len(word) * LETTER / 2 + 0.05) * inch
        middle = min(x, span.high - half)
        level = next((i for i, end in enumerate(ends) if end <= middle - half), len(ends))
        ends[level : level + 1] = [middle + half]
        rows[0].annotate(word, (middle, 1), xytext=(0, 2 + 10 * level), xycoords=("data", "axes fraction"),
                         textcoords="offset points", ha="center", va="bottom",
                         fontsize=7.5, annotation_clip=False)  # fmt: skip


def _time(rows: Sequence[Any], span: Axis) -> None:
    for row in rows:
        row.set_xlim(span.low, span.high)
        row.set_xticks([])
    ticks = span.ticks()
    rows[-1].set_xticks([x for x, _ in ticks])
    rows[-1].set_xticklabels([words for _, words in ticks])
    rows[-1].set_xlabel("minutes and seconds from the fault", fontsize=7.5, color=SOFT)


def _named(svg: str) -> str:
    """Only the drawing, scaled by the page, with colours by name and fonts a browser has."""
    drawing = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    for colour, name in _NAMES.items():
        drawing = drawing.replace(colour, f"var(--{name}, {colour})")
    drawing = drawing.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, 'Noto Sans', sans-serif")
    head, rest = drawing.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="The drill as one picture">{rest}'
