"""A roster file is read into people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from gameday.clock import parse_zone
from gameday.files.calendar_spans import parse_time_range
from gameday.files.roster import read_roster
from gameday.model import Role
from gameday.people.rotation import UpcomingDrill, rotate

EXAMPLE = Path(__file__).parents[2] / "examples" / "roster.yaml"


def test_example_roster_is_read() -> None:
    roster = read_roster(EXAMPLE)
    people = {person.id: person for person in roster.people}
    assert roster.team == "checkout" and list(people) == ["ana", "bo", "chi", "dov", "eli", "fay", "gus"]
    assert people["chi"].roles == {Role.IC, Role.SCRIBE, Role.OPS}
    assert (people["chi"].manager, people["chi"].level, people["chi"].team) == ("ana", 1, "checkout")
    assert people["eli"].declined == {Role.COMMS} and people["fay"].on_call
    begins, ends = people["dov"].busy[0]
    assert datetime.fromtimestamp(begins, UTC) == datetime(2026, 11, 24, 14, tzinfo=UTC) and ends - begins == 5400


@pytest.mark.parametrize(
    ("text", "begins", "hours"),
    [
        ("2026-11-24 14:00..15:30", "2026-11-24 13:00", 1.5),
        ("2026-11-24T14:00..2026-11-25T14:00", "2026-11-24 13:00", 24),
        ("2026-11-24", "2026-11-23 23:00", 24),
        ("2026-11-24..2026-11-25", "2026-11-23 23:00", 48),
        ("2026-10-25", "2026-10-24 22:00", 25),  # the clocks go back
        ("2026-11-24 14:00+00:00..16:00+00:00", "2026-11-24 14:00", 2),
        ("2026-W50", "2026-12-06 23:00", 7 * 24),
        ("2026-W52..2027-W01", "2026-12-20 23:00", 3 * 7 * 24),  # 2026 has 53 weeks
        ("2026-12-09..2026-W50", "2026-12-08 23:00", 5 * 24),
    ],
)
def test_time_spans_are_read(text: str, begins: str, hours: float) -> None:
    start, end = parse_time_range(text, parse_zone("Europe/Berlin"))
    assert datetime.fromtimestamp(start, UTC) == datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert end - start == hours * 3600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "tomorrow",
        "2026-11-24 15:00..14:00",
        "2026-11-25..2026-11-24",
        "9999-12-31",
        "2026-W54",
        "2026-W50-3",
        "2026-11-24T14",
        "2026-11-24 14..15:00",
        "20261124",
    ],
)
def test_invalid_time_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it as"):
        parse_time_range(text, parse_zone("UTC"))


def test_a_busy_week_keeps_its_person_out_of_the_rotation_for_all_of_it(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    text, replaced = re.subn(r"busy: \[.*\]", "busy: [2026-W50]", text, count=1)
    assert replaced == 1
    (tmp_path / "roster.yaml").write_text(text, encoding="utf-8")
    roster = read_roster(tmp_path / "roster.yaml")
    [away] = [person for person in roster.people if person.id == "dov"]
    alone = replace(roster, people=(away,))
    zone = parse_zone(yaml.safe_load(text).get("timezone", "UTC"))
    monday = datetime(2026, 12, 7, tzinfo=zone)
    hour, week = timedelta(hours=1), timedelta(days=7)
    for start, is_free in (
        (monday - hour, True),
        (monday, False),
        (monday + week - hour, False),
        (monday + week, True),
    ):
        drill = UpcomingDrill("gd-0001", start.timestamp(), (start + hour).timestamp(), tuple(away.roles), ())
        assert bool(rotate(alone, [], drill).holders) is is_free, start
