"""Approvals of owners as a facilitator and a schedule meet them: nothing is touched without one that holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from support.drill_folder import Ended
from support.facilitated_drill import events
from support.proxy_drill import LATENCY, OUTAGE, Make, Place, ProxyServer

from gameday.errors import Exit
from gameday.events import FACILITATOR, PreflightChecked, of_type

TODAY = datetime.now(UTC).date()
"""The tests' processes run in UTC."""


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Place:
    """Return a place whose one target is owned."""
    place = make(ours)
    place.env["TZ"] = "UTC"
    file = place.folder / "gameday.yaml"
    file.write_text(file.read_text().replace("{injector: toxiproxy,", "{injector: toxiproxy, owner: payments team,"))
    place.write(LATENCY, stands="1s", timebox="90s")
    return place


def approve(place: Place, *words: str) -> Ended:
    return place.gameday("approve", "payments team", *words)


def hold_from(place: Place, begins: date, until: date) -> None:
    """Approve everything by hand, as an owner does in the file."""
    file = place.folder / "gameday.yaml"
    entry = f"owner: payments team, targets: [database], kinds: [latency], from: {begins}, until: {until}"
    file.write_text(f"{file.read_text()}    approvals: {{ours: {{{entry}}}}}\n")


def test_fault_without_approval_is_refused_until_the_named_command_was_run(place: Place) -> None:
    wrong = (
        f"late.yaml:7:67: latency on target 'database' needs the approval of payments team, and none holds on {TODAY}"
    )
    remedy = f"gameday approve 'payments team' --env {place.name} --target database --kind latency"
    checked = place.gameday("check", "late.yaml", "--env", place.name)
    assert checked.code == Exit.BAD_INPUT and wrong in checked.err and remedy in checked.err, checked
    for command in (("plan", "late.yaml"), ("run", "late.yaml", "--rehearse")):
        refused = place.gameday(*command)
        assert refused.code == Exit.REFUSED and wrong in refused.err and remedy in refused.err, refused
    approved = approve(place, "--env", place.name, "--target", "database", "--kind", "latency")
    assert approved.code == Exit.HELD and f"until {TODAY + timedelta(days=90)}" in approved.out, approved
    assert place.gameday("check", "late.yaml", "gameday.yaml", "--env", place.name).code == Exit.HELD
    planned = place.gameday("plan", "late.yaml")
    assert f"payments team: latency on database until {TODAY + timedelta(days=90)}" in planned.out, planned
    run = place.run()
    assert run.code() == Exit.HELD, run.describe()
    [check] = [event.body for event in of_type(events(place), PreflightChecked) if event.body.name == "approval"]
    assert "payments team approved latency on database until" in check.text
    assert PreflightChecked.audience is FACILITATOR, "targets and kinds would narrow the guess"


def test_approval_covers_its_kinds_and_days_alone(place: Place) -> None:
    hold_from(place, TODAY - timedelta(days=60), TODAY)
    planned = place.gameday("plan", "late.yaml")
    assert planned.code == Exit.HELD and f"the approval of payments team ends on {TODAY}" in planned.out, planned
    place.write(OUTAGE)
    assert "outage on target 'database' needs the approval" in place.gameday("plan", "late.yaml").err


@pytest.mark.parametrize(
    ("begins", "until", "known"),
    [(-60, -1, "the last approval ended on {}"), (1, 30, "the approval begins on {}")],
    ids=["ended", "not yet"],
)
def test_refusal_tells_the_days_of_the_nearest_approval(place: Place, begins: int, until: int, known: str) -> None:
    hold_from(place, TODAY + timedelta(days=begins), TODAY + timedelta(days=until))
    day = TODAY + timedelta(days=until if until < 0 else begins)
    assert known.format(day) in place.gameday("plan", "late.yaml").err


def test_schedule_tells_which_occurrence_outlives_the_approval(place: Place) -> None:
    hold_from(place, TODAY - timedelta(days=70), TODAY + timedelta(days=20))
    added = place.gameday("schedule", "add", "every day 23:58 UTC", "late.yaml", "--name", "daily", "--slot", "10m")
    assert added.code == Exit.HELD and "warning" not in added.out, "the coming ones are covered"
    later = TODAY + timedelta(days=19)
    words = ("schedule", "add", "every day 12:00 UTC", "late.yaml", "--slot", "10m", "--starts", str(later))
    first = TODAY + timedelta(days=21)
    gap = f"{first:%a} {first} 12:00 UTC needs an approval of payments team by then"
    for told in (place.gameday(*words, "--name", "noon"), place.gameday("schedule", "list")):
        assert told.code == Exit.HELD and f"warning: {gap}" in " ".join(told.out.split()), told
    upcoming = place.gameday("schedule", "next", "noon")
    lines = upcoming.out.splitlines()
    assert ["needs an approval of payments team" in line for line in lines] == [False, False, True, True, True], lines
    assert "latency" not in upcoming.out, "everyone may see a schedule"


def test_schedules_are_listed_whatever_the_state_of_their_approvals(place: Place) -> None:
    added = place.gameday("schedule", "add", "every day 23:58 UTC", "late.yaml", "--name", "daily")
    assert added.code == Exit.HELD and "needs an approval of payments team" in added.out, added
    assert place.gameday("schedule", "list").code == Exit.HELD
    place.gameday("schedule", "skip", "daily", "--reason", "holidays")


@pytest.mark.parametrize(
    ("words", "wrong", "todo"),
    [
        (["shop team"], "shop team owns no target of", "Owners there: payments team"),
        (["payments team", "--target", "databse"], "target 'databse' of", "did you mean"),
        (["payments team", "--kind", "latenzy"], "kind 'latenzy' is not possible on database", "did you mean"),
        (["payments team", "--until", "2042-01-01"], "at most 90 days", f"{TODAY + timedelta(days=90)} at the latest"),
        (["payments team", "--until", "soon"], "--until: invalid day 'soon'", "2026-12-01"),
        (["payments team", "--env", "demo"], "the environment demo is built in", "--env"),
    ],
)
def test_approval_that_could_not_hold_is_refused(place: Place, words: list[str], wrong: str, todo: str) -> None:
    before = (place.folder / "gameday.yaml").read_bytes()
    refused = place.gameday("approve", *words)
    assert refused.code == Exit.BAD_INPUT and wrong in refused.err and todo.lower() in refused.err.lower(), refused
    assert (place.folder / "gameday.yaml").read_bytes() == before


def test_approvals_are_added_to_those_that_are_there(place: Place) -> None:
    for _ in range(2):
        assert approve(place, "--note", "https://chat.example.com/4711").code == Exit.HELD
    text = (place.folder / "gameday.yaml").read_text()
    assert f"payments-team-{TODAY}:" in text and f"payments-team-{TODAY}-2:" in text
    assert "kinds: [bandwidth, " in text, "all that a proxy can do"
    assert place.gameday("check", "gameday.yaml").code == Exit.HELD
