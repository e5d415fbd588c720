"""Chart of a drill on one time axis, in three lanes: the system, what could be seen, what the team did and thought.

Colours are few and differ in lightness, so that it reads in greyscale; they have names, so that the page can adapt
them to a dark scheme.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Sequence
from typing import Any

from gameday.events import (
    BaselineMeasured,
    EffectJudged,
    Event,
    FaultConfirmed,
    ImpactDetected,
    SignalKinds,
    active_periods,
    of_type,
    read_plan,
)
from gameday.lean_imports import import_matplotlib
from gameday.model import Reading, SignalKind
from gameday.review.chart_axis import Axis, signal_line, time_axis
from gameday.review.chart_lanes import Label, MomentLabel, belief_labels, moment_labels, observation_labels
from gameday.review.chart_layout import LETTER_IN, WIDE, Layout
from gameday.review.event_text import reference_name
from gameday.scorecards.signal_summary import signal_kinds
from gameday.units import format_value

MAX_SIGNALS = 4
EDGE = 0.04
"""Share of the axis in which a centred label at its end would be cut off."""
_TITLES = ("What the\nsystem did", "What could\nbe seen", "What the team\ndid and thought")
"""Titles of the row of faults and of the two lanes."""

INK, SOFT, RULE, FAULT, LINE = "#1b1f24", "#5c6570", "#c9ced4", "#d9822b", "#1f5fa8"
_NAMES = {INK: "ink", SOFT: "soft", RULE: "rule", FAULT: "fault", LINE: "line"}

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "text.parse_math": False,
    "font.family": "DejaVu Sans", "font.size": 8,
    "text.color": INK, "axes.edgecolor": RULE, "axes.labelcolor": INK, "xtick.color": SOFT, "ytick.color": SOFT,
}  # fmt: skip


def draw_chart(events: Sequence[Event], readings: Sequence[Reading], layout: Layout = WIDE) -> str:
    """Return the chart as SVG for a page. Events must be anonymized already."""
    import_matplotlib()
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style = {**_STYLE, "svg.hashsalt": layout.name}  # two charts of one page must not share ids
    with mpl.rc_context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a browser has more fonts
        figure = Figure(figsize=(layout.width, 1))
        FigureCanvasSVG(figure)
        _draw(figure, events, readings, layout)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _embeddable(out.getvalue())


def _draw(figure: Any, events: Sequence[Event], readings: Sequence[Reading], layout: Layout) -> None:
    axis, kinds = time_axis(events, readings), signal_kinds(events, readings)
    seconds_per_inch = (axis.high - axis.low) / layout.inner

    def width(text: str) -> float:
        return (len(text) * LETTER_IN + 0.3) * seconds_per_inch

    observations = observation_labels(events, axis, width, layout.letters)
    beliefs = belief_labels(events, axis, width, layout.letters)
    moments = moment_labels(events, axis, lambda text: (len(text) * LETTER_IN + 0.1) * seconds_per_inch)
    signals = choose_signals(events, kinds)
    heights = [0.34, *([0.62] * len(signals)), _height(observations), _height(beliefs)]
    rows = layout.add_rows(figure, heights, max((label.level + 1 for label in moments), default=0))
    _draw_faults(rows[0], events, axis)
    for row, signal in zip(rows[1:-2], signals, strict=True):
        measured = [reading for reading in readings if reading.signal == signal]
        _draw_signal(row, signal, kinds[signal], measured, events, axis)
        layout.add_title(row, signal, fontsize=7.5)
    _draw_lane(rows[-2], observations)
    _draw_lane(rows[-1], beliefs)
    for row, title in zip((rows[0], *rows[-2:]), _TITLES, strict=True):
        layout.add_title(row, title, weight="bold")
    _draw_moments(rows, moments, layout.title)
    _draw_time(rows, axis, layout.ticks, reference_name(events))


def _height(labels: Sequence[Label]) -> float:
    return 0.2 + 0.205 * max((label.row + 1 for label in labels), default=1)


def choose_signals(events: Sequence[Event], kinds: SignalKinds) -> list[str]:
    """Return the signals to draw, those of the impact first; alerts have a lane of their own."""
    affected = [event.body.signal for event in of_type(events, ImpactDetected, EffectJudged)]
    plan = read_plan(events)
    expected = [line.signal for line in (*plan.expectations, *plan.clues)]
    names = dict.fromkeys(name for name in (*affected, *expected, *kinds) if kinds.get(name, "alert") != "alert")
    return list(names)[:MAX_SIGNALS]


def _draw_faults(row: Any, events: Sequence[Event], axis: Axis) -> None:
    """Draw a row for each fault, with a bar for each time in which it was active."""
    faults, texts = active_periods(events), _fault_texts(events)
    for i, (fault, periods) in enumerate(faults.items()):
        for period in periods:
            low, high = axis.at(period.start), axis.high if period.end is None else axis.at(period.end)
            row.barh(i, high - low, left=low, height=0.8, color=FAULT, linewidth=0)
        left = axis.at(periods[0].start) + (axis.high - axis.low) * 0.008
        row.text(left, i, texts[fault], va="center", color="#111111", weight="bold", clip_on=True)
    row.set_ylim(-0.5, max(len(faults), 1) - 0.5)
    row.set_yticks([])


def _fault_texts(events: Sequence[Event]) -> dict[str, str]:
    bodies = (event.body for event in of_type(events, FaultConfirmed))
    return {body.fault: f"{body.fault_kind} on {body.target}" for body in bodies}


def _draw_signal(
    row: Any, name: str, kind: str, readings: Sequence[Reading], events: Sequence[Event], axis: Axis
) -> None:
    xs, ys = signal_line(readings, axis)
    row.plot(xs, ys, color=LINE, linewidth=1.3, solid_joinstyle="round")
    baseline = next((e.body.value for e in of_type(events, BaselineMeasured) if e.body.signal == name), None)
    if baseline is not None:
        row.axhline(baseline, color=SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
    for reading in (reading for reading in readings if reading.value is None):
        x = axis.at(reading.at)
        row.plot([x], [0.04], marker="x", color=INK, markersize=4, transform=row.get_xaxis_transform())
    low, high = value_scale([y for y in ys if not math.isnan(y)], baseline, kind)
    row.set_ylim(low - (high - low) * 0.14, high + (high - low) * 0.14)
    row.set_yticks([low, high])
    row.set_yticklabels([format_value(tick, kind) for tick in row.get_yticks()], fontsize=7)


def value_scale(values: Sequence[float], baseline: float | None, kind: str) -> tuple[float, float]:
    """Return the lowest and highest value to draw: from zero, so that noise does not look like news.

    Only ratios that stay high are drawn from their lowest to 100%.
    """
    low, high = min(values, default=0.0), max(values, default=1.0)
    if kind == SignalKind.RATIO and low > 0.5:
        return min(low, 0.99), 1.0
    if kind == SignalKind.RATIO:
        return 0.0, 1.0
    return min(low, 0.0), max(high, 2 * (baseline or 0.0)) or 1.0


def _draw_lane(row: Any, labels: Sequence[Label]) -> None:
    """Draw the labels of a lane; rows are counted from the top."""
    for label in labels:
        row.plot([label.x], [label.row], marker=label.mark, color=INK, markersize=4.5, linestyle="", clip_on=False)
        shift = -5 if label.left else 5
        row.annotate(label.text, (label.x, label.row), xytext=(shift, 0), textcoords="offset points", va="center",
                     ha="right" if label.left else "left", fontsize=7.5)  # fmt: skip
    if not labels:
        row.text(0, 0, "nothing recorded", va="center", color=SOFT)
    row.set_ylim(max((label.row for label in labels), default=0) + 0.7, -0.7)
    row.set_yticks([])


def _draw_moments(rows: Sequence[Any], moments: Sequence[MomentLabel], title_in: float) -> None:
    """Draw a line through all rows at each moment, named above the first row's title."""
    above = 2 + title_in * 72
    for label in moments:
        for row in rows:
            row.axvline(label.at, color=SOFT, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
        rows[0].annotate(label.text, (label.middle, 1), xytext=(0, above + 10 * label.level),
                         xycoords=("data", "axes fraction"), textcoords="offset points", ha="center", va="bottom",
                         fontsize=7.5, annotation_clip=False)  # fmt: skip


def _draw_time(rows: Sequence[Any], axis: Axis, max_ticks: int, zero: str) -> None:
    for row in rows:
        row.set_xlim(axis.low, axis.high)
        row.set_xticks([])
    ticks = axis.ticks(max_ticks)
    rows[-1].set_xticks([x for x, _ in ticks])
    labels = rows[-1].set_xticklabels([text for _, text in ticks])
    if ticks and axis.high - ticks[-1][0] < EDGE * (axis.high - axis.low):
        labels[-1].set_horizontalalignment("right")  # the picture ends there
    rows[-1].set_xlabel(f"minutes and seconds from the {zero}", fontsize=7.5, color=SOFT)


def _embeddable(svg: str) -> str:
    """Return only the drawing, scaled by the page, with named colours and fonts that a browser has."""
    drawing = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    drawing = re.sub(r' id="[a-z0-9.]+_[0-9]+"', "", drawing)  # nothing refers to them, and two charts share them
    for colour, name in _NAMES.items():
        drawing = drawing.replace(colour, f"var(--{name}, {colour})")
    drawing = drawing.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, 'Noto Sans', sans-serif")
    head, rest = drawing.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="The drill on one time axis">{rest}'
