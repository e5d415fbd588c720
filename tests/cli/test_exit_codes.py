"""Every ending has a clear sentence and an exit code; no traceback reaches a user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.docs_pages import ROOT
from support.drill_factory import rehearsal

from gameday.cli.command_table import COMMANDS
from gameday.cli.main import run_command
from gameday.cli.run_report import print_outcomes
from gameday.drill.drill_record import DrillResult
from gameday.drill.log import Log
from gameday.errors import Exit, InternalError
from gameday.events import Ended, NewEvent
from gameday.model import EndReason
from gameday.process_identity import current_process
from gameday.scorecards.scorecard import build_scorecard
from gameday.scorecards.scorecard_text import format_ending
from gameday.store.sqlite import Store

WORDS = ["", "-", "--", "--env", "--format", "json", "--sweep", "--give-up", "--reason", "x", "gd-0000", "--seed",
         "-1", "10**9", "\N{SNOWMAN}", "a" * 300, "/dev/null", "/", "--help", "--rehearse", "no-such.yaml"]  # fmt: skip
HARMLESS = ["plan", "check", "log", "show", "review", "schema", "halt", "status", "nonsense"]


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(tmp_path / "run"))
    monkeypatch.setenv("GAMEDAY_DEMO", str(tmp_path / "demo"))
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    monkeypatch.delenv("GAMEDAY_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)


@given(st.sampled_from(HARMLESS), st.lists(st.sampled_from(WORDS), max_size=4))
def test_no_arguments_make_the_program_itself_fail(command: str, words: list[str]) -> None:
    assert run_command([command, *words]) in (Exit.HELD, Exit.BAD_INPUT, Exit.REFUSED)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_a_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([command, "--help"]) is Exit.HELD
    assert len(capsys.readouterr().out.splitlines()) > 3


def test_unknown_command_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["rnu", "x.yaml"]) is Exit.BAD_INPUT
    assert "Unknown command 'rnu'. Did you mean 'run'?" in capsys.readouterr().err


def test_run_without_a_terminal_names_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", "db-slowdown.yaml"]) is Exit.BAD_INPUT
    assert "--rehearse" in capsys.readouterr().err


def test_unknown_scenario_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", "db-slow.yaml", "--rehearse"]) is Exit.BAD_INPUT
    assert "db-slowdown" in capsys.readouterr().err


def test_unknown_environment_is_refused_and_never_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", "db-slowdown.yaml", "--rehearse", "--env", "stagign"]) is Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert "environment 'stagign': not found. There is no gameday.yaml here, so only the demo is available" in said
    assert "Known environment: demo" in said


def test_misspelled_environment_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", "db-slowdown.yaml", "--rehearse", "--env", "dmo"]) is Exit.BAD_INPUT
    assert "Did you mean 'demo'?" in capsys.readouterr().err
    Path("gameday.yaml").write_text("gameday: 1\nenvironments: {staging: {}}\n")
    assert run_command(["run", "db-slowdown.yaml", "--rehearse", "--env", "stging"]) is Exit.BAD_INPUT
    assert "Did you mean 'staging'?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("demo", "switch", "read-cache", "on"), ("halt", "--sweep", "demo")])
def test_stopped_demo_is_a_refusal_and_not_a_bad_argument(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([*words]) is Exit.REFUSED
    assert "the demo is not running" in capsys.readouterr().err


def test_no_review_needs_a_rehearsal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", "db-slowdown.yaml", "--no-review"]) is Exit.BAD_INPUT
    assert "--no-review needs --rehearse" in capsys.readouterr().err


def test_status_reports_a_store_that_cannot_be_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "store").write_text("no folder")
    assert run_command(["status"]) is not Exit.FAILED
    said = capsys.readouterr()
    assert "cannot be opened" in said.out + said.err


def test_halt_without_a_fault_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["halt"]) is Exit.HELD
    assert "Nothing is outstanding" in capsys.readouterr().out


def test_giving_up_needs_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["halt", "--give-up", "gd-0000"]) is Exit.BAD_INPUT
    assert "reason" in capsys.readouterr().err


def test_failure_of_the_program_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("gameday.cli.main.gameday.main", broken)
    assert run_command(["check"]) is Exit.FAILED
    said = capsys.readouterr().err
    assert "a bug" in said
    assert "Traceback" not in said


def test_closed_pipe_is_not_an_error() -> None:
    command = [sys.executable, "-m", "gameday", "schema", "scenario"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(20) == 0


def test_drill_stopped_before_its_first_fault_says_that_nothing_was_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "drills.db")
    epoch = store.begin("gd-7f3a", "staging", "rehearsal", "digest", current_process())
    halted = NewEvent(Ended(EndReason.HALTED, text="Ctrl-C"))
    with closing(store):
        Log(store, "gd-7f3a", epoch, lambda *_: None).append(halted)
        assert print_outcomes([DrillResult("gd-7f3a")], store, tmp_path) is Exit.HALTED
    assert capsys.readouterr().out == (
        "gd-7f3a ended: Ctrl-C; no fault was applied, and there is nothing to review (exit 4)\n"
    )


def test_review_that_cannot_be_written_hides_no_other_drill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As when the disk fills up in the middle of a rehearsal of two mitigations."""
    drills = ("gd-7f3a", "gd-7f3b")
    with closing(Store(tmp_path / "drills.db")) as store:
        for drill in drills:
            epoch = store.begin(drill, drill, "rehearsal", "", current_process())
            store.append(drill, [NewEvent(e.body, e.happened, e.source, e.role) for e in rehearsal().events], epoch)

        def fail(*_: object) -> Path:
            raise InternalError("No space left on device", "Nothing is lost")

        monkeypatch.setattr("gameday.app.reviews.draft_review", fail)
        with pytest.raises(InternalError, match="No space left"):
            print_outcomes([DrillResult(drill) for drill in drills], store, tmp_path)
    out = capsys.readouterr().out
    assert all(f"{drill}, mitigation" in out for drill in drills), out
    assert out.count("review  not written: No space left on device") == 2
    assert "2 of 2 mitigations restored service" in out


def test_each_code_has_a_row_for_schedulers() -> None:
    page = (ROOT / "docs/reference/exit-codes.md").read_text(encoding="utf-8").split("## What a scheduler does")[1]
    rows = re.findall(r"^\| ([0-9, ]+) \|", page, re.MULTILINE)
    assert [int(code) for row in rows for code in row.split(",")] == sorted(Exit)


def test_each_code_that_a_drill_can_end_with_has_a_text() -> None:
    card = build_scorecard([], ())
    assert all(format_ending(replace(card, exit=code, ended=1.0)) for code in set(Exit) - {Exit.BAD_INPUT})
