"""A command's output and time are bounded, whatever it prints and starts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gameday.clients.commands import CommandResult, run_bounded
from gameday.clients.foreign_text import last_line, single_line
from gameday.drill.environment_commands import run_command

PRINTS_200_MB = "import sys\nfor _ in range(200): sys.stdout.write('x' * 2**20)\nsys.exit('the end')"
MEASURE = """
import resource, sys
from gameday.drill.environment_commands import run_command
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
error = run_command([sys.executable, "-c", sys.argv[1]], "label")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, error)
"""


def sh(script: str, timeout: float = 10.0) -> CommandResult:
    return run_bounded(["sh", "-c", script], timeout)


def test_a_command_that_prints_200_mb_takes_no_memory() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE, PRINTS_200_MB], capture_output=True, text=True, check=True)
    grown, _, error = done.stdout.strip().partition(" ")
    assert int(grown) < 20_000, f"{grown} kB"
    assert error.endswith("exited with 1: the end")


def test_the_message_is_the_last_line_of_stderr_else_of_stdout() -> None:
    assert sh("echo out; echo first >&2; echo last >&2; exit 3") == CommandResult(3, "last")
    assert sh("echo one; echo two; echo; exit 4") == CommandResult(4, "two")
    assert sh("exit 5") == CommandResult(5, "")


def test_at_its_timeout_a_command_is_killed_with_its_children() -> None:
    assert sh("sleep 600 & echo waiting; wait", timeout=0.3) == CommandResult(None, "waiting")


def test_a_child_that_keeps_the_output_open_does_not_delay_the_end() -> None:
    done = sh("sleep 600 & echo $!", timeout=30)
    subprocess.run(["kill", done.message], check=True)
    assert done.code == 0


def test_what_a_command_prints_moves_no_cursor() -> None:
    assert sh(r"printf 'a\033[2Jb\tc\n' >&2; exit 1").message == "a [2Jb c"
    assert single_line("ab\u202ecd\u2028ef\x00") == "abcd ef"
    assert len(single_line("x" * 1_000_000)) == 200
    assert last_line(b"\xff\xfe\n\n") == "\ufffd\ufffd"


@pytest.mark.parametrize("command", [["/no/such/program"], ["a\x00b"]])
def test_a_command_that_cannot_be_started_is_an_error_text(command: list[str]) -> None:
    assert "could not be started" in run_command(command, "label")
