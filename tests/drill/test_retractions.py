"""A retraction: the log keeps the record, and everything computed from the log leaves it out."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pytest
from support.drill_factory import HUMAN, Made, facilitated
from support.shipped_drill import plan_of

from gameday.boards.drill_board import DrillBoard
from gameday.boards.playback import Playback
from gameday.drill.state import DrillState, fold_event, fold_with_retractions
from gameday.events import (
    DebriefEnded,
    Event,
    Retracted,
    UnknownRecord,
    list_retractable,
    retraction_event,
    without_retracted,
)
from gameday.model import Mode, Role
from gameday.moments import Moment
from gameday.scorecards.objectives import evaluate_objectives
from gameday.scorecards.scorecard import build_scorecard
from gameday.terminal.screen_state import ScreenState

PEOPLE = facilitated()


def number_of(made: Made, kind: str) -> int:
    return next(event.seq for event in made.events if event.kind == kind)


def retracted(made: Made, kind: str) -> list[Event]:
    """Return the log with the first event of this kind retracted right after the last one."""
    draft = retraction_event(made.events, number_of(made, kind))
    last = made.events[-1]
    event = replace(last, seq=last.seq + 1, body=draft.body, source=draft.source, role=draft.role)
    return [*made.events, event]


@pytest.mark.parametrize("kind", ["declared", "ic-announced", "acknowledged", "prediction"])
def test_what_is_computed_leaves_out_what_was_retracted(kind: str) -> None:
    log = retracted(PEOPLE, kind)
    without = [event for event in PEOPLE.events if event.seq != number_of(PEOPLE, kind)]
    assert any(event.kind == kind for event in log), "the log keeps it"
    card, expected = build_scorecard(log, PEOPLE.readings), build_scorecard(without, PEOPLE.readings)
    assert card == expected
    assert evaluate_objectives(without_retracted(log)) == evaluate_objectives(without)


def test_state_and_boards_follow_a_retraction() -> None:
    log = retracted(PEOPLE, "declared")
    state = DrillState()
    for index, event in enumerate(log):
        state = fold_with_retractions(state, event, log[: index + 1])
    assert state == reduce(fold_event, without_retracted(log), DrillState())
    assert Moment.DECLARED not in state.moments
    plan = plan_of(Mode.FACILITATED, "")
    board = DrillBoard(plan)
    Playback(board, plan).advance(log[-1].at, log, [])
    shown = [statement.what for statement in board.responders.statements]
    assert not any(text.startswith("Incident declared") for text in shown)
    assert shown[-1] == "Retracted: declared"


def test_log_pane_omits_what_was_retracted() -> None:
    log = retracted(PEOPLE, "declared")
    screen = ScreenState(plan_of(Mode.FACILITATED, ""))
    for event in log:
        screen.event(event, DrillState())
    texts = [text for _, text, _ in screen.log_lines(60)]
    assert "Retracted: declared" in texts
    assert not any("Incident declared" in text for text in texts)


def test_only_what_people_recorded_can_be_retracted_and_once() -> None:
    for kind in ("fault", "impact", "alert", "start", "message"):
        with pytest.raises(ValueError, match="cannot be retracted"):
            retraction_event(PEOPLE.events, number_of(PEOPLE, kind))
    log = retracted(PEOPLE, "declared")
    assert number_of(PEOPLE, "declared") not in [event.seq for event in list_retractable(log)]
    with pytest.raises(ValueError, match="cannot be retracted"):
        retraction_event(log, number_of(PEOPLE, "declared"))


def test_the_moments_of_a_claimed_role_are_retracted_with_it() -> None:
    made = PEOPLE.plus(400.0, "role-claimed", source=HUMAN, role=Role.SCRIBE).plus(400.0, "assembled", source=HUMAN)
    draft = retraction_event(made.events, number_of(made, "role-claimed"))
    assert isinstance(draft.body, Retracted) and draft.body.kinds == ("role-claimed", "assembled")


@pytest.mark.parametrize(("events", "todo"), [(PEOPLE.events, "gameday retract"), ([], "There are no records")])
def test_number_that_no_record_has_says_where_the_numbers_are(events: list[Event], todo: str) -> None:
    with pytest.raises(UnknownRecord) as caught:
        retraction_event(events, 9_999)
    assert caught.value.wrong == "record 9999 cannot be retracted" and todo in caught.value.todo


def test_after_the_debrief_nothing_is_retracted() -> None:
    last = PEOPLE.events[-1]
    log = [*PEOPLE.events, replace(last, seq=last.seq + 1, body=DebriefEnded())]
    assert list_retractable(log) == []
