"""Lines on a narrow terminal wrap at words; what a program reads never does."""

from __future__ import annotations

import io
import os

import pytest
from typing_extensions import override

from gameday.terminal.line_wrapping import wrap_for_terminal


class Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((40, 24)))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("short", "short"),
        (
            "ok  injector     toxiproxy: latency, jitter, bandwidth",
            "ok  injector     toxiproxy: latency,\n                 jitter, bandwidth",
        ),
        (
            "  Name another folder with GAMEDAY_RUNTIME, please.",
            "  Name another folder with\n  GAMEDAY_RUNTIME, please.",
        ),
        ("/a/path/of/one/word/" + "x" * 40 + " exists", "/a/path/of/one/word/" + "x" * 40 + "\nexists"),
        ("first\n\nthird line", "first\n\nthird line"),
    ],
)
def test_a_long_line_wraps_at_words_below_its_column(line: str, shown: str) -> None:
    assert wrap_for_terminal(line, Terminal()) == shown


def test_a_pipe_gets_whole_lines() -> None:
    line = "word " * 40
    assert wrap_for_terminal(line, io.StringIO()) == line
