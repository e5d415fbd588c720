"""The chart: three lanes, labels that do not overlap, in a wide layout and a narrow one."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drill_factory import HUMAN, MARK, Made, facilitated, rehearsal

from gameday.errors import InternalError
from gameday.model import Reading, Role
from gameday.review.chart import draw_chart, value_scale
from gameday.review.chart_axis import MAX_POINTS, Axis, signal_line, time_axis
from gameday.review.chart_lanes import MIN_LETTERS, layout_labels
from gameday.review.chart_layout import NARROW, WIDE, Layout
from gameday.review.save import write_review

AXIS = Axis(0.0, -10.0, 100.0)
WILD = "<script>alert(1)</script> $x_1$ & “q” 日本"


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg.replace("xlink:href", "href"))
    return ["".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("text")]


def test_chart_has_lanes_for_actions_readings_and_statements() -> None:
    made = facilitated()
    said = texts(draw_chart(made.events, made.readings))
    for wanted in ("What the", "What could", "did and thought", "latency on database", "journey-p95",
                   "alert journey-slow", "alert pool-busy (unexpected)", "declared (ops)", "IC announced",
                   "service restored", "users affected", "fault", "help requested (IC)", "team assembled"):  # fmt: skip
        assert any(wanted in text for text in said), wanted
    assert "IC announced (script)" in texts(draw_chart(rehearsal().events, ()))


def test_what_came_before_the_axis_is_shown_with_its_time() -> None:
    labels = layout_labels([(-118.0, "declared", "s"), (-5.0, "thinks", "o")], AXIS, len)
    assert [(label.x, label.text) for label in labels] == [(-10.0, "◀ −1:58 declared"), (-5.0, "thinks")]


def test_the_interventions_and_the_report_of_the_team_are_in_the_picture() -> None:
    made = facilitated().plus(600, "adjusted", fault="slow", params={}).plus(700, "adjusted", fault="slow", params={})
    made = made.plus(900, "revealed", text="The database").plus(1150, "mitigation-reported", HUMAN, Role.IC)
    said = texts(draw_chart(made.events, made.readings))
    assert said.count("fault adjusted") == 2
    assert "fault revealed" in said and "team reports service restored (IC)" in said


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
def test_chart_of_any_drill_can_be_drawn(made: Made) -> None:
    assert texts(draw_chart(made.events, made.readings))


@given(st.lists(st.tuples(st.floats(-50, 150), st.text("abc ", min_size=1, max_size=44), st.just("o")), max_size=40))
def test_labels_do_not_overlap(marks: list[tuple[float, str, str]]) -> None:
    found = layout_labels(marks, AXIS, lambda said: len(said) * 0.8)
    assert len(found) == len(marks)
    taken = [(one.row, one.x - len(one.text) * 0.8 * one.left, one.x + len(one.text) * 0.8 * (not one.left))
             for one in found]  # fmt: skip
    for i, (row, low, high) in enumerate(taken):
        assert AXIS.low <= found[i].x <= AXIS.high
        assert all(row != other or high <= start or end <= low for other, start, end in taken[i + 1 :])


@given(
    st.lists(st.tuples(st.floats(-50, 150), st.text("abc ", min_size=1, max_size=44), st.just("o")), max_size=9),
    st.floats(0.8, 4.0),
)
def test_every_label_stays_on_the_axis(marks: list[tuple[float, str, str]], letter: float) -> None:
    for label in layout_labels(marks, AXIS, lambda text: len(text) * letter):
        length = len(label.text) * letter
        low, high = (label.x - length, label.x) if label.left else (label.x, label.x + length)
        assert (low >= AXIS.low and high <= AXIS.high) or len(label.text) <= MIN_LETTERS


@pytest.mark.parametrize("layout", [WIDE, NARROW])
def test_letters_are_large_enough_on_the_screen_of_the_layout(layout: Layout) -> None:
    made = facilitated()
    svg = draw_chart(made.events, made.readings, layout)
    match = re.search(r'viewBox="0 0 ([\d.]+)', svg)
    assert match is not None
    screen = {"wide": 920, "narrow": 390 - 2 * 16}[layout.name]
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", svg)]
    assert sizes and min(sizes) * screen / float(match[1]) >= 9.5


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


def test_files_carry_the_drills_name_and_nothing_else(tmp_path: Path) -> None:
    made = rehearsal()
    written = write_review(made.events, made.readings, tmp_path / "deep" / "reviews")
    assert sorted(path.name for path in written.page.parent.iterdir()) == ["gd-7f3a.html", "gd-7f3a.md"]


def test_unwritable_folder_is_reported_in_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    made = rehearsal()
    with pytest.raises(InternalError, match="could not be written"):
        write_review(made.events, made.readings, blocked)
