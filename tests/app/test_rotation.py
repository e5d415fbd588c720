"""`gameday rotation`: the plan of the scheduled drills with people, and what people change in it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.drill_folder import SCENARIO
from support.proxy_drill import GAMEDAY, LATENCY

from gameday.app.role_assignment import RosterFile, drill_slot, propose_cast
from gameday.app.rotation import find_roster, plan_rotation
from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.files.scenario import read_scenario
from gameday.model import Role
from gameday.people.role_history import append_role_records, create_role_records
from gameday.schedule.calendar_text import Component, parse_calendar, unescape_text

ROSTER = """\
gameday: 1
team: checkout
timezone: Europe/Berlin
people:
  - {id: ana, name: Ana, level: 4, roles: [facilitator, mentor, ic]}
  - {id: bo, name: Bo, level: 3, roles: [mentor, ic, ops]}
  - {id: chi, name: Chi, level: 1, roles: [ic, ops]}
  - {id: dov, name: Dov, level: 1, roles: [ops, ic], busy: [2027-03-23]}
  - {id: eli, name: Eli, level: 2, roles: [ops, ic, scribe], from: 2027-03-30}
"""
SCHEDULES = """\
gameday: 1
schedules:
  people: {env: staging, scenarios: [late.yaml], rrule: FREQ=WEEKLY;BYDAY=TU, at: "10:00", timezone: Europe/Berlin,
           starts: 2026-12-01, hosted: {within: 10m}, skip: {"2027-03-16": release}}
  alone: {env: staging, scenarios: [late.yaml], rrule: FREQ=DAILY, at: "14:00", timezone: UTC, starts: 2026-12-01}
