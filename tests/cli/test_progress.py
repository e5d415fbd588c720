"""The progress line: nothing for a short wait, one line on a terminal that is cleared, elsewhere whole lines."""

from __future__ import annotations

import io
import sys
import threading

import pytest
from support.drill_factory import rehearsal
from support.shipped_drill import plan
from typing_extensions import override

from gameday.cli import progress as module
from gameday.cli.drill_progress import DrillProgress
from gameday.cli.output import print_status
from gameday.cli.progress import CLEAR_LINE, progress
from gameday.drill.state import DrillState
from gameday.drill.view import NoView


class Terminal(io.StringIO):
    """A stream that says it is a terminal, and tells when something was written."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal
        self.was_written = threading.Event()

    @override
    def isatty(self) -> bool:
        return self.is_terminal

    @override
    def write(self, text: str, /) -> int:
        count = super().write(text)
        self.was_written.set()
        return count


def stderr(monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool, delay: float = 0.0) -> Terminal:
    stream = Terminal(is_terminal=is_terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(module, "DELAY_S", delay)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_short_wait_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stderr(monkeypatch, is_terminal=True, delay=60.0)
    with progress("the demo to start"):
        pass
    assert stream.getvalue() == ""


def test_progress_line_is_cleared_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stderr(monkeypatch, is_terminal=True)
    with progress("the demo to start"):
        assert stream.was_written.wait(10)
        print_status("Starting PostgreSQL.")
    shown = f"{CLEAR_LINE}Waiting for the demo to start: 0 s"
    assert stream.getvalue().startswith(f"{shown}{CLEAR_LINE}Starting PostgreSQL.\n")


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_progress_in_a_file_has_no_control_characters(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    stream = stderr(monkeypatch, is_terminal=term == "dumb")
    monkeypatch.setenv("TERM", term)
    with progress("the demo to start"):
        assert stream.was_written.wait(10)
    assert stream.getvalue() == "Waiting for the demo to start: 0 s\n"


def test_closed_stream_does_not_stop_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stderr(monkeypatch, is_terminal=True)
    stream.close()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    with progress("the demo to start"):
        pass


def test_blocked_terminal_does_not_stop_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, release = stderr(monkeypatch, is_terminal=True), threading.Event()
    entered = threading.Event()

    def block(_text: str) -> int:
        entered.set()
        release.wait(30)
        return 0

    monkeypatch.setattr(stream, "write", block)
    monkeypatch.setattr(module, "BLOCKED_TIMEOUT_S", 0.01)
    with progress("the demo to start"):
        assert entered.wait(10)
    assert not release.is_set()
    release.set()


def test_preflight_progress_is_shown_until_the_drill_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stderr(monkeypatch, is_terminal=False)
    view = DrillProgress(NoView())
    view.begin(plan())
    assert stream.was_written.wait(10)
    assert stream.getvalue() == "Waiting for preflight: targets, readings, load and steady state: 0 s\n"
    assert _is_waiting()
    for event in rehearsal().events:
        view.event(event, DrillState())
        if event.kind == "start":
            assert not _is_waiting()
    view.end()


def _is_waiting() -> bool:
    return "progress" in [thread.name for thread in threading.enumerate()]
