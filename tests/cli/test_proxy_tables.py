"""`gameday proxy`: its output on a narrow terminal, in a pipe and on a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.proxy import Proxied, Server, ours
from support.pty_terminal import Terminal

from gameday.cli.main import run_command
from gameday.errors import Exit


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ours() as server:
        yield server


@pytest.fixture
def db(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxied]:
    """With a toxic that needs a wide line."""
    monkeypatch.setenv("GAMEDAY_PROXY", str(server.http.base_url))
    with server.proxied() as proxied:
        attributes = {"latency": 400, "jitter": 50, "connect": True}
        proxied.toxic("latency", name="slow-as-in-the-incident-of-may", attributes=attributes)
        proxied.toxic("noop", name="another-one-with-quite-a-name")
        yield proxied


@pytest.mark.parametrize("words", [["list"], ["status"], ["status", "db"]])
def test_nothing_is_wider_than_the_terminal(db: Proxied, tmp_path: Path, words: list[str]) -> None:
    terminal = Terminal(["proxy", *words], tmp_path, os.environ, width=80)
    assert terminal.code() == 0
    lines = terminal.printed.decode().splitlines()
    assert max(map(len, lines)) <= 80, lines
    if words != ["status"]:
        assert any(line.split() == ["toxic", "slow-as-in-the-incident-of-may"] for line in lines) == ("db" in words)
        assert db.name in terminal.shown


def test_what_a_program_reads_is_a_line_each(db: Proxied, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["proxy", "status", db.name]) is Exit.HELD
    [line] = [line for line in capsys.readouterr().out.splitlines() if "latency=400" in line]
    assert line.split()[:2] == ["slow-as-in-the-incident-of-may", "latency"]


@pytest.mark.parametrize("words", [["list"], ["list", "--format", "json"], ["status"], ["status", "db"]])
def test_an_answer_that_cannot_be_written_is_no_answer(db: Proxied, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        line = [sys.executable, "-m", "gameday", "proxy", *words]
        ended = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, "cannot write the result: No space left" in ended.stderr) == (6, True), (ended, db)


def test_a_reader_that_has_had_enough_is_no_trouble(db: Proxied) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "gameday", "proxy", "list"]
    ended = subprocess.run(line, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, ""), db


def test_reset_says_what_was_a_drills(db: Proxied, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["proxy", "reset"]) is Exit.HELD
    assert capsys.readouterr().out == "Removed 2 toxics, enabled 0 of 1 proxies.\n"
    db.toxic("noop", name="gd-00016b04d12b")
    db.update(enabled=False, mark="gd-00016b04d12c")
    assert run_command(["proxy", "reset"]) is Exit.HELD
    assert "Removed faults of a drill: gd-00016b04d12b, gd-00016b04d12c." in capsys.readouterr().out