"""
NOW = datetime(2027, 3, 8, 12, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:
        monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
        monkeypatch.setenv("GAMEDAY_RUNTIME", runtime)
        monkeypatch.chdir(tmp_path)
        (tmp_path / "store").mkdir()
        project = GAMEDAY.format(name="staging", url="http://127.0.0.1:1", stats="http://127.0.0.1:1/")
        (tmp_path / "gameday.yaml").write_text(f"{project}roster: roster.yaml\n", encoding="utf-8")
        (tmp_path / "roster.yaml").write_text(ROSTER, encoding="utf-8")
        times = {"timebox": "10m", "holds": "2s", "start": "5s", "stands": "30s", "guardrail": "9s"}
        (tmp_path / "late.yaml").write_text(SCENARIO.format(fault=LATENCY, **times), encoding="utf-8")
        (tmp_path / "schedules.yaml").write_text(SCHEDULES, encoding="utf-8")
        yield tmp_path


def command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[Exit, str, str]:
    code = run_command(["rotation", *words])
    output = capsys.readouterr()
    return code, output.out, output.err


def at(day: int, hour: int, month: int = 3) -> float:
    return datetime(2027, month, day, hour, tzinfo=UTC).timestamp()


def test_the_drills_with_people_are_planned_at_their_local_times_without_the_skipped_ones() -> None:
    drills = plan_rotation(find_roster(None), 4, NOW)
    assert [drill.cast.slot.start for drill in drills] == [at(9, 9), at(23, 9), at(30, 8)], "the clocks change between"
    assert [f"{drill.local_time:%H:%M %Z}" for drill in drills] == ["10:00 CET", "10:00 CET", "10:00 CEST"]
    named = [{person for _, person in drill.cast.holders()} for drill in drills]
    assert "eli" not in named[0] and "dov" not in named[1] and "eli" in drills[2].cast.available()


def test_the_announced_turn_is_what_the_next_run_proposes(project: Path) -> None:
    file = find_roster(None)
    scenario = read_scenario(project / "late.yaml")
    for _ in range(3):
        for drill in plan_rotation(file, 4, NOW):
            cast = propose_cast(file, scenario, start=drill.cast.slot.start, hosted=True)
            assert cast.assignment == drill.cast.assignment
            records = create_role_records("", cast.slot.start, cast.junior_first(), cast.available())
            append_role_records(file.history, "checkout", records)


def test_without_a_schedule_of_people_one_drill_a_week_begins_with_the_next_run(project: Path) -> None:
    (project / "schedules.yaml").unlink()
    drills = plan_rotation(find_roster(None), 5, NOW, "late.yaml")
    slot = drill_slot(read_scenario(project / "late.yaml"), NOW)
    assert (drills[0].cast.slot.start, drills[0].cast.slot.needed) == (NOW, slot.needed)
    assert [f"{drill.local_time:%a %H:%M %Z}" for drill in drills[2:]] == [
        "Mon 13:00 CET", "Mon 13:00 CEST", "Mon 13:00 CEST"
    ]  # fmt: skip


def test_a_swap_a_decline_and_their_undo_are_in_the_next_plan(capsys: pytest.CaptureFixture[str]) -> None:
    def next_drill() -> dict[str, str]:
        planned = json.loads(command(capsys, "plan", "--weeks", "2", "--format", "json")[1])[0]
        return {"day": planned["starts_at"][:10], **planned["roles"]}

    before = next_drill()
    ic, ops, day = before["ic"], before["ops"], before["day"]
    code, out, _ = command(capsys, "swap", ic, ops, "--on", day)
    assert code is Exit.HELD and f"{day}: {ic} and {ops} swap roles" in out, out
    assert (next_drill()["ic"], next_drill()["ops"]) == (ops, ic)
    code, _, err = command(capsys, "swap", ops, ic, "--on", day)
    assert code is Exit.BAD_INPUT and "already recorded" in err
    code, out, _ = command(capsys, "decline", ic.lower(), "--on", day)
    assert code is Exit.HELD and f"{ic} (declined)" in out
    assert ic not in next_drill().values()
    assert command(capsys, "undo", ic, "--on", day)[0] is Exit.HELD
    assert next_drill() == before


@pytest.mark.parametrize(
    ("words", "code", "wrong"),
    [
        (["swap", "ana", "Xo", "--on", "{tuesday}"], Exit.BAD_INPUT, "'Xo' is not in the roster"),
        (["swap", "ana", "Ana", "--on", "{tuesday}"], Exit.BAD_INPUT, "the same person"),
        (["decline", "ana", "--on", "tuesday"], Exit.BAD_INPUT, "--on: invalid day 'tuesday'"),
        (["decline", "ana", "--on", "2020-01-07"], Exit.BAD_INPUT, "--on: 2020-01-07 is not a day from today"),
        (["decline", "ana", "--on", "{monday}"], Exit.BAD_INPUT, "no drill with people on {monday}"),
        (["undo", "ana", "--on", "{tuesday}"], Exit.BAD_INPUT, "Ana has no swap and no declined drill"),
        (["swap", "eli", "chi", "--on", "{tuesday}"], Exit.REFUSED, "Eli is not available"),
        (["why", "nobody"], Exit.BAD_INPUT, "'nobody' is not in the roster"),
        (["plan", "--roster", "none.yaml"], Exit.BAD_INPUT, "none.yaml:1:1: file not found"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(
    words: list[str], code: Exit, wrong: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "roster.yaml").write_text(ROSTER.replace("from: 2027-03-30", "on_call: true"), encoding="utf-8")
    start = plan_rotation(find_roster(None), 2, datetime.now(UTC).timestamp())[0].local_time
    days = {"tuesday": f"{start:%Y-%m-%d}", "monday": f"{datetime.fromordinal(start.toordinal() - 1 + 7):%Y-%m-%d}"}
    given, _, err = command(capsys, *(word.format(**days) for word in words))
    assert (given, wrong.format(**days) in err) == (code, True), err
    assert not find_roster(None).changes.exists()


def test_why_tells_last_turns_absences_and_the_role_in_each_drill(capsys: pytest.CaptureFixture[str]) -> None:
    file = find_roster(None)
    held = create_role_records("", at(2, 9), [(Role.OPS, "dov")], ["dov", "chi"])
    append_role_records(file.history, "checkout", held)
    code, out, _ = command(capsys, "why", "Dov", "--weeks", "3")
    assert code is Exit.HELD
    assert out.startswith("Dov: level 1, ready for IC, ops\n  last turns: ops in 2027-W09\n"), out


def invited(path: Path) -> dict[str, Component]:
    [calendar] = parse_calendar(path.read_text(encoding="utf-8"))
    return {event.text("DTSTART"): event for event in calendar.components if event.name == "VEVENT"}


def test_invitations_follow_the_plan_and_name_no_scenario(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / "invitations.ics"
    with_address = ROSTER.replace("name: Chi", "name: Chi, email: chi@example.com").replace("from: ", "until: ")
    (project / "roster.yaml").write_text(with_address.replace("team:", "email: team@example.com\nteam:"))
    code, _, err = command(capsys, "plan", "--weeks", "3", "--ics", "invitations.ics")
    events = invited(file)
    assert code is Exit.HELD and err == f"invitations.ics: {len(events)} invitations, 0 cancelled\n"
    assert all(start.endswith("T100000") for start in events), "local to the schedule, all the year"
    first = events[min(events)]
    assert first.text("SUMMARY") == "[DRILL] Game day in staging"
    description = unescape_text(first.text("DESCRIPTION"))
    assert "10:00 to 10:20 Europe/Berlin" in description and "Anyone may stop it" in description
    text = file.read_text(encoding="utf-8")
    assert not [word for word in ("late", "people:", "latency", "database", "slow") if word in text]
    people = {each.value: each.parameters["CN"] for event in events.values() for each in event.all("ATTENDEE")}
    assert set(people) == {"mailto:chi@example.com"} and people["mailto:chi@example.com"] in ("Chi (IC)", "Chi (ops)")
    assert first.text("ORGANIZER") == "mailto:team@example.com"
    day = f"{min(events)[:4]}-{min(events)[4:6]}-{min(events)[6:8]}"
    assert run_command(["schedule", "skip", "people", day, "--reason", "release"]) is Exit.HELD
    capsys.readouterr()
    code, _, err = command(capsys, "plan", "--weeks", "3", "--ics", "invitations.ics")
    assert err == f"invitations.ics: {len(events) - 1} invitations, 1 cancelled\n"
    skipped = invited(file)[min(events)]
    assert (skipped.text("STATUS"), skipped.text("SEQUENCE")) == ("CANCELLED", "1")


@pytest.mark.parametrize(
    ("before", "words", "wrong"),
    [
        ("gameday: 1\n", [], "invitations.ics:1:1: not an iCalendar file"),
        ("BEGIN:VCALENDAR\nPRODID:x\nEND:VCALENDAR\n", [], "invitations.ics:1:1: not written by gameday"),
        ("", ["late.yaml"], "--ics is for the drills in schedules.yaml"),
    ],
)
def test_a_file_of_something_else_is_not_overwritten(
    before: str, words: list[str], wrong: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / "invitations.ics"
    file.write_text(before, encoding="utf-8")
    code, _, err = command(capsys, "plan", *words, "--ics", "invitations.ics")
    assert code is Exit.BAD_INPUT and wrong in err, err
    assert file.read_text(encoding="utf-8") == before


def test_invitations_need_a_schedule_with_people(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "schedules.yaml").unlink()
    code, _, err = command(capsys, "plan", "--ics", "invitations.ics")
    assert code is Exit.BAD_INPUT and "no drill with people is scheduled" in err
    assert not (project / "invitations.ics").exists()


def test_a_project_without_a_roster_is_told_what_to_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "gameday.yaml").unlink()
    code, _, err = command(capsys, "plan")
    assert code is Exit.BAD_INPUT and "no roster given" in err and "--roster roster.yaml" in err
    assert RosterFile(Path("r"), Path("a/rotation.jsonl")).changes == Path("a/rotation-changes.jsonl")
