"""`gameday schedule` as a user, and cron, run it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.docs_pages import ROOT
from support.drill_folder import eventually
from support.proxy_drill import LATENCY, Make, Place, ProxyServer

FOREVER = "every day {} UTC"


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Place:
    created = make(ours)
    created.write(LATENCY, stands="1s", timebox="90s")
    return created


def add_due_now(place: Place, *more: str) -> None:
    """Add a schedule whose occurrence began within the last minute; near midnight too."""
    now = datetime.now(UTC)
    yesterday = (now - timedelta(days=1)).date().isoformat()
    added = place.gameday(
        "schedule", "add", FOREVER.format(f"{now:%H:%M}"), "late.yaml", "--name", "daily", "--starts", yesterday, *more
    )
    assert added.code == 0, added.err


def run_due(place: Place, **env: str) -> subprocess.Popen[bytes]:
    """Start `run-due` as cron does: no HOME, no terminal, and stdout closed."""
    usual = {key: value for key, value in place.env.items() if key != "HOME"}
    command = f"exec {sys.executable} -m gameday schedule run-due daily >&-"
    with (place.folder / "cron.err").open("ab") as error:
        return subprocess.Popen(
            ["sh", "-c", command], cwd=place.folder, env={**usual, **env}, stdin=subprocess.DEVNULL, stderr=error
        )


def test_two_starters_make_one_drill(place: Place) -> None:
    add_due_now(place)
    starters = [run_due(place), run_due(place)]
    codes = [starter.wait(120) for starter in starters]
    errors = (place.folder / "cron.err").read_text(encoding="utf-8")
    assert set(codes) <= {0, 1} and "Traceback" not in errors, errors
    [schedule] = json.loads(place.gameday("schedule", "list", "--format", "json").out)
    assert schedule["outcomes"] == {"held": 1}
    assert len(json.loads(place.gameday("show", "--all", "--format", "json").out)) == 1
    assert place.clean()
    again = place.gameday("schedule", "run-due")
    assert (again.code, again.out) == (0, "nothing due\n")


def test_sigterm_reverts_and_the_occurrence_is_recorded_as_halted(place: Place) -> None:
    """A service manager stops the starter in the middle of the fault."""
    place.write(LATENCY, stands="60s")
    add_due_now(place)
    starter = run_due(place)
    eventually(place.marks, "the fault")
    starter.terminate()
    assert starter.wait(120) == 4
    assert place.clean()
    listed = place.gameday("schedule", "list", "--format", "json").out
    assert json.loads(listed)[0]["outcomes"] == {"halted": 1}


def test_a_refused_occurrence_has_the_exit_code_and_the_reason_of_run(place: Place) -> None:
    add_due_now(place)
    text = (place.folder / "gameday.yaml").read_text(encoding="utf-8")
    (place.folder / "gameday.yaml").write_text(
        text.replace("    targets:", "    allows_drills: false\n    targets:"), encoding="utf-8"
    )
    refused = place.gameday("schedule", "run-due")
    run = place.gameday("run", "late.yaml", "--rehearse")
    assert (refused.code, run.code) == (3, 3)
    assert run.err.splitlines()[-2:] == refused.err.splitlines()[-2:], "the same sentence"
    listed = place.gameday("schedule", "list").out
    assert "held 0 of 1; refused 1" in listed and "does not allow drills" in " ".join(listed.split())


def test_a_schedule_is_added_skipped_paused_resumed_and_removed(place: Place) -> None:
    file = place.folder / "schedules.yaml"
    assert place.gameday("schedule", "list").out.startswith("no schedules in schedules.yaml")
    assert place.gameday("schedule", "add", "every tuesday 10:00 Europe/Berlin", "late.yaml").code == 0
    name = f"{place.name}-late"
    comment = "# The team's own words.\n"
    file.write_text(comment + file.read_text(encoding="utf-8"), encoding="utf-8")
    skipped = place.gameday("schedule", "skip", name, "--reason", "release week")
    assert re.search(r"\d{4}-\d{2}-\d{2} will be skipped: release week", skipped.out)
    upcoming = place.gameday("schedule", "next", "-n", "2").out.splitlines()
    assert upcoming[0].endswith("skipped (planned): release week")
    assert upcoming[1].endswith(name)
    assert place.gameday("schedule", "skip", name, "2020-01-02", "--reason", "x").code == 2, "no Tuesday"
    assert place.gameday("schedule", "pause", name, "--reason", "new cluster").code == 0
    assert place.gameday("schedule", "pause", name, "--reason", "again").code == 2
    assert "paused: new cluster" in place.gameday("schedule", "list").out
    resumed = place.gameday("schedule", "resume", name)
    assert resumed.code == 0 and f"next: {upcoming[1].removesuffix(name).strip()}" in resumed.out, "not the skipped one"
    assert place.gameday("schedule", "resume", name).code == 2
    assert place.gameday("check", "schedules.yaml").code == 0
    assert place.gameday("schedule", "remove", name).code == 0
    assert file.read_text(encoding="utf-8") == comment + "gameday: 1\n"


def test_the_schedules_of_the_guide_can_be_added_one_after_another(place: Place) -> None:
    page = (ROOT / "docs/how-to/weekly-drill.md").read_text()
    commands = re.findall(r"^gameday (schedule add .*)$", page, re.MULTILINE)
    place.write(LATENCY, stands="1s", timebox="1h")
    (place.folder / "late.yaml").rename(place.folder / "db-slowdown.yaml")
    for command in commands:
        added = place.gameday(*shlex.split(command.replace("--env staging", f"--env {place.name}")))
        assert added.code == 0, (command, added.err)
    assert len(commands) == 2


def test_schedules_that_would_meet_in_one_environment_are_refused(place: Place) -> None:
    assert place.gameday("schedule", "add", "every tuesday 10:00 UTC", "late.yaml", "--slot", "30m").code == 0
    before = (place.folder / "schedules.yaml").read_bytes()
    met = place.gameday("schedule", "add", "every first tuesday 11:20 Europe/Berlin", "late.yaml", "--slot", "30m")
    assert met.code == 3
    assert f"it overlaps schedule {place.name}-late in {place.name}" in met.err
    itself = place.gameday("schedule", "add", "every day 12:00 UTC", "late.yaml", "--slot", "30h")
    assert (itself.code, "it overlaps itself" in itself.err) == (3, True)
    assert (place.folder / "schedules.yaml").read_bytes() == before
    apart = place.gameday("schedule", "add", "every first tuesday 12:31 Europe/Berlin", "late.yaml", "--slot", "30m")
    assert apart.code == 0, apart.err
    assert f"{place.name}-late-2: added" in apart.out


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_list_creates_no_store(place: Place, form: str) -> None:
    assert place.gameday("schedule", "add", "every tuesday 10:00 UTC", "late.yaml").code == 0
    listed = place.gameday("schedule", "list", "--format", form)
    assert listed.code == 0 and f"{place.name}-late" in listed.out
    assert not list(Path(place.env["GAMEDAY_STORE"]).parent.rglob("gameday.db*"))


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("add", "every tag 10:00 UTC", "late.yaml"), 2, "cannot read the days 'every tag'"),
        (("add", "every tuesday 10:00 UTC"), 2, "name either the scenarios to run, or --draw"),
        (("add", "every tuesday 10:00 UTC", "late.yaml", "--draw"), 2, "name either"),
        (("add", "every tuesday 10:00 UTC", "none.yaml"), 2, "scenario 'none.yaml' not found"),
        (("add", "every tuesday 10:00 UTC", "late.yaml", "--env", "none"), 2, "environment 'none': not found"),
        (("add", "every tuesday 10:00 UTC", "late.yaml", "--slot", "soon"), 2, "--slot: 'soon' is not a duration"),
        (("add", "every tuesday 10:00 UTC", "late.yaml", "--starts", "soon"), 2, "--starts: invalid day 'soon'"),
        (("run-due", "none"), 2, "schedule 'none': not found in schedules.yaml"),
        (("export", "cron", "none"), 2, "schedule 'none': not found"),
        (("export", "crontab", "none"), 2, "'crontab' is not a starter. Did you mean 'cron'?"),
    ],
)
def test_a_mistake_changes_nothing(words: tuple[str, ...], code: int, message: str, place: Place) -> None:
    ended = place.gameday("schedule", *words)
    assert ended.code == code
    assert message in " ".join(ended.err.split())
    assert not (place.folder / "schedules.yaml").exists()


def test_an_invalid_file_is_reported_with_line_and_column(place: Place) -> None:
    (place.folder / "schedules.yaml").write_text("gameday: 1\nschedules: {a: {env: b}}\n", encoding="utf-8")
    for words in (("list",), ("next",), ("run-due",)):
        ended = place.gameday("schedule", *words)
        assert (
            ended.code,
            "schedules.yaml:2:13: schedule 'a' needs either cron, or both rrule and at" in ended.err,
        ) == (2, True)


def test_the_crontab_line_runs_what_is_due(place: Place) -> None:
    """Run the exported command in another folder, with no more than cron sets."""
    add_due_now(place)
    skipped = place.gameday("schedule", "pause", "daily", "--reason", "not in this test")
    assert skipped.code == 0
    text = place.gameday("schedule", "export", "cron", "daily").out
    command = text.splitlines()[-1].split(" ", 5)[5].replace("\\%", "%")
    bare = {"PATH": "/usr/bin:/bin", "GAMEDAY_RUNTIME": str(place.runtime)}
    done = subprocess.run(["/bin/sh", "-c", command], cwd="/", env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, "skipped (paused): not in this test" in done.stdout) == (0, True), done.stderr
    assert "held 0 of 1; skipped: paused 1" in place.gameday("schedule", "list").out


def test_a_schedule_is_found_by_the_folder_of_gameday_yaml(place: Place, tmp_path: Path) -> None:
    add_due_now(place)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {**place.env, "GAMEDAY_FILE": os.path.relpath(place.folder / "gameday.yaml", elsewhere)}
    done = subprocess.run(
        [sys.executable, "-m", "gameday", "schedule", "next"], cwd=elsewhere, env=env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "daily" in done.stdout) == (0, True), done.stderr
