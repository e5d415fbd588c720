"""Bounds of times whose signal could not be read until the drill ended: they end with the last bad reading."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.drill_factory import MONO, Made, facilitated

from gameday.model import Json
from gameday.review.sections.closing_sections import shareable_statements
from gameday.review.sections.service_sentences import service_sentence
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import build_scorecard

CRITERION: dict[str, Json] = {
    "text": "journey-p95 at most 3x baseline", "signal": "journey-p95", "test": "at_most", "limit": "3x baseline",
}  # fmt: skip
OPEN = facilitated().without("mitigated", "evaluated").changed("planned", mitigated_when=[CRITERION])
"""Users are affected from second 103.4; the revert begins at second 1266."""
UNREADABLE = "journey-p95 could not be read from then on"


def unreadable(since: float, made: Made = OPEN, signal: str = "journey-p95", until: float = 1e9) -> Made:
    """Return the drill with a signal whose probe failed from `since` to `until` seconds."""
    readings = tuple(
        replace(each, value=None, n=0, error="refused")
        if each.signal == signal and since <= each.at - MONO < until
        else each
        for each in made.readings
    )
    return Made(made.events, readings)


def restored(made: Made) -> str:
    return scorecard_text.format_service_restored(build_scorecard(made.events, made.readings))


def test_a_bound_ends_with_the_last_bad_reading() -> None:
    made = unreadable(107.0)
    card = build_scorecard(made.events, made.readings)
    assert restored(made) == f"at least 2.6 s after impact; {UNREADABLE}"
    assert service_sentence(made.events, card) == f"Users were affected for ≥ 2.6 s ({UNREADABLE})."
    assert "for at least 2.6 s." in str(shareable_statements(made.events, card))


@pytest.mark.parametrize("made", [unreadable(107.0, until=600.0), unreadable(107.0, signal="database-cpu")])
def test_a_signal_that_was_read_again_or_does_not_matter_shortens_nothing(made: Made) -> None:
    assert (
        restored(made)
        == restored(Made(OPEN.events, ()))
        == "not before the drill ended: ≥ 19 min 23 s (ended by the revert)"
    )


def test_good_readings_before_the_probe_failed_do_not_count_as_bad() -> None:
    assert restored(unreadable(1200.0)) == f"at least 16 min 21 s after impact; {UNREADABLE}"


def test_another_signal_that_stayed_bad_keeps_the_bound() -> None:
    waits: dict[str, Json] = {**CRITERION, "signal": "database-wait", "limit": "3x baseline"}
    made = unreadable(107.0, OPEN.changed("planned", mitigated_when=[CRITERION, waits]))
    assert restored(made).startswith("not before the drill ended")


def test_a_request_that_timed_out_is_a_bad_reading() -> None:
    made = unreadable(107.0)
    timed_out = tuple(replace(each, more_than=2.0) if each.value is None else each for each in made.readings)
    assert restored(Made(made.events, timed_out)).startswith("not before the drill ended")
