"""Signals on the facilitator's screen: bars from zero on a scale that the screen names."""

from __future__ import annotations

import pytest
from support.drill_factory import MONO
from support.screen import board_at, plain_screen, screen_row

from gameday.boards.signal_board import SignalStatus
from gameday.model import Reading, SignalKind
from gameday.terminal.screen_state import ScreenState


def status(
    kind: SignalKind, *values: float | None, bound: float | None = None, base: float | None = None
) -> SignalStatus:
    found = SignalStatus("wait", kind, "", bound=bound, baseline=base)
    found.history.extend(values)
    return found


@pytest.mark.parametrize(
    ("shown", "top"),
    [
        (status(SignalKind.RATIO, 0.026, 0.026, bound=0.5), 1.0),
        (status(SignalKind.ALERT, 0.0), 1.0),
        (status(SignalKind.DURATION, 0.002, bound=0.1, base=0.002), 0.1),
        (status(SignalKind.DURATION, 0.4, None, bound=0.1, base=0.002), 0.4),
        (status(SignalKind.COUNT, 120.0, 119.0, bound=50.0, base=121.0), 121.0),
        (status(SignalKind.COUNT, 3.0, base=3.0), 6.0),
        (status(SignalKind.COUNT, 3.0, 3.0), 6.0),
        (status(SignalKind.COUNT, 3.0, 30.0), 30.0),
        (status(SignalKind.COUNT), 0.0),
    ],
)
def test_scale_ends_at_100_percent_or_at_the_highest_of_limit_baseline_and_readings(
    shown: SignalStatus, top: float
) -> None:
    assert shown.scale_top() == top


def fill(board: ScreenState, signal: str, value: float) -> None:
    for second in range(31, 75):
        board.reading(Reading(signal, MONO + second, value, 9, ""))
    board.tick(MONO + 75, board.state)


def test_flat_low_value_is_a_low_bar() -> None:
    board = board_at(30.0)
    fill(board, "database-cpu", 0.026)
    fill(board, "journey-p95", 0.008)
    text = plain_screen(board, 80, 24)
    for name in ("database-cpu", "journey-p95"):
        assert "▁▁▁▁▁▁▁▁" in screen_row(text, name) and "█" not in screen_row(text, name)


def test_value_of_a_full_bar_is_named_where_there_is_room() -> None:
    board = board_at(30.0)
    fill(board, "database-cpu", 0.026)
    for width in (96, 110, 200):
        text = plain_screen(board, width, 50)
        column = screen_row(text, "full bar").index("full bar")
        assert screen_row(text, "database-cpu")[column:].startswith("    100%"), width
        assert screen_row(text, "database-wait")[column:].startswith("  434 ms"), width
    assert "full bar" not in plain_screen(board, 80, 24)


def test_signal_without_a_reading_is_not_marked_as_unknown() -> None:
    board = ScreenState(board_at(1.0).plan)
    board.tick(MONO + 1, board.state)
    assert screen_row(plain_screen(board, 80, 24), "journey-success").startswith("   journey-success")
