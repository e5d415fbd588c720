"""Why an occurrence is skipped, which occurrences a check reaches, slots that meet, and the counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gameday.errors import Exit
from gameday.schedule.occurrences import OccurrenceRecord, Outcome, format_counts, outcome_of, worst_exit
from gameday.schedule.phrase import parse_phrase
from gameday.schedule.schedules import Freeze, Schedule, SkipCause, find_skip, list_reached
from gameday.schedule.slots import find_overlap, find_overrun, list_slots

TUESDAY = datetime(2026, 12, 1, 10, tzinfo=UTC).timestamp()
WEEK = 7 * 86400.0
WEEKLY = Schedule("weekly", "staging", ("a.yaml",), parse_phrase("every tuesday 10:00 UTC", date(2026, 12, 1)))
FREEZE = Freeze("holidays", "nobody is there", {"UTC": (TUESDAY - 3600, TUESDAY + 3600)})


def test_an_occurrence_starts_on_time_and_up_to_15_minutes_late() -> None:
    assert find_skip(WEEKLY, (), TUESDAY, TUESDAY) is None
    assert find_skip(WEEKLY, (), TUESDAY, TUESDAY + 900) is None
    late = find_skip(WEEKLY, (), TUESDAY, TUESDAY + 901)
    assert late is not None and late.cause is SkipCause.LATE


@pytest.mark.parametrize(
    ("schedule", "freezes", "cause", "reason"),
    [
        (replace(WEEKLY, paused="new cluster"), (FREEZE,), SkipCause.PAUSED, "new cluster"),
        (replace(WEEKLY, skips={"2026-12-01": "release"}), (FREEZE,), SkipCause.PLANNED, "release"),
        (replace(WEEKLY, skips={"2026-12-01 10:00": "release"}), (), SkipCause.PLANNED, "release"),
        (WEEKLY, (FREEZE,), SkipCause.FREEZE, "holidays: nobody is there"),
    ],
)
def test_the_reason_of_the_team_comes_before_the_lateness(
    schedule: Schedule, freezes: tuple[Freeze, ...], cause: SkipCause, reason: str
) -> None:
    skip = find_skip(schedule, freezes, TUESDAY, TUESDAY + 5000)
    assert skip is not None and (skip.cause, skip.reason) == (cause, reason)
    assert find_skip(replace(schedule, paused=""), freezes, TUESDAY + WEEK, TUESDAY + WEEK) is None


def test_a_check_reaches_what_was_missed_since_the_last_one() -> None:
    now = TUESDAY + 2 * WEEK
    assert list_reached(WEEKLY, TUESDAY - 60, now) == [TUESDAY, TUESDAY + WEEK, now]
    assert list_reached(WEEKLY, None, now + 899) == [now], "a first check knows nothing of earlier ones"
    assert list_reached(WEEKLY, None, now + 1000) == []


def test_a_clock_that_was_wrong_hides_nothing_that_is_due() -> None:
    assert list_reached(WEEKLY, TUESDAY + 520 * WEEK, TUESDAY + 5) == [TUESDAY]


def test_a_starter_whose_clock_is_ahead_a_little_starts_it() -> None:
    assert list_reached(WEEKLY, None, TUESDAY - 20) == [TUESDAY]
    assert list_reached(WEEKLY, None, TUESDAY - 60) == []


@pytest.mark.parametrize(
    ("phrase", "meets"),
    [
        ("every tuesday 10:59 UTC", True),
        ("every tuesday 11:00 UTC", False),
        ("every wednesday 10:00 UTC", False),
        ("every first tuesday 9:30 UTC", True),
        ("every tuesday 12:00 Europe/Berlin", True),
        ("every tuesday 14:00 Europe/Berlin", False),
    ],
)
def test_slots_meet_where_they_overlap_in_any_week_of_two_years(phrase: str, meets: bool) -> None:
    other = parse_phrase(phrase, date(2026, 12, 1))
    slots = list_slots(WEEKLY.recurrence, 3600, TUESDAY - 1), list_slots(other, 3600, TUESDAY - 1)
    assert (find_overlap(*slots) is not None) is meets
    assert (find_overlap(*reversed(slots)) is not None) is meets


def test_a_slot_longer_than_the_interval_meets_itself() -> None:
    assert find_overrun(list_slots(WEEKLY.recurrence, WEEK + 1, TUESDAY)) is not None
    assert find_overrun(list_slots(WEEKLY.recurrence, WEEK, TUESDAY)) is None


def test_counts_name_what_was_held_and_why_others_were_not() -> None:
    outcomes = [*["held"] * 5, *["skipped freeze"] * 2, "skipped late", "refused", "started"]
    records = []
    for number, text in enumerate(outcomes):
        outcome, _, cause = text.partition(" ")
        records.append(OccurrenceRecord("weekly", float(number), Outcome(outcome), cause))
    assert format_counts(records[:8]) == "held 5 of 8; skipped: freeze 2, late 1"
    assert format_counts(records) == "held 5 of 10; skipped: freeze 2, late 1; refused 1; end not recorded 1"
    assert format_counts([]) == "not run yet"


def test_every_exit_code_has_an_outcome_and_a_rank() -> None:
    assert {outcome_of(code) for code in Exit} == set(Outcome) - {Outcome.SKIPPED, Outcome.STARTED}
    assert worst_exit(Exit) is Exit.DIRTY
    assert worst_exit([Exit.HELD, Exit.NOT_HELD]) is Exit.NOT_HELD
    assert worst_exit([]) is Exit.HELD
