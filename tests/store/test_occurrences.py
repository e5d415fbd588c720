"""The record of occurrences: the first claim decides, projects are apart, a broken store is a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from gameday.errors import Exit, Refused
from gameday.schedule.occurrences import OccurrenceRecord, Outcome
from gameday.store.occurrences import OccurrenceLog, open_occurrence_log
from gameday.store.paths import DataFolder

STARTED = OccurrenceRecord("weekly", 1000.0, Outcome.STARTED)


@pytest.fixture
def log(tmp_path: Path) -> OccurrenceLog:
    return open_occurrence_log(DataFolder(tmp_path), "/srv/shop")


def test_only_the_first_claim_of_an_occurrence_succeeds(log: OccurrenceLog) -> None:
    assert log.claim(STARTED, 1001.0)
    assert not log.claim(STARTED, 1002.0)
    assert not log.claim(OccurrenceRecord("weekly", 1000.0, Outcome.SKIPPED, "late", "16 min late"), 2000.0)
    assert log.records("weekly") == [STARTED]


def test_the_end_replaces_the_start_in_the_list_and_the_first_end_stays(log: OccurrenceLog) -> None:
    ended = OccurrenceRecord("weekly", 1000.0, Outcome.HELD, exit=Exit.NOT_HELD, drills=("gd-0001",))
    log.claim(STARTED, 1001.0)
    log.finish(ended, 1100.0)
    log.finish(OccurrenceRecord("weekly", 1000.0, Outcome.FAILED, exit=Exit.FAILED), 1200.0)
    assert log.records("weekly") == [ended]


def test_occurrences_of_another_project_or_schedule_are_others(log: OccurrenceLog) -> None:
    log.claim(STARTED, 1001.0)
    other = OccurrenceLog(log.path, "/srv/other")
    assert other.claim(STARTED, 1001.0)
    assert other.last_check("weekly") is None
    assert log.records("daily") == []


def test_the_last_check_is_kept(log: OccurrenceLog) -> None:
    assert log.last_check("weekly") is None
    log.set_last_check("weekly", 5.0)
    log.set_last_check("weekly", 7.0)
    assert log.last_check("weekly") == 7.0


def test_a_store_that_cannot_be_used_is_a_refusal(log: OccurrenceLog) -> None:
    for file in log.path.parent.glob("gameday.db*"):
        file.unlink()
    log.path.mkdir()
    with pytest.raises(Refused, match=r"the store .* cannot be used"):
        log.claim(STARTED, 1001.0)
