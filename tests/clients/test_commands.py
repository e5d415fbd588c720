"""A command's output is bounded whatever it prints, and its variables appear in no message."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gameday.clients.foreign_text import last_line, shorten_line
from gameday.drill.environment_commands import run_command

SECRET = "s3cret-of-a-test"
PRINTS_200_MB = "import sys\nfor _ in range(200): sys.stdout.write('x' * 2**20)\nsys.exit('the end')"
MEASURE = """
import resource, sys
from gameday.drill.environment_commands import run_command
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
error = run_command([sys.executable, "-c", sys.argv[1]], "gd-test/x")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, error)
"""


def run(*words: str, folder: Path | None = None) -> str:
    return run_command(words, "gd-test/x", folder=folder).partition("exited with ")[2]


def test_a_command_that_prints_200_mb_takes_no_memory() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE, PRINTS_200_MB], capture_output=True, text=True, check=True)
    grown, _, error = done.stdout.strip().partition(" ")
    assert int(grown) < 20_000, f"{grown} kB"
    assert error.endswith("exited with 1: the end")


def test_the_message_is_the_last_line_of_stderr_else_of_stdout() -> None:
    assert run("sh", "-c", "echo out; echo first >&2; echo last >&2; exit 3") == "3: last"
    assert run("sh", "-c", "echo one; echo two; echo; exit 4") == "4: two"
    assert run("sh", "-c", "exit 5") == "5"


def test_what_a_command_prints_moves_no_cursor() -> None:
    assert run("sh", "-c", r"printf 'a\033[2Jb\tc\n' >&2; exit 1") == "1: a [2Jb c"
    assert shorten_line("ab\u202ecd\u2028ef\x00") == "abcd ef"
    assert len(shorten_line("x" * 1_000_000)) == 200
    assert last_line(b"\xff\xfe\n\n") == "\ufffd\ufffd"


def test_a_variable_is_substituted_when_the_command_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    (tmp_path / "say").write_text('#!/bin/sh\ntest "$1" = "$TOKEN" && cat here\necho "no: $1" >&2\nexit 7\n')
    (tmp_path / "say").chmod(0o755)
    (tmp_path / "here").write_text("")
    assert run("./say", "${TOKEN}", folder=tmp_path) == "7: no: ${TOKEN}"
    assert run("sh", "-c", "echo $${TOKEN:-x} >&2; exit 1") == "1: ${TOKEN}", "its name reads like a credential"
    monkeypatch.delenv("TOKEN")
    error = run_command(["./say", "${TOKEN}"], "gd-test/x", folder=tmp_path)
    assert error == "./say could not be started: variable TOKEN is not set"


@pytest.mark.parametrize("command", [["/no/such/program"], ["a\x00b"]])
def test_a_command_that_cannot_be_started_is_an_error_text(command: list[str]) -> None:
    assert "could not be started" in run_command(command, "gd-test/x")
