"""Layout of the facilitator's screen at usual terminal sizes."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from support.drill_factory import MARK, MONO
from support.events import event as made_event
from support.screen import board_at, plain_screen, screen_row

from gameday.model import Json, Mode, Reading
from gameday.terminal.glyphs import ASCII, UNICODE, Glyphs
from gameday.terminal.live_view import ScreenLines
from gameday.terminal.screen_header import STOP
from gameday.terminal.screen_layout import RowRequest, allocate_rows, render_screen
from gameday.terminal.screen_state import ScreenState


def screen(board: ScreenState, width: int, height: int, glyphs: Glyphs = UNICODE) -> str:
    """As rich writes it to a terminal of that size."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, height=height, force_terminal=True, color_system=None, legacy_windows=False
    )
    console.print(ScreenLines(render_screen(board, width, height, glyphs)), end="")
    return out.getvalue().replace("\x1b[1m", "")


def said(board: ScreenState, kind: str, **data: Json) -> None:
    now = MONO + 31.0
    event = made_event(kind, data, now, seq=99)
    board.event(event, board.state)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60)])
def test_all_that_matters_is_on_the_screen(width: int, height: int) -> None:
    text = screen(board_at(30.0), width, height)
    assert len(text.splitlines()) == height
    for words in (
        "gd-7f3a in demo", "RUNNING", "0:20 since the start", "timebox ends in 5:40",
        "FAULT latency on database", "active for 0:16", "auto-reverts: lease expires after 5 s", MARK,
        "proxy orders-db",
        "journey-success", "journey-p95", "neighbour-success", "database-wait", "database-cpu", "journey-slow",
        "43 ms", "at most 800ms", "firing", "Two shoppers report that checkout hangs", STOP,
    ):  # fmt: skip
        assert words in text, words
    assert "REHEARSAL" in text.replace(" ", "")


def test_a_long_text_wraps_where_there_are_rows_and_none_is_cut() -> None:
    text = screen(board_at(31.0), 100, 70)
    assert len(text.splitlines()) == 70
    assert "alerted within 3 minutes." in " ".join(text.split())
    assert "(will be skipped: declared)" in " ".join(text.split())
    assert UNICODE.more not in text


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60), (60, 12), (20, 5), (1, 1)])
@pytest.mark.parametrize("until", [0.0, 9.2, 30.0, 58.0, 75.0, 90.0])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_it_fits_any_terminal_at_any_time(width: int, height: int, until: float, glyphs: Glyphs) -> None:
    lines = render_screen(board_at(until), width, height, glyphs)
    assert len(lines) == height
    assert max(line.cell_len for line in lines) <= width
    if glyphs is ASCII:
        assert all(line.plain.isascii() for line in lines)


def test_a_signal_outside_is_marked_with_a_sign_and_not_by_colour_alone() -> None:
    before, after = plain_screen(board_at(12.0), 80, 24), plain_screen(board_at(30.0), 80, 24)
    assert screen_row(before, "journey-p95").startswith("   ")
    assert screen_row(after, "journey-p95").startswith(" ! ")
    assert screen_row(after, "neighbour-success").startswith("   ")
    assert "halts below 99%" in screen_row(after, "neighbour-success")


def test_a_signal_without_a_value_cannot_be_read_and_is_never_fine() -> None:
    board = board_at(30.0)
    for second in range(31, 45):
        board.reading(Reading("journey-p95", MONO + second, None, 0, "timed out"))
        board.reading(Reading("database-wait", MONO + second, None, 0, "timed out"))
    board.tick(MONO + 45, board.state)
    text = plain_screen(board, 80, 24)
    for name in ("journey-p95", "database-wait"):
        assert screen_row(text, name).startswith(" ? ")
        assert "cannot be read" in screen_row(text, name)


def test_the_course_says_what_was_what_comes_and_what_waits() -> None:
    text = plain_screen(board_at(31.0), 120, 60)
    assert "✓ at 0:18" in screen_row(text, "Two shoppers")
    assert "▸ in 0:30" in screen_row(text, "Support has five reports")
    assert "(will be skipped: declared)" in plain_screen(board_at(31.0), 140, 60)
    assert "· 0:06 after mitigated" in screen_row(text, "It is better now")
    assert "action restart-database" in screen_row(text, "That emptied its cache")
    assert "· 0:12 after mitigated" in screen_row(text, "revert all faults")


def test_what_comes_next_stays_when_there_are_few_rows() -> None:
    for height in (24, 20, 16):
        text = plain_screen(board_at(31.0), 80, height)
        assert "▸" in text, height
        assert "Message from support" in text, height


