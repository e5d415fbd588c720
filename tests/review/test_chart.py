"""The chart: three lanes, labels that do not overlap, and the page around it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drill_factory import MARK, Made, facilitated, rehearsal
from typing_extensions import override

from gameday.errors import InternalError
from gameday.model import Reading
from gameday.review.chart import draw_chart, value_scale
from gameday.review.chart_axis import MAX_POINTS, Axis, signal_line, time_axis
from gameday.review.chart_lanes import layout_labels
from gameday.review.html import render_page
from gameday.review.save import write_review
from gameday.scorecards.scorecard import build_scorecard

AXIS = Axis(0.0, -10.0, 100.0)
WILD = "<script>alert(1)</script> $x_1$ & “q” 日本"


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg.replace("xlink:href", "href"))
    return ["".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("text")]


def paged(made: Made) -> str:
    return render_page(made.events, made.readings, build_scorecard(made.events, made.readings))


def test_three_lanes_hold_what_was_done_seen_and_believed() -> None:
    made = facilitated()
    said = texts(draw_chart(made.events, made.readings))
    for wanted in ("What the", "What could", "team believed", "latency on database", "journey-p95",
                   "alert journey-slow", "alert pool-busy (unexpected)", "declared (ops)", "IC announced",
                   "mitigated", "fault", "help requested (IC)"):  # fmt: skip
        assert any(wanted in text for text in said), wanted


def test_the_same_drill_draws_the_same_picture() -> None:
    made = rehearsal()
    assert draw_chart(made.events, made.readings) == draw_chart(made.events, made.readings)


@pytest.mark.parametrize(
    "made",
    [
        Made((), ()), Made(rehearsal().events[:1], ()), Made(rehearsal().events, ()), rehearsal().without("fault"),
        rehearsal().without("fault-reverted", "end"), rehearsal().plus(40, "lapsed", marker=MARK, reason="x"),
        Made(rehearsal().events, tuple(Reading(r.signal, r.at, None, 0, "gone") for r in rehearsal().readings)),
        facilitated().changed("theory", text=WILD).changed("prediction", text=WILD),
    ],
)  # fmt: skip
def test_any_drill_can_be_drawn(made: Made) -> None:
    assert texts(draw_chart(made.events, made.readings))


@given(st.lists(st.tuples(st.floats(-50, 150), st.text("abc ", min_size=1, max_size=44), st.just("o")), max_size=40))
def test_no_label_lies_over_another(marks: list[tuple[float, str, str]]) -> None:
    found = layout_labels(marks, AXIS, lambda said: len(said) * 0.8)
    assert len(found) == len(marks)
    taken = [(one.row, one.x - len(one.text) * 0.8 * one.left, one.x + len(one.text) * 0.8 * (not one.left))
             for one in found]  # fmt: skip
    for i, (row, low, high) in enumerate(taken):
        assert AXIS.low <= found[i].x <= AXIS.high
        assert all(row != other or high <= start or end <= low for other, start, end in taken[i + 1 :])


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=3000))
def test_a_long_line_is_thinned_and_keeps_its_extremes(values: list[float | None]) -> None:
    readings = [Reading("x", i * 100 / 3000, value) for i, value in enumerate(values)]
    xs, ys = signal_line(readings, AXIS)
    assert len(xs) == len(ys) <= MAX_POINTS * 1.5 + 3
    known = [value for value in values if value is not None]
    assert not known or (max(known) in ys and min(known) in ys)
    assert xs == sorted(xs)


def test_a_signal_is_drawn_from_zero_unless_it_is_a_high_share() -> None:
    assert value_scale([0.1, 0.2], 0.15, "duration") == (0.0, 0.3)
    assert value_scale([0.98, 0.999], None, "ratio") == (0.98, 1.0)
    assert value_scale([], None, "count") == (0.0, 1.0)
    assert value_scale([0.0, 0.3], 1.0, "ratio") == (0.0, 1.0), "no share is more than the whole"


def test_the_axis_begins_before_the_fault_and_reaches_the_end() -> None:
    made = facilitated()
    found = time_axis(made.events, made.readings)
    assert found.low < 0 < found.high
    assert 4 <= len(found.ticks()) <= 10 and (0, "+0:00") in found.ticks()


class ExternalReferences(HTMLParser):
    """Parser that collects what a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe", "object", "base", "form"):
            self.found.append(tag)
        for key, value in attrs:
            if key == "id" and value:
                self.ids.add(value)
            if key.startswith("on") or (key in ("src", "href", "xlink:href") and not (value or "").startswith("#")):
                self.found.append(f"{key}={value}")


def test_the_page_stands_alone_and_runs_nothing() -> None:
    reader = ExternalReferences()
    text = paged(rehearsal())
    reader.feed(text)
    assert reader.found == [] and "picture" in reader.ids
    assert "@import" not in text and not re.search(r"url\((?!#)", text)


def test_the_page_escapes_what_people_said() -> None:
    made = facilitated()
    for kind in ("debrief", "theory", "update", "decision", "prediction", "message", "hint"):
        made = made.changed(kind, text=WILD)
    text = paged(made.changed("planned", hypothesis=WILD, scenario=WILD, environment=WILD))
    assert "<script" not in text and "&lt;script&gt;" in text


def test_files_carry_the_drills_name_and_nothing_else(tmp_path: Path) -> None:
    made = rehearsal()
    written = write_review(made.events, made.readings, tmp_path / "deep" / "reviews")
    assert sorted(path.name for path in written.page.parent.iterdir()) == ["gd-7f3a.html", "gd-7f3a.md"]


def test_a_folder_that_cannot_be_written_is_a_clear_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    made = rehearsal()
    with pytest.raises(InternalError, match="could not be written"):
        write_review(made.events, made.readings, blocked)
