"""schedules.yaml: read, every problem with its line and column, and edits that leave the rest as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from gameday.errors import InvalidFiles
from gameday.files.check import check_files
from gameday.files.schedules import parse_schedules, read_schedules, schedule_entry
from gameday.files.yaml_edit import CannotInsert, insert_entry, remove_entry
from gameday.schedule.schedules import Hosting

PATH = Path("schedules.yaml")
GOOD = """\
gameday: 1
schedules:
  weekly:   # the team's
    env: staging
    scenarios: [db-slowdown]
    rrule: FREQ=WEEKLY;BYDAY=TU
    at: "10:00"
    timezone: Europe/Berlin
    starts: 2026-12-01
    skip: {2026-12-22: holidays}
  nightly: {env: dev, draw: true, rrule: FREQ=DAILY, at: "02:30", timezone: UTC, starts: 2026-12-01, slot: 30m}
freezes:
  - {name: year end, from: 2026-12-18, to: 2027-01-04, reason: few people are there}
  - {name: release, from: "2027-02-01 18:00", to: "2027-02-01 22:00", reason: version 3}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidFiles) as raised:
        parse_schedules(text, PATH)
    return [str(problem) for problem in raised.value.problems]


def test_schedules_and_freezes_are_read() -> None:
    file = parse_schedules(GOOD, PATH)
    weekly, nightly = file.schedules["weekly"], file.schedules["nightly"]
    assert (weekly.scenarios, weekly.skips, weekly.slot) == (("db-slowdown",), {"2026-12-22": "holidays"}, None)
    assert (weekly.recurrence.at, weekly.recurrence.starts) == (time(10), date(2026, 12, 1))
    assert (nightly.is_drawn, nightly.slot) == (True, 1800.0)
    year_end, release = file.freezes
    last_day = datetime(2027, 1, 4, 22, 59, tzinfo=UTC).timestamp()
    assert year_end.covers(last_day, "Europe/Berlin") and not year_end.covers(last_day + 60, "Europe/Berlin")
    assert year_end.covers(last_day + 3600, "UTC"), "a freeze is in the local time of each schedule"
    assert release.covers(datetime(2027, 2, 1, 17, tzinfo=UTC).timestamp(), "Europe/Berlin")


def test_a_missing_file_has_no_schedules(tmp_path: Path) -> None:
    assert not read_schedules(tmp_path / "schedules.yaml").schedules


def test_an_entry_that_was_written_is_read_as_the_same_schedule() -> None:
    by_cron = GOOD.replace(", slot: 30m", "").replace('rrule: FREQ=DAILY, at: "02:30"', 'cron: "30 2 * * *"')
    for name, schedule in parse_schedules(by_cron, PATH).schedules.items():
        text = insert_entry("gameday: 1\n", ("schedules", name), schedule_entry(schedule))
        again = parse_schedules(text, PATH).schedules[name]
        assert (again.recurrence, again.scenarios, again.environment) == (
            schedule.recurrence, schedule.scenarios, schedule.environment,
        )  # fmt: skip


@pytest.mark.parametrize("within", [0.5, 45.0, 90.5, 600.0, 5400.0, 90000.0])
def test_the_time_to_join_is_written_as_it_is_read(within: float) -> None:
    [(name, schedule), *_] = parse_schedules(GOOD, PATH).schedules.items()
    entry = schedule_entry(replace(schedule, hosting=Hosting(within, rehearses=True)))
    text = insert_entry("gameday: 1\n", ("schedules", name), entry)
    assert parse_schedules(text, PATH).schedules[name].hosting == Hosting(within, rehearses=True)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "FREQ=HOURLY", "schedules.yaml:6:12: the rule needs FREQ=DAILY"),
        ('at: "10:00"', 'at: "26:00"', "schedules.yaml:7:9: invalid time of day '26:00': write it as 10:00"),
        ('at: "10:00"', "at: 10:00", "schedules.yaml:7:9: YAML reads 10:00 as 600"),
        ("Europe/Berlin", "Europe/Berln", "schedules.yaml:8:15: unknown time zone 'Europe/Berln'"),
        ("starts: 2026-12-01\n", "starts: 2026-13-01\n", "schedules.yaml:9:13: invalid day '2026-13-01'"),
        ("{2026-12-22:", "{22.12.:", "schedules.yaml:10:12: invalid day '22.12.'"),
        ("[db-slowdown]", "[]", "schedules.yaml:3:3: schedule 'weekly' needs either scenarios or draw: true"),
        ("draw: true", "draw: true, scenarios: [a]", "schedules.yaml:11:3: schedule 'nightly' needs either"),
        ("to: 2027-01-04", "to: 2026-01-04", "schedules.yaml:13:28: time range '2026-12-18..2026-01-04' ends before"),
        ("env: staging", "enw: staging", "schedules.yaml:4:5: unknown key 'enw' (did you mean 'env'?)"),
        ('rrule: FREQ=DAILY, at: "02:30"', 'cron: "99 2 * * *"', "schedules.yaml:11:41: invalid cron expression"),
        (
            "rrule: FREQ=DAILY,",
            'cron: "0 2 * * *",',
            "schedules.yaml:11:3: schedule 'nightly' needs either cron, or both",
        ),
        ("rrule: FREQ=DAILY,", "", "schedules.yaml:11:3: schedule 'nightly' needs either cron, or both rrule and at"),
        ("reason: version 3", "raeson: version 3", "schedules.yaml:14:71: unknown key 'raeson'"),
    ],
)
def test_a_problem_has_its_place(old: str, new: str, problem: str) -> None:
    assert old in GOOD
    reported = problems(GOOD.replace(old, new, 1))
    assert any(each.startswith(problem) for each in reported), reported


def test_check_recognises_the_file(tmp_path: Path) -> None:
    path = tmp_path / "schedules.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert check_files([path]) == []
    path.write_text(GOOD.replace("FREQ=DAILY", "FREQ=NEVER"), encoding="utf-8")
    [problem] = check_files([path])
    assert problem.line == 11


@pytest.mark.parametrize(
    ("path", "removed"),
    [
        (("schedules", "weekly", "skip", "2026-12-22"), "    skip: {2026-12-22: holidays}\n"),
        (("schedules", "nightly", "draw"), "draw: true, "),
        (("schedules", "nightly", "slot"), ", slot: 30m"),
        (("schedules", "weekly"), GOOD[GOOD.index("  weekly") : GOOD.index("  nightly")]),
        (("schedules", "nightly"), GOOD[GOOD.index("  nightly") : GOOD.index("freezes")]),
        (("freezes",), GOOD[GOOD.index("freezes") :]),
    ],
)
def test_a_removed_entry_leaves_the_rest_as_it_is(path: tuple[str, ...], removed: str) -> None:
    for text in (GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n")):
        assert remove_entry(text, path) == text.replace(removed.replace("\n", "\r\n" if "\r" in text else "\n"), "")


def test_what_cannot_be_removed_is_refused() -> None:
    for path in (("schedules", "none"), ("freezes", "0"), ("gameday", "x")):
        with pytest.raises(CannotInsert):
            remove_entry(GOOD, path)
    with pytest.raises(CannotInsert):
        remove_entry("a: &x {b: 1, c: 2}\nd: *x\n", ("a", "b"))
