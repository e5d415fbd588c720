"""Schedule: every step that the screen counts down to has a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.drill_factory import MONO, event
from support.shipped_drill import plan_of

from gameday.boards.drill_board import DrillBoard
from gameday.boards.schedule_items import ItemState, MessageItem, list_message_items
from gameday.drill.facilitator import ESCALATION_DELAY_S, next_decision_at
from gameday.drill.state import DrillState, fold_event
from gameday.model import Json, Mode, Plan, Source

PHASES: dict[str, Json] = {"before": "preflight", "after": "running"}


def running(plan: Plan, *events: tuple[float, str, dict[str, Json]]) -> DrillBoard:
    board, state = DrillBoard(plan), DrillState()
    for at, kind, data in ((9.0, "phase", PHASES), (10.0, "start", {}), *events):
        made = event((at, kind, data, Source.RUNNER, None))
        state = fold_event(state, made)
        board.event(made, state)
    board.tick(MONO + 20.0, state)
    return board


def next_row(board: DrillBoard) -> MessageItem:
    return next(item for item in list_message_items(board) if item.state is ItemState.COMING)


def without_messages(mode: Mode, **changes: Any) -> Plan:
    plan = plan_of(mode)
    scenario = replace(plan.scenario, messages=(), **changes)
    return replace(plan, scenario=scenario, faults=(), script=())


def test_drill_that_ends_at_its_timebox_has_a_row_for_its_end() -> None:
    board = running(without_messages(Mode.REHEARSAL, ends=None, page=None))
    row = next_row(board)
    assert (row.who, row.what) == ("end", "revert all faults")
    assert row.at == next_decision_at(board.plan, board.state, board.now)


def test_before_the_start_the_end_waits_for_the_timebox() -> None:
    [row] = list_message_items(DrillBoard(without_messages(Mode.REHEARSAL, ends=None, page=None)))
    assert (row.who, row.waits_for) == ("end", "at the timebox")


def test_page_that_nobody_acknowledges_has_a_row_for_its_escalation() -> None:
    board = running(without_messages(Mode.FACILITATED), (15.0, "paged", {}))
    row = next_row(board)
    assert (row.who, row.what) == ("page", "to the mentor too, unless acknowledged")
    assert row.at == MONO + 15.0 + ESCALATION_DELAY_S


def test_a_hint_that_was_given_does_not_say_that_it_will_be_skipped() -> None:
    plan = plan_of(Mode.FACILITATED)
    index, message = next((i, each) for i, each in enumerate(plan.scenario.messages) if each.hint and each.unless)
    reached: tuple[float, str, dict[str, Json]] = (16.0, str(message.unless), {})
    coming, *_ = [row for row in list_message_items(running(plan, reached)) if row.entry == index]
    assert coming.what.endswith(f"(will be skipped: {message.unless})")
    given = running(plan, (15.0, "hint-whispered", {"entry": index, "text": message.say}), reached)
    done, *_ = [row for row in list_message_items(given) if row.entry == index]
    assert (done.how, done.what) == ("whispered", f'"{message.say}"')
