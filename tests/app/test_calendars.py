"""Absences from calendars: whoever is busy is not planned, and a calendar that cannot be read stops the planning."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.incident_server import IncidentServer, serve_incidents
from support.shipped_drill import SHIPPED

from gameday.app.role_assignment import RosterFile, load_cast, propose_cast, save_cast
from gameday.app.rotation import plan_rotation
from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.files.scenario import read_scenario

ROSTER = """\
gameday: 1
team: checkout
timezone: Europe/Berlin
people:
  - {id: ana, name: Ana, level: 4, roles: [facilitator, mentor, ic]}
  - {id: bo, name: Bo, level: 3, roles: [mentor, ic, ops]}
  - {id: chi, name: Chi, level: 1, roles: [ic, ops], calendar: CALENDAR}
  - {id: dov, name: Dov, level: 1, roles: [ops, ic]}
"""
TUESDAYS = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Berlin:20270309T090000
DTEND;TZID=Europe/Berlin:20270309T120000
RRULE:FREQ=WEEKLY;INTERVAL=2
END:VEVENT
END:VCALENDAR
"""
TUESDAY = datetime(2027, 3, 9, 9, tzinfo=UTC).timestamp()
WEEK = 7 * 86400.0


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:
        monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
        monkeypatch.setenv("GAMEDAY_RUNTIME", runtime)
        monkeypatch.chdir(tmp_path)
        yield tmp_path


@pytest.fixture
def server() -> Iterator[IncidentServer]:
    with serve_incidents() as server:
        server.text = TUESDAYS
        yield server


def roster(calendar: str, team: str = "") -> RosterFile:
    text = ROSTER.replace("CALENDAR", f'"{calendar}"').replace("people:", f"{team}people:")
    Path("roster.yaml").write_text(text, encoding="utf-8")
    return RosterFile(Path("roster.yaml"), Path("rotation.jsonl"))


def away(file: RosterFile) -> list[set[str]]:
    """Return who cannot take part in each drill of three weeks, and check that they have no role."""
    drills = plan_rotation(file, 3, TUESDAY)
    for drill in drills:
        assert {person for _, person in drill.cast.holders()} <= set(drill.cast.available())
    return [{"ana", "bo", "chi", "dov"} - set(drill.cast.available()) for drill in drills]


def test_a_busy_event_of_a_file_keeps_the_person_out_of_plan_and_run(folder: Path) -> None:
    (folder / "chi.ics").write_text(TUESDAYS, encoding="utf-8")
    file = roster("chi.ics")
    assert away(file) == [{"chi"}, set(), {"chi"}]
    assert "chi" not in propose_cast(file, read_scenario(SHIPPED), start=TUESDAY).available()
    assert "chi" in propose_cast(file, read_scenario(SHIPPED), start=TUESDAY + WEEK).available()


def test_a_team_calendar_holds_for_everyone(folder: Path) -> None:
    (folder / "team.ics").write_text(TUESDAYS, encoding="utf-8")
    (folder / "chi.ics").write_text(TUESDAYS.replace(";INTERVAL=2", ""), encoding="utf-8")
    everyone = {"ana", "bo", "chi", "dov"}
    assert away(roster("chi.ics", "calendar: team.ics\n")) == [everyone, {"chi"}, everyone]


def test_a_calendar_is_fetched_from_an_address_in_a_variable(
    server: IncidentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHI_CALENDAR", f"{server.url}/private-5ecr3t/chi.ics")
    assert away(roster("${CHI_CALENDAR}")) == [{"chi"}, set(), {"chi"}]
    assert server.paths == ["/private-5ecr3t/chi.ics"], "once for all drills"


@pytest.mark.parametrize(("status", "text"), [(500, ""), (404, TUESDAYS)])
def test_without_an_answer_nobody_is_planned_and_the_address_stays_secret(
    status: int, text: str, server: IncidentServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHI_CALENDAR", f"{server.url}/private-5ecr3t/chi.ics")
    server.status, server.text = status, text
    roster("${CHI_CALENDAR}")
    assert run_command(["rotation", "plan", "--roster", "roster.yaml"]) is Exit.REFUSED
    output = capsys.readouterr()
    assert output.out == ""
    assert f"roster.yaml:7:64: cannot read the calendar of 127.0.0.1: HTTP {status}" in output.err, output.err
    assert "5ecr3t" not in output.err and "Nobody is planned without it" in output.err


@pytest.mark.parametrize(
    ("calendar", "text", "wrong"),
    [
        ("chi.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR\n",
         "chi.ics:2:1: calendar: invalid time 'soon'"),
        ("chi.ics", "<html>", "chi.ics:1:1: calendar: not an iCalendar property: '<html>'"),
        ("none.ics", "", "roster.yaml:7:64: cannot read calendar none.ics: No such file"),
        ("${CHI_CALENDAR}", "", "roster.yaml:7:64: variable CHI_CALENDAR is not set"),
    ],
)  # fmt: skip
def test_a_broken_calendar_is_named_with_its_place(
    calendar: str, text: str, wrong: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "chi.ics").write_text(text, encoding="utf-8")
    roster(calendar)
    assert run_command(["rotation", "plan", "--roster", "roster.yaml"]) is Exit.BAD_INPUT
    assert wrong in capsys.readouterr().err


def test_check_names_a_calendar_file_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    roster("none.ics", "calendar: https://calendar.example/team.ics\n")
    assert run_command(["check", "roster.yaml"]) is Exit.BAD_INPUT
    shown = capsys.readouterr()
    assert "roster.yaml:8:64: calendar file not found: none.ics" in shown.out + shown.err
    assert "calendar.example" not in shown.out + shown.err


def test_a_screen_that_attaches_asks_no_calendar_again(server: IncidentServer) -> None:
    file, scenario = roster(f"{server.url}/chi.ics"), read_scenario(SHIPPED)
    cast = propose_cast(file, scenario, start=TUESDAY)
    save_cast("gd-7f3a", file.path, cast)
    server.status = 500
    attached = load_cast("gd-7f3a", scenario, file.history)
    assert attached is not None and attached.holders() == cast.holders() and "chi" not in attached.available()
    assert len(server.paths) == 1
