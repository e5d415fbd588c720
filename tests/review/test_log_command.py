"""The log's lines, its documentation, and choosing a drill."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from support.drill_factory import HUMAN, event, facilitated, numbered, rehearsal
from support.events import sample_intent

from gameday.app.finished_drills import select_drill
from gameday.boards.responder_board import ResponderBoard
from gameday.cli.log import event_as_json, format_json_lines, format_text_lines
from gameday.errors import BadArguments
from gameday.events import Event, decode_strictly, format_plain, log_text
from gameday.model import Role, Source
from gameday.review.timeline import timeline_rows
from gameday.scorecards.response_times import measure_response_times

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_every_field_of_a_line_is_documented() -> None:
    text = (REFERENCE / "log.md").read_text("utf-8").split("## Kinds")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE) == list(event_as_json(rehearsal().events[0]))


def test_every_time_of_the_scorecard_is_documented() -> None:
    text = (REFERENCE.parent / "how-to" / "review.md").read_text("utf-8")
    assert re.findall(r"^\| ([a-z-]+) \|", text.replace("| time |", ""), re.MULTILINE) == [
        span.name for span in measure_response_times(facilitated().events)
    ]


def test_lines_read_back_as_the_same_events() -> None:
    made = facilitated()
    assert tuple(_read_back(line) for line in format_json_lines(made.events)) == made.events


def _read_back(line: str) -> Event:
    """Return the event of a line, whose wall clock is in ISO 8601."""
    record = json.loads(line)
    wall = datetime.fromisoformat(record.pop("recorded_at")).timestamp()
    happened = datetime.fromisoformat(record.pop("happened_at")).timestamp()
    assert wall - happened == pytest.approx(record["at"] - record["happened"], abs=1e-5)
    return decode_strictly(record | {"wall": wall})


def test_a_person_can_read_the_log() -> None:
    lines = list(format_text_lines(facilitated().events))
    assert len(lines) == len(facilitated().events)
    assert any(re.match(r"14:01:41\s+\+0:00\s+fault\s+runner\s+.*target=database", line) for line in lines)


def test_what_was_recorded_later_stands_where_it_happened_and_says_so() -> None:
    said = [(100.0, "theory", 100.0), (40.0, "declared", 220.0), (300.0, "note", 300.0)]
    log = numbered([event((at, kind, {"_recorded": seen}, HUMAN, Role.IC)) for at, kind, seen in said])
    lines = list(format_text_lines(log))
    assert [line.split()[2] for line in lines] == ["declared", "theory", "note"]
    assert [line.endswith("(recorded 3 min later)") for line in lines] == [True, False, False]
    recorded = [json.loads(line)["kind"] for line in format_json_lines(log)]
    assert recorded == ["theory", "declared", "note"], "the JSON is the log as it was written"


def test_live_views_mark_what_was_recorded_later() -> None:
    late = event((40.0, "declared", {"_recorded": 220.0}, HUMAN, Role.IC))
    assert format_plain(log_text(late)) == "Incident declared (IC, recorded 3 min later)"
    message = ResponderBoard().event(late)
    assert message is not None and message.what == "Incident declared (recorded 3 min later)"


def test_intent_is_a_line_that_a_person_can_read() -> None:
    intended = event((13.0, "intended", {"intent": sample_intent(undo={"a": "b" * 600}).encode()}, Source.RUNNER, None))
    [line] = format_text_lines([intended])
    assert "marker=gd-7f3a5be90c21 fault=slow kind=latency target=database" in line and len(line) < 200
    [document] = map(json.loads, format_json_lines([intended]))
    assert document["data"]["intent"]["undo"], "the JSON has all of it"


def test_a_drill_is_found_by_name_or_is_the_latest() -> None:
    assert select_drill(None, ["gd-1111", "gd-7f3a"]) == "gd-7f3a"
    assert select_drill("gd-1111", ["gd-1111", "gd-7f3a"]) == "gd-1111"
    with pytest.raises(BadArguments, match="gd-7f3b") as raised:
        select_drill("gd-7f3b", ["gd-1111", "gd-7f3a"])
    assert "gd-7f3a" in raised.value.todo
    with pytest.raises(BadArguments, match="no drill is recorded"):
        select_drill(None, [])


def test_log_and_review_show_the_same_offset_of_an_event() -> None:
    made = (
        rehearsal().without("end", "impact").plus(17.3, "impact", signal="journey-p95").plus(71.6, "end", reason="ends")
    )
    offsets = {line.split()[2]: line.split()[1] for line in format_text_lines(made.events)}
    rows = {row.event.split(":")[0]: row.offset for row in timeline_rows(made.events, {}, None)}
    assert offsets["impact"] == rows["Users affected"]
    assert offsets["end"] == rows["Drill ended as planned"]
