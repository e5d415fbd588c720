"""Responders' view: roles as the briefing assigned them, and what is hidden above."""

from __future__ import annotations

import re

import pytest
from support.drill_factory import MONO, event
from support.shipped_drill import plan_of

from gameday.drill.state import DrillState, fold_event
from gameday.model import Json, Mode, Role, Source
from gameday.terminal.glyphs import UNICODE
from gameday.terminal.line_formatter import LineFormatter
from gameday.terminal.responder_screen import render_responder_screen
from gameday.terminal.screen_header import render_roles
from gameday.terminal.screen_state import ScreenState

Said = tuple[float, str, dict[str, Json], Source, Role | None]


def go_ahead(*roles: str) -> Said:
    return (8.0, "go-ahead", {"roles": list(roles)}, Source.HUMAN, Role.FACILITATOR)


STARTED: Said = (10.0, "start", {}, Source.RUNNER, None)
ANNOUNCED: Said = (20.0, "ic-announced", {}, Source.HUMAN, Role.IC)
ASSEMBLED: Said = (30.0, "assembled", {}, Source.HUMAN, None)


def board_of(*events: Said, mode: Mode = Mode.FACILITATED) -> ScreenState:
    board, state = ScreenState(plan_of(mode)), DrillState()
    for said in events:
        state = fold_event(state, event(said))
        board.event(event(said), state)
    board.tick(MONO + 60.0, state)
    return board


def screen(board: ScreenState, height: int = 24) -> str:
    return "\n".join(line.plain for line in render_responder_screen(board, 80, height, UNICODE, []))


@pytest.mark.parametrize(
    ("events", "roles"),
    [
        ([go_ahead("facilitator", "ic", "ops"), STARTED], "   assigned: IC, ops"),
        ([go_ahead("ic"), STARTED, ANNOUNCED], "   unfilled: ops   IC since 0:10"),
        ([go_ahead(), STARTED], "   unfilled: IC, ops"),
        ([go_ahead(), STARTED, ASSEMBLED], "   none recorded"),
    ],
)  # fmt: skip
def test_roles_are_unfilled_only_if_nobody_was_assigned_or_assembled(events: list[Said], roles: str) -> None:
    assert roles in screen(board_of(*events)).splitlines()


def test_solo_drill_has_no_unfilled_role() -> None:
    shown = screen(board_of(STARTED, mode=Mode.SOLO))
    assert "unfilled" not in shown and "you are the only responder" in shown


def test_hidden_statements_are_counted() -> None:
    notes: list[Said] = [(11.0 + n, "note", {"text": f"note {n}"}, Source.HUMAN, Role.OPS) for n in range(20)]
    board = board_of(STARTED, *notes)
    shown = screen(board)
    visible = len(re.findall(r"Note: note \d+", shown))
    assert f"{20 - visible} lines above" in shown and "note 19" in shown
    assert "above" not in screen(board_of(STARTED, *notes[:3]))


def test_role_that_said_nothing_is_not_heard_yet() -> None:
    said: Said = (25.0, "note", {"text": "slow"}, Source.HUMAN, Role.OPS)
    board = board_of(go_ahead("ic", "ops", "mentor"), STARTED, said)
    [line] = render_roles(board, LineFormatter(80, UNICODE))
    assert line.plain.split("   ") == [" not heard yet  IC, mentor", "last heard  facilitator 0:50 ago  ops 0:35 ago"]


def test_no_time_runs_for_the_team_while_the_drill_waits() -> None:
    paged: Said = (15.0, "paged", {}, Source.RUNNER, None)
    phases: Said = (9.0, "phase", {"before": "preflight", "after": "running"}, Source.RUNNER, None)
    pause: Said = (20.0, "paused", {}, Source.HUMAN, Role.FACILITATOR)
    assert "assembling for" in screen(board_of(phases, STARTED, paged))
    solo = board_of(phases, STARTED, paged, mode=Mode.SOLO)
    assert "assembling for" not in screen(solo), "one person has nobody to assemble"
    assert "assembling for" not in screen(board_of(phases, STARTED, paged, pause))
