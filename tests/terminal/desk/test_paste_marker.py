"""Keys and pastes are distinguished where the terminal does not mark pastes."""

from __future__ import annotations

import os
import threading

import pytest
from support.drill_folder import PATIENCE

from gameday.terminal.desk.paste_marker import PASTE_BEGIN, PASTE_END, PASTE_GAP_S, PasteMarker, PasteMarkingDriver


def marked(text: bytes) -> bytes:
    return PASTE_BEGIN + text + PASTE_END


@pytest.mark.parametrize("text", [b"quit", b"fy\r", b"\r\r\r", b"it hangs!", "drei Größen".encode()])
def test_simultaneous_characters_are_a_paste(text: bytes) -> None:
    assert PasteMarker().mark(text, 100.0) == marked(text)


@pytest.mark.parametrize("text", [b"q", b"d1", b"!!!!!", b"\x03\x03\x03", b"\x1b[A\x1b[A\x1b[B", b"\x1b", "é".encode()])
def test_typed_keys_are_passed_on(text: bytes) -> None:
    assert PasteMarker().mark(text, 100.0) == text


def test_keys_one_after_the_other_are_no_paste() -> None:
    marker = PasteMarker()
    assert [marker.mark(bytes([key]), 100.0 + index * PASTE_GAP_S) for index, key in enumerate(b"quit")] == [
        b"q", b"u", b"i", b"t",
    ]  # fmt: skip


def test_the_rest_of_a_long_paste_is_a_paste_too_and_the_next_key_is_a_key() -> None:
    marker = PasteMarker()
    assert marker.mark(b"x" * 4096, 100.0) == marked(b"x" * 4096)
    assert marker.mark(b"q", 100.0 + PASTE_GAP_S / 2) == marked(b"q")
    assert marker.mark(b"q", 101.0) == b"q"


def test_a_paste_that_the_terminal_marks_is_passed_on_in_any_pieces() -> None:
    whole = marked(b"fyq\r" * 20)
    for size in (7, 13, 50):
        marker = PasteMarker()
        pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert [marker.mark(piece, 100.0) for piece in pieces] == pieces
        assert marker.mark(b"e", 200.0) == b"e"


def test_ctrl_c_right_behind_a_paste_is_a_key() -> None:
    marker = PasteMarker()
    marker.mark(b"half a word", 100.0)
    assert marker.mark(b"\x03", 100.0 + PASTE_GAP_S / 2) == b"\x03"


def test_the_reader_ends_when_the_terminal_is_closed() -> None:
    master, terminal = os.openpty()
    driver = PasteMarkingDriver.__new__(PasteMarkingDriver)
    driver.fileno, driver.exit_event, driver._debug = terminal, threading.Event(), False
    reader = threading.Thread(target=driver.run_input_thread, daemon=True)
    reader.start()
    os.close(master)
    reader.join(PATIENCE)
    assert not reader.is_alive(), "it waits for ever for input, at full speed"
