"""Ctrl-C at any time of a command: one line that says what was touched, exit code 4, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gameday.cli import entry
from gameday.cli.main import run_command
from gameday.errors import BadArguments, Exit

INTERRUPT_WHILE_LOADING = """
import os, signal, sys
class Interrupter:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupter())
signal.signal(signal.SIGINT, {handler})
from gameday.cli.entry import main
sys.argv = ["gameday", "list"]
main()
"""


def interrupt_while_loading(module: str, handler: str) -> subprocess.CompletedProcess[str]:
    """Run `gameday list`, and send SIGINT when it loads the module."""
    program = INTERRUPT_WHILE_LOADING.format(module=module, handler=handler)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60.0)


@pytest.mark.parametrize("module", ["gameday.cli.main", "gameday.cli.list_scenarios"])
def test_interrupt_while_code_is_loaded_prints_one_line(module: str) -> None:
    ended = interrupt_while_loading(module, "signal.default_int_handler")
    assert (ended.returncode, ended.stdout) == (Exit.HALTED, "")
    assert ended.stderr == "\ngameday: stopped by Ctrl-C; nothing was touched\n"
    assert entry.EXIT_CODE == Exit.HALTED


def test_ignored_interrupt_stays_ignored() -> None:
    ended = interrupt_while_loading("gameday.cli.main", "signal.SIG_IGN")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "db-slowdown" in ended.stdout


def interrupt(*_: object, **__: object) -> str:
    raise KeyboardInterrupt


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    return tmp_path


def test_interrupted_questions_say_that_nothing_was_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", interrupt)
    assert run_command(["new"]) is Exit.HALTED
    assert "gameday: stopped by Ctrl-C. Nothing was written.\n" in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_interrupted_start_of_a_run_says_that_nothing_was_touched(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gameday.cli.run.interrupt_command", lambda: None)
    monkeypatch.setattr("gameday.cli.run.prepare_drill", interrupt)
    assert run_command(["run", "db-slowdown", "--rehearse"]) is Exit.HALTED
    assert "gameday: stopped by Ctrl-C. No drill was started: no fault was applied" in capsys.readouterr().err


def test_folder_that_cannot_be_written_is_reported_before_any_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    monkeypatch.setattr("builtins.input", interrupt)
    assert run_command(["new", "/proc/first.yaml"]) is BadArguments.exit
    assert run_command(["init", "--into", "/proc/gameday.yaml"]) is BadArguments.exit
    monkeypatch.chdir("/proc")
    assert run_command(["new"]) is BadArguments.exit
    assert capsys.readouterr().err.count("cannot write to folder /proc: ") == 3
