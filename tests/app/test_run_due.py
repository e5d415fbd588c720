"""Due occurrences: started once, skipped with a reason, and after whatever happened the next one still comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gameday.app.run_due import DrillEnd, DueRunner
from gameday.app.schedules import open_project_log
from gameday.errors import Exit
from gameday.files.schedules import ScheduleFile
from gameday.schedule.occurrences import Outcome, format_counts
from gameday.schedule.phrase import parse_phrase
from gameday.schedule.schedules import Freeze, Schedule, Skip, SkipCause

TUESDAY = datetime(2026, 12, 1, 10, tzinfo=UTC).timestamp()
WEEK = 7 * 86400.0
WEEKLY = Schedule("weekly", "staging", ("a", "b"), parse_phrase("every tuesday 10:00 UTC", date(2026, 12, 1)))
FREEZE = Freeze("holidays", "nobody is there", {"UTC": (TUESDAY - 3600, TUESDAY + 3600)})


class Starter:
    """Calls run-due at given times. `ends`: how the rehearsals end, in order; then all are held."""

    def __init__(self, folder: Path) -> None:
        self.file = ScheduleFile(folder / "schedules.yaml", {"weekly": WEEKLY})
        self.ends: list[DrillEnd] = []
        self.started: list[str] = []
        self.lines: list[str] = []
        self.obstacle: Skip | None = None
        self.told: list[str] = []
        self.now = TUESDAY

    def run(self, now: float, *schedules: Schedule) -> Exit:
        self.now = now
        runner = DueRunner(
            self.file, lambda: self.now, self.rehearse, self.lines.append, lambda _: self.obstacle, self.tell
        )
        return runner.run(schedules or (WEEKLY,))

    def rehearse(self, file: str, _schedule: Schedule) -> DrillEnd:
        self.started.append(file)
        return self.ends.pop(0) if self.ends else DrillEnd(Exit.HELD, (f"gd-{len(self.started):04}",))

    def tell(self, _schedule: Schedule, text: str) -> dict[str, str]:
        self.told.append(text)
        return {"team-chat": ""}

    def outcomes(self) -> list[Outcome]:
        return [record.outcome for record in open_project_log(self.file).records("weekly")]


@pytest.fixture
def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Starter:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
    return Starter(tmp_path)


def test_a_drill_that_nobody_joined_is_skipped_and_the_next_one_comes(starter: Starter) -> None:
    starter.ends = [DrillEnd(Exit.REFUSED, ("gd-0001",), "IC did not join", missed=SkipCause.NOBODY)] * 2
    assert starter.run(TUESDAY) is Exit.REFUSED
    [record] = open_project_log(starter.file).records("weekly")
    assert (record.outcome, record.cause) == (Outcome.SKIPPED, "nobody came")
    assert "IC did not join" in record.reason
    assert starter.run(TUESDAY + WEEK) is Exit.HELD
    assert starter.outcomes() == [Outcome.SKIPPED, Outcome.HELD]


def test_an_occurrence_runs_all_scenarios_once(starter: Starter) -> None:
    assert starter.run(TUESDAY - 100) is Exit.HELD
    assert starter.run(TUESDAY + 5) is Exit.HELD
    assert starter.run(TUESDAY + 60) is Exit.HELD
    assert starter.started == ["a", "b"]
    assert [starter.lines[0], starter.lines[-1]] == ["nothing due", "nothing due"]
    [record] = open_project_log(starter.file).records("weekly")
    assert (record.scheduled, record.drills, record.exit) == (TUESDAY, ("gd-0001", "gd-0002"), Exit.HELD)


@pytest.mark.parametrize(
    ("end", "outcome", "runs_next_scenario"),
    [
        (DrillEnd(Exit.NOT_HELD), Outcome.HELD, True),
        (DrillEnd(Exit.BAD_INPUT, error="a.yaml:1:1: file not found"), Outcome.REFUSED, True),
        (DrillEnd(Exit.REFUSED, error="already running"), Outcome.REFUSED, True),
        (DrillEnd(Exit.HALTED), Outcome.HALTED, False),
        (DrillEnd(Exit.DIRTY, error="not reverted"), Outcome.DIRTY, False),
        (DrillEnd(Exit.FAILED, error="KeyError: 'x'"), Outcome.FAILED, True),
    ],
)
def test_after_every_ending_the_next_occurrence_still_comes(
    starter: Starter, end: DrillEnd, outcome: Outcome, runs_next_scenario: bool
) -> None:
    starter.ends = [end]
    assert starter.run(TUESDAY) is end.exit
    assert starter.started == (["a", "b"] if runs_next_scenario else ["a"])
    [record] = open_project_log(starter.file).records("weekly")
    assert (record.outcome, record.reason) == (outcome, end.error)
    assert starter.run(TUESDAY + WEEK) is Exit.HELD
    assert starter.outcomes() == [outcome, Outcome.HELD]


@pytest.mark.parametrize(
    ("schedule", "freezes", "late", "cause"),
    [
        (replace(WEEKLY, paused="new cluster"), (), 0.0, "paused"),
        (replace(WEEKLY, skips={"2026-12-01": "release"}), (), 0.0, "planned"),
        (WEEKLY, (FREEZE,), 0.0, "freeze"),
        (WEEKLY, (), 901.0, "late"),
        (WEEKLY, (), WEEK / 2, "late"),
    ],
)
def test_after_every_skip_the_next_occurrence_still_comes(
    starter: Starter, schedule: Schedule, freezes: tuple[Freeze, ...], late: float, cause: str
) -> None:
    starter.run(TUESDAY - WEEK)  # somebody has checked before, so that a missed one is known
    starter.file = replace(starter.file, freezes=freezes)
    assert starter.run(TUESDAY + late, schedule) is Exit.HELD
    assert not starter.started
    [record] = open_project_log(starter.file).records("weekly")
    assert (record.outcome, record.cause) == (Outcome.SKIPPED, cause)
    starter.file = replace(starter.file, freezes=())
    starter.run(TUESDAY + WEEK)
    assert starter.started == ["a", "b"], "a late one is never caught up"
    counts = format_counts(open_project_log(starter.file).records("weekly"))
    assert counts == f"held 1 of 2; skipped: {cause} 1"


def test_weeks_without_a_starter_are_recorded_as_late(starter: Starter) -> None:
    starter.run(TUESDAY)
    starter.run(TUESDAY + 3 * WEEK)
    assert starter.outcomes() == [Outcome.HELD, Outcome.SKIPPED, Outcome.SKIPPED, Outcome.HELD]


def test_a_start_whose_process_died_is_not_repeated(starter: Starter) -> None:
    def die(_file: str, _schedule: Schedule) -> DrillEnd:
        raise SystemExit

    runner = DueRunner(starter.file, lambda: TUESDAY, die, starter.lines.append, lambda _: None, starter.tell)
    with pytest.raises(SystemExit):
        runner.run([WEEKLY])
    starter.run(TUESDAY + 60)
    assert starter.outcomes() == [Outcome.STARTED]
    starter.run(TUESDAY + WEEK)
    assert starter.outcomes() == [Outcome.STARTED, Outcome.HELD]


def test_after_a_signal_no_other_schedule_is_started(starter: Starter) -> None:
    starter.ends = [DrillEnd(Exit.HALTED, interrupted=True)]
    other = replace(WEEKLY, name="other", environment="other")
    assert starter.run(TUESDAY, WEEKLY, other) is Exit.HALTED
    assert starter.started == ["a"]
    starter.run(TUESDAY + 60, WEEKLY, other)
    assert starter.started == ["a", "a", "b"], "the other one is still due"


def test_a_draw_that_fits_nothing_is_recorded(starter: Starter) -> None:
    drawn = replace(WEEKLY, scenarios=(), environment="nowhere")
    assert starter.run(TUESDAY, drawn) is Exit.BAD_INPUT
    [record] = open_project_log(starter.file).records("weekly")
    assert (record.outcome, "nowhere" in record.reason) == (Outcome.REFUSED, True)


def test_an_open_incident_is_a_skip_and_the_third_miss_in_a_row_reaches_the_owner(starter: Starter) -> None:
    starter.obstacle = Skip(SkipCause.INCIDENT, "INC-7 checkout is down")
    assert starter.run(TUESDAY) is Exit.HELD and not starter.started
    assert starter.lines[-1].endswith("skipped (incident): INC-7 checkout is down")
    starter.obstacle = None
    starter.ends = [DrillEnd(Exit.REFUSED, error="not steady")] * 2
    starter.run(TUESDAY + WEEK)
    assert not starter.told
    starter.obstacle = Skip(SkipCause.UNKNOWN_INCIDENTS, "on-call could not be asked")
    starter.run(TUESDAY + 2 * WEEK)
    [text] = starter.told
    assert "weekly was not held 3 times in a row" in text
    assert "incident: INC-7" in text and "refused: not steady" in text and "incidents unknown: on-call" in text
    assert "message to team-chat: sent" in starter.lines
    starter.run(TUESDAY + 3 * WEEK)
    assert len(starter.told) == 1, "the fourth is no further message"
    starter.obstacle = None
    starter.run(TUESDAY + 4 * WEEK)
    starter.obstacle = Skip(SkipCause.INCIDENT, "INC-8")
    for week in range(5, 8):
        starter.run(TUESDAY + week * WEEK)
    assert len(starter.told) == 2, "counted again after one that was held"
