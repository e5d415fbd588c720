"""The exit code of a command depends neither on a closed stream nor on a reader that leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gameday.cli.main import make_folders_absolute

ENDINGS = [
    (["check", "db-slowdown"], 0),
    (["check", "--format", "json", "broken.yaml"], 2),
    (["check", "broken.yaml"], 2),
    (["status"], 0),
    (["halt"], 0),
    (["log"], 2),
    (["schema", "scenario"], 0),
    (["--help"], 0),
    (["rnu"], 2),
]
CLOSED = {"stdout": ">&-", "stderr": "2>&-", "all three": "<&- >&- 2>&-"}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "broken.yaml").write_text("gameday: 1\n")
    own = {"GAMEDAY_STORE": "store", "GAMEDAY_RUNTIME": str(tmp_path / "run"), "GAMEDAY_DEMO": "demo"}
    return {**os.environ, **own}


def run_shell(redirection: str, words: list[str], environ: dict[str, str], cwd: Path) -> tuple[int, str]:
    """Run a command in a shell with that redirection; return its exit code and all output."""
    command = ["sh", "-c", f'"$@" {redirection}', "sh", sys.executable, "-m", "gameday", *words]
    ended = subprocess.run(command, env=environ, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("closed", CLOSED)
@pytest.mark.parametrize(("words", "code"), ENDINGS, ids=lambda value: str(value[0]) if isinstance(value, list) else "")
def test_a_closed_stream_changes_no_exit_code(
    words: list[str], code: int, closed: str, environ: dict[str, str], tmp_path: Path
) -> None:
    ended, output = run_shell(CLOSED[closed], words, environ, tmp_path)
    assert (ended, "Traceback" in output) == (code, False), output


@pytest.mark.parametrize(("words", "code"), ENDINGS, ids=lambda value: str(value[0]) if isinstance(value, list) else "")
def test_a_pipe_without_a_reader_changes_no_exit_code(
    words: list[str], code: int, environ: dict[str, str], tmp_path: Path
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "gameday", *words]
    try:
        ended = subprocess.run(
            command, env=environ, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writer)
    assert (ended.returncode, "Traceback" in ended.stderr) == (code, False), ended.stderr


def test_full_disk_reports_the_lost_result_in_one_sentence(environ: dict[str, str], tmp_path: Path) -> None:
    code, output = run_shell(">/dev/full", ["--help"], environ, tmp_path)
    assert code == 6
    assert output == "gameday: cannot write the output: No space left on device\n"


def test_a_result_that_fits_the_buffer_is_not_lost_without_a_word(environ: dict[str, str], tmp_path: Path) -> None:
    code, output = run_shell(">/dev/full", ["status"], environ, tmp_path)
    assert (code, output) == (6, "gameday: cannot write the output: No space left on device\n")


def test_errors_that_cannot_be_written_change_no_exit_code(environ: dict[str, str], tmp_path: Path) -> None:
    assert run_shell("2>/dev/full", ["check", "broken.yaml"], environ, tmp_path) == (2, "")


def test_processes_of_a_drill_find_the_same_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guardian works in the root folder: a relative name would mean another folder there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAMEDAY_RUNTIME", "run")
    monkeypatch.setenv("HOME", "")
    make_folders_absolute()
    assert os.environ["GAMEDAY_RUNTIME"] == str(tmp_path / "run")
    assert "HOME" not in os.environ
