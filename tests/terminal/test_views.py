"""The views of the loop: lines for pipes, the whole terminal; neither delays the loop."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable

import pytest
from rich.console import Console
from support.shipped_drill import Player, plan, plan_of
from typing_extensions import override

from gameday.cli.drill_progress import DrillProgress
from gameday.cli.run import create_rehearsal_view
from gameday.drill.state import DrillState
from gameday.drill.view import NoView, View
from gameday.events import Event
from gameday.model import Mode, Plan
from gameday.terminal.live_view import DRAW_INTERVAL_S, LiveView
from gameday.terminal.plain_view import PlainView
from gameday.terminal.threaded_view import ThreadedView
from gameday.terminal.view_factory import create_view

UTF = {"LANG": "C.UTF-8", "TERM": "xterm"}


def told(encoding: str = "utf-8", until: float = 90.0) -> list[str]:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    view = PlainView(stream)
    Player(view).play(until)
    view.end()
    return raw.getvalue().decode(encoding).splitlines()


def test_lines_have_both_offsets_and_come_in_order() -> None:
    lines = told()
    assert "rehearsal: gd-7f3a in demo" in lines[0]
    assert "gameday stop" in lines[1]
    assert "T+0:04   F+0:00   FAULT: latency on database, confirmed active" in lines
    assert any(line.startswith("T+0:48   F+0:44   MITIGATED") for line in lines)
    assert lines[-1].endswith("Drill ended as planned")
    assert not any("\x1b" in line for line in lines)


def test_lines_are_flushed_at_once() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    Player(PlainView(stream)).play(14.0)
    assert b"FAULT" in raw.getvalue()


def test_lines_for_a_stream_that_knows_no_unicode() -> None:
    assert all(line.isascii() for line in told("ascii"))


def live(width: int = 80, height: int = 24, interval: float = DRAW_INTERVAL_S) -> tuple[LiveView, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, width=width, height=height, force_terminal=True, color_system="standard", _environ=UTF)
    return LiveView(console, UTF, interval=interval), out


def test_terminal_is_restored_at_the_end() -> None:
    view, out = live()
    Player(view).play(30.0)
    view.end()
    view.end()
    written = out.getvalue()
    assert written.count("\x1b[?1049h") == written.count("\x1b[?1049l") == 1
    assert written.rstrip().endswith("\x1b[?25h") or "\x1b[?25h" in written
    assert "active for 0:16" in written


def test_unchanged_screen_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    view, out = live()
    player = Player(view)
    ticks = iter([100.0, 100.1, 101.0, 102.0])
    monkeypatch.setattr("gameday.terminal.live_view.time.monotonic", lambda: next(ticks))
    player.play(30.0)
    drawn = len(out.getvalue())
    player.view.tick(5030.0, player.state)  # another look at the same second
    assert len(out.getvalue()) == drawn


def test_screen_follows_a_resize() -> None:
    view, out = live(interval=0.0)
    player = Player(view)
    player.play(30.0)
    view._console.size = (200, 60)
    before = len(out.getvalue())
    player.play(30.0)
    assert out.getvalue()[before:].count("\n") == 59


class Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


def test_stderr_output_during_the_screen_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Terminal()
    monkeypatch.setattr(sys, "stderr", real)
    view, out = live(interval=0.0)
    player = Player(view)
    player.play(14.0)
    print("gameday: not written yet", file=sys.stderr)
    player.play(14.1)
    assert real.getvalue() == ""
    assert "not written yet" in out.getvalue()
    view.end()
    assert sys.stderr is real
    assert real.getvalue() == "gameday: not written yet\n"


class Faulty(NoView):
    @override
    def event(self, event: Event, state: DrillState) -> None:
        raise ZeroDivisionError("in a view")


class Deaf(NoView):
    """Stands still at its first call, as a terminal does after Ctrl-S."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    @override
    def begin(self, plan: Plan) -> None:
        self.go_on.wait()


def test_failing_view_never_raises_into_the_loop(capsys: pytest.CaptureFixture[str]) -> None:
    view = ThreadedView(Faulty())
    player = Player(view)
    player.play(90.0)
    view.end()
    view.end()
    assert capsys.readouterr().err.count("the view failed (ZeroDivisionError: in a view); the drill continues.") == 1


def test_blocked_view_does_not_delay_the_drill() -> None:
    deaf = Deaf()
    view = ThreadedView(deaf, end_timeout=0.05)
    Player(view).play(90.0)
    view.end()
    deaf.go_on.set()


class Recorder(NoView):
    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.thread = ""

    @override
    def begin(self, plan: Plan) -> None:
        self.kinds.append("begin")

    @override
    def event(self, event: Event, state: DrillState) -> None:
        self.kinds.append(event.kind)
        self.thread = threading.current_thread().name

    @override
    def end(self) -> None:
        self.kinds.append("finish")


def test_threaded_view_keeps_the_order_of_several_drills() -> None:
    recorder = Recorder()
    view = ThreadedView(recorder)
    for _ in range(2):
        Player(view).play(90.0)
        view.end()
    half = len(recorder.kinds) // 2
    assert recorder.kinds[:half] == recorder.kinds[half:]
    assert (recorder.kinds[0], recorder.kinds[1], recorder.kinds[half - 1]) == ("begin", "planned", "finish")
    assert recorder.thread == "view"


def inner(view: View) -> View:
    assert isinstance(view, ThreadedView)
    return view._view


@pytest.mark.parametrize(
    ("tty", "environ", "kind"),
    [
        (True, UTF, LiveView),
        (False, UTF, PlainView),
        (True, {**UTF, "TERM": "dumb"}, PlainView),
        (True, {"LANG": "C.UTF-8"}, PlainView),
        (True, {**UTF, "CI": "true"}, PlainView),
        (True, {**UTF, "NO_COLOR": "1"}, LiveView),
    ],
)
def test_view_fits_the_terminal(tty: bool, environ: dict[str, str], kind: Callable[[], View]) -> None:
    assert type(inner(create_view(tty, environ))) is kind


def test_closed_pipe_ends_the_lines_and_not_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stderr", heard)
    spare = os.open(os.devnull, os.O_WRONLY)
    with os.fdopen(writer, "w") as stream, os.fdopen(spare, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        view = ThreadedView(PlainView(stream))
        view.begin(plan())
        view.end()
        assert heard.getvalue() == "gameday: nobody reads the output any more.\n"
        os.dup2(spare, stream.fileno())  # so that closing it finds a reader


def test_rehearsal_is_printed_as_lines_on_a_terminal_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(os, "environ", {**os.environ, **UTF, "CI": ""})
    rehearsed = plan_of(Mode.REHEARSAL)
    assert isinstance(inner(create_rehearsal_view(rehearsed, "token", lines=True)), DrillProgress)
    assert isinstance(inner(create_rehearsal_view(rehearsed, "token", lines=False)), LiveView)
