"""The timeline: which events have a row, when, and from whom."""

from __future__ import annotations

import re

import pytest
from support.drill_factory import HUMAN, MARK, Made, event, facilitated, numbered

from gameday.model import Role
from gameday.review.chart_axis import time_axis
from gameday.review.chart_lanes import belief_labels
from gameday.review.document import code
from gameday.review.markdown import render_draft
from gameday.review.timeline import ROWS, timeline_rows
from gameday.scorecards.scorecard import build_scorecard


def drafted(made: Made) -> str:
    return render_draft(made.events, build_scorecard(made.events, made.readings))


def test_the_timeline_begins_before_the_fault_and_is_fits_a_page() -> None:
    rows = re.findall(r"^\| \d\d:\d\d:\d\d \|.*$", drafted(facilitated()), re.MULTILINE)
    assert 15 <= len(rows) <= ROWS
    assert "−1:32" in rows[0] and "Drill started" in rows[0]
    assert rows == sorted(rows, key=lambda row: row[2:10])
    assert any(row.endswith("ops, recorded 12 s later |") for row in rows)


def test_of_two_who_declare_the_one_whose_time_is_earlier_stands_as_in_the_figures() -> None:
    earlier = event((300.0, "declared", {"_recorded": 640.0, "text": "since the first page"}, HUMAN, Role.IC))
    made = facilitated()
    made = Made(numbered(sorted([*made.events, earlier], key=lambda one: one.at)), made.readings)
    declared = [row for row in timeline_rows(made.events, {}) if row.event.startswith("Incident declared")]
    assert "since the first page" in declared[0].event


def test_each_action_that_was_taken_has_its_row_before_one_has_two() -> None:
    made = facilitated()
    for second, action in enumerate(("restart", "restart", "restart", "cache-on")):
        made = made.plus(700.0 + 100 * second, "action-finished", HUMAN, Role.OPS, action=action, succeeded=True)
    said = "\n".join(row.event for row in timeline_rows(made.events, {}, 15))
    assert said.count("cache-on") == 1 and said.count("restart") < 3
    twice = made.plus(700.2, "action-finished", HUMAN, Role.OPS, action="restart", succeeded=True)
    same = [(row.clock, row.event) for row in timeline_rows(twice.events, {}, limit=99)]
    assert len(same) == len(set(same)), "never two that say the same at the same second"


def test_what_people_did_and_how_the_drill_went_on_have_rows_before_routine() -> None:
    made = (
        facilitated().plus(600.0, "paused", HUMAN, Role.FACILITATOR).plus(605.0, "resumed", HUMAN, Role.FACILITATOR)
        .plus(650.0, "note", HUMAN, Role.SCRIBE, text="The pool is full.")
    )  # fmt: skip
    said = [row.event for row in timeline_rows(made.events, {})]
    for start in (
        "Drill paused",
        "Drill resumed",
        "Hint",
        "Help requested",
        "Message from support",
        "Decision",
        "Note",
    ):
        assert any(event.startswith(start) for event in said), start
    assert not any(event.startswith(("Steady state holds", "Prediction")) for event in said)


def test_the_end_of_the_drill_and_its_turns_have_rows_before_a_handover() -> None:
    made = (
        facilitated().plus(800.0, "revealed", text="The database").plus(810.0, "extended", seconds=300.0)
        .plus(1150.0, "mitigation-reported", HUMAN, Role.IC)
    )  # fmt: skip
    for at in range(500, 700, 20):
        made = made.plus(at, "note", HUMAN, Role.SCRIBE, text=str(at)).plus(at + 1, "handover", HUMAN, Role.IC)
    said = [row.event for row in timeline_rows(made.events, {})]
    for start in (
        "All faults reverted and verified",
        "Steady state restored",
        "Fault revealed",
        "Timebox extended",
        "Team reports service restored",
    ):
        assert any(event.startswith(start) for event in said), start