def test_before_the_fault_it_says_when_and_after_it_says_how_long() -> None:
    assert "scheduled in 0:03" in screen_row(plain_screen(board_at(10.5), 80, 24), "FAULT")
    assert "reverted after 0:57" in screen_row(plain_screen(board_at(75.0), 80, 24), "FAULT")


def test_a_revert_that_does_not_succeed_is_loud() -> None:
    board = board_at(30.0)
    said(board, "revert-pending", marker=MARK, reason="the proxy does not answer")
    text = plain_screen(board, 80, 24)
    assert "NOT reverted yet for 0:16" in screen_row(text, "FAULT")
    assert "   the proxy does not answer\n" in text


def test_the_last_line_says_what_to_do() -> None:
    def foot(until: float) -> str:
        return plain_screen(board_at(until), 80, 24).splitlines()[-1]

    assert STOP in foot(30.0)
    assert "Let it finish" in foot(75.0)
    assert "All faults removed" in foot(90.0)


def test_stuck_names_the_command_that_cures_it() -> None:
    from dataclasses import replace

    from gameday.model import Phase

    board = board_at(75.0)
    board.state = replace(board.state, phase=Phase.STUCK)
    assert "gameday halt" in plain_screen(board, 80, 24).splitlines()[-1]
    assert "All faults removed" not in plain_screen(board, 80, 24)


def test_a_drill_with_people_is_marked_as_a_drill() -> None:
    text = plain_screen(board_at(30.0, Mode.FACILITATED), 80, 24)
    assert "DRILL" in text.splitlines()[0]
    assert "REHEARSAL" not in text


def test_steps_of_the_script_are_done_whether_spoken_or_acted() -> None:
    board = board_at(30.0)
    said(board, "note", text="slow", step=50)
    said(board, "action-finished", action="a", succeeded=True, step=51)
    assert [board.script[step].how for step in (50, 51)] == ["done", "done"]


def test_no_message_can_move_the_cursor() -> None:
    board = board_at(30.0)
    said(board, "note", text="one\x1b[2Jtwo\nthree\x07 [bold]four")
    text = plain_screen(board, 120, 40)
    assert "one [2Jtwo three" in text
    assert "[bold]four" in text
    assert "\x1b" not in text


@given(st.integers(0, 80), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30)), max_size=4))
def test_rows_are_shared_out_whole(rows: int, pairs: list[tuple[int, int]]) -> None:
    wishes = [RowRequest(least, least + more) for least, more in pairs]
    given_rows = allocate_rows(rows, wishes)
    assert sum(given_rows) == min(rows, sum(wish.most for wish in wishes))
    assert all(0 <= got <= wish.most for got, wish in zip(given_rows, wishes, strict=True))
    if rows >= sum(wish.least for wish in wishes):
        assert all(got >= wish.least for got, wish in zip(given_rows, wishes, strict=True))


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 50)])
def test_the_facilitators_token_stays_in_sight_beside_the_way_to_stop(width: int, height: int) -> None:
    board = board_at(30.0)
    board.token = "k7fq2m9xwp"
    lines = [line.plain for line in render_screen(board, width, height, UNICODE)]
    assert STOP in lines[-1]
    [token] = [line for line in lines[-2:] if "export GAMEDAY_TOKEN=k7fq2m9xwp" in line]
    assert "facilitator's other terminals: export" in token
    assert ("gameday stop" in token) == (width >= 150), "one line only where a label and space separate them"


def test_before_the_first_reading_nothing_looks_like_a_failure() -> None:
    board = ScreenState(board_at(1.0).plan)
    board.tick(MONO + 1, board.state)
    found = screen_row(plain_screen(board, 80, 24), "journey-success")
    assert "no reading yet" in found
    assert "cannot be read" not in found


def test_a_signal_is_named_once_on_its_line() -> None:
    board = board_at(30.0)
    for second in range(31, 45):
        board.reading(Reading("journey-success", MONO + second, 1.0, 0, ""))
    board.tick(MONO + 45, board.state)
    found = screen_row(plain_screen(board, 80, 24), "journey-success")
    assert "cannot be read" in found
    assert found.count("journey-success") == 1
    assert found.count("cannot be read") == 1


def test_a_response_time_that_timed_out_is_shown_as_more_than_the_timeout() -> None:
    board = board_at(30.0)
    for second in range(31, 45):
        board.reading(Reading("journey-p95", MONO + second, None, 1, "timed out", more_than=2.0))
    board.tick(MONO + 45, board.state)
    row = screen_row(plain_screen(board, 100, 24), "journey-p95")
    assert row.startswith(" ! ") and "> 2 s" in row