def test_an_offset_is_the_difference_of_the_shown_clocks() -> None:
    shifted = facilitated().without("start", "impact").plus(100.9, "start", delay=4.0)
    shifted = shifted.plus(102.2, "impact", signal="journey-p95", value=1.9, n=9)
    rows = timeline_rows(shifted.events, {})
    offsets = {row.event.split(":")[0]: (row.clock[-2:], row.offset) for row in rows}
    assert offsets["Drill started"] == ("40", "−0:01")
    assert offsets["Users affected"] == ("42", "+0:01")


@pytest.mark.parametrize("limit", [ROWS, None])
def test_a_resume_after_stop_and_the_fault_that_follows_have_rows(limit: int | None) -> None:
    made = (
        facilitated().plus(500.0, "stop", HUMAN, resumable=True).plus(500.1, "reverting", reason="STOP")
        .plus(500.2, "fault-reverted", marker=MARK).plus(500.3, "reverted", seconds=0.073)
        .plus(560.0, "stop-resumed", HUMAN, Role.FACILITATOR)
        .plus(560.1, "intended", intent={"marker": "gd-7f3a00000002"})
        .plus(560.2, "fault", fault="slow", target="database", fault_kind="latency", marker="gd-7f3a00000002")
    )  # fmt: skip
    rows = [(row.offset, row.event) for row in timeline_rows(made.events, {}, limit)]
    assert ("+7:39", "Drill resumed after STOP") in rows
    assert [offset for offset, event in rows if "Fault active" in event] == ["+0:00", "+7:39"]


def test_an_action_has_its_row_at_its_start_and_by_the_role_that_requested_it() -> None:
    made = (
        facilitated().without("action-finished").plus(1081.0, "action-requested", HUMAN, Role.OPS, action="shed")
        .plus(1081.1, "action-started", HUMAN, action="shed")
        .plus(1150.0, "action-finished", HUMAN, action="shed", succeeded=True)
        .plus(1155.0, "action-started", action="on-halt")
    )  # fmt: skip
    rows = [(row.clock, row.event, row.source) for row in timeline_rows(made.events, {}, None)]
    shed, restored = (f"Action {code('shed')}", "Service restored")
    assert ("14:18:01", shed, "ops") in rows and [event for _, event, _ in rows].count(shed) == 1
    assert [event for _, event, _ in rows if event in (shed, restored)] == [shed, restored]
    assert ("14:19:15", f"Action {code('on-halt')} started", "program") in rows
    labels = belief_labels(made.events, time_axis(made.events, ()), len, 60)
    assert any(label.text == "ops action shed" and label.x < 981 for label in labels)


def test_a_revert_without_a_fault_has_no_row() -> None:
    ended = (
        facilitated().plus(1200.0, "fault-end", marker=MARK, fault="slow").plus(1201.0, "fault-reverted", marker=MARK)
    )
    said = [row.event for row in timeline_rows(ended.without("fault-kept").events, {}, None)]
    assert not any(event.startswith("Reverting") for event in said)
    assert any(row.event == "Reverting all faults" for row in timeline_rows(facilitated().events, {}, None))


def test_a_statement_that_is_repeated_without_a_text_takes_no_row_of_the_light_form() -> None:
    made = facilitated()
    for at in range(500, 620, 10):
        made = made.plus(at, "declared", HUMAN, Role.OPS)
    said = [row.event for row in timeline_rows(made.plus(625.0, "declared", HUMAN, Role.OPS, text="Again").events, {})]
    assert [event for event in said if event.startswith("Incident declared")] == [
        "Incident declared", "Incident declared: “Again”"
    ]  # fmt: skip
    for start in ("All faults reverted and verified", "Message from support", "Service restored"):
        assert any(event.startswith(start) for event in said), start
    every = [row.event for row in timeline_rows(made.events, {}, None)]
    assert every.count("Incident declared") == 13, "the full form has them all"


def test_moments_that_an_objective_names_have_rows_however_much_else_happened() -> None:
    made = facilitated()
    for second in range(40):
        made = made.plus(500.0 + second, "action-finished", HUMAN, Role.OPS, action=f"try-{second}", succeeded=True)
    said = "\n".join(row.event for row in timeline_rows(made.events, {}))
    for start in (
        "Responders paged",
        "Team assembled",
        "Incident declared",
        "Incident commander announced",
        "Status update",
    ):
        assert start in said, start
