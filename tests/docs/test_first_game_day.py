"""docs/tutorials/first-game-day.md, followed step by step with a real PostgreSQL, pgbench and Toxiproxy's own server.

The page's three ports are replaced by free ones. Steps that need a person at a terminal are skipped.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.available_engines import postgresql, toxiproxy_server
from support.docs_pages import ROOT, Block, blocks

from gameday.demo.postgres import unprivileged_prefix

PAGE = ROOT / "docs/tutorials/first-game-day.md"
PORTS = ("15432", "16432", "8474")
SAVED = {"sh": "shop", "yaml": "roster.yaml"}
"""The file name under which the reader saves a block of that language."""
SETUP = ("mkdir ", "export ")
"""Commands that the test replaces: it has its own folder and PATH."""
COMMAND_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Reader:
    """A reader who is not root, with an empty home. `ports`: the free port for each port of the page."""

    folder: Path
    environment: dict[str, str]
    ports: dict[str, str]

    def with_free_ports(self, text: str) -> str:
        return re.sub("|".join(PORTS), lambda match: self.ports[match[0]], text)

    def run(self, line: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        command = [*unprivileged_prefix(), "bash", "-c", self.with_free_ports(line)]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, input=answers,
            capture_output=True, text=True, check=False, timeout=COMMAND_TIMEOUT_S,
        )  # fmt: skip

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    commands, folder = tmp_path / "bin", tmp_path / "first-game-day"
    commands.mkdir()
    folder.mkdir()
    (commands / "gameday").symlink_to(Path(sys.executable).parent / "gameday")
    (commands / "toxiproxy-server").symlink_to(toxiproxy_server())
    path = os.pathsep.join([str(commands), str(postgresql()), os.environ["PATH"]])
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short, because socket paths are limited
        environment = {"HOME": str(tmp_path), "PATH": path, "LANG": "C.UTF-8", "GAMEDAY_RUNTIME": runtime}
        ports: dict[str, str] = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        try:
            yield Reader(folder, environment, ports)
        finally:
            _stop_servers(folder)


def _free_ports(count: int) -> list[str]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [str(held.getsockname()[1]) for held in sockets]


def _stop_servers(folder: Path) -> None:
    """Stop the servers of a test that failed half-way.

    Background processes of a shell ignore SIGINT; for PostgreSQL it means a fast shutdown.
    """
    for file, number in (
        (folder / "shop.pid", signal.SIGTERM),
        (folder / "toxiproxy.pid", signal.SIGTERM),
        (folder / "data" / "postmaster.pid", signal.SIGINT),
    ):
        if file.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(file.read_text().split()[0]), number)


def steps() -> Iterator[tuple[str, int, Block | None]]:
    """Yield each command with its exit code and the block of its answers; a file to save has no command."""
    pending: list[tuple[str, int]] = []
    for block in blocks(PAGE):
        if block.language == "console":
            yield from ((line, code, None) for line, code in pending)
            pending = [_command(line[2:]) for line in block.text.splitlines() if line.startswith("$ ")]
        elif block.language == "text" and pending and asks_questions(pending[-1][0]):
            yield *pending.pop(), block
        else:
            yield from ((line, code, None) for line, code in pending)
            pending = []
            yield "", 0, block
    yield from ((line, code, None) for line, code in pending)


def _command(line: str) -> tuple[str, int]:
    command, _, comment = line.partition("    #")
    code = re.search(r"exit code (\d)", comment)
    return command, int(code[1]) if code else 0


def asks_questions(command: str) -> bool:
    return command.startswith(("gameday new", "gameday env bind"))


def needs_a_person(command: str) -> bool:
    return command.startswith("gameday run") and "--rehearse" not in command


def answers(block: Block) -> str:
    """Return the answers of a block: each ends its question's line, or has a line of its own after `>`."""
    lines = re.finditer(r"^ +> (?P<below>.+)$|^.*: (?P<beside>.*[^,:\n])$", block.text, re.MULTILINE)
    return "".join(f"{line['below'] or line['beside']}\n" for line in lines)


def follow(reader: Reader, command: str, code: int, block: Block | None) -> str:
    """Do one step; return the output."""
    if not command:
        assert block is not None
        if block.language == "text":
            assert reader.with_free_ports(block.text) in reader.read("gameday.yaml")
        else:
            (reader.folder / SAVED[block.language]).write_text(reader.with_free_ports(block.text), encoding="utf-8")
        return ""
    if needs_a_person(command) or command.startswith(SETUP):
        return ""
    done = reader.run(command, answers(block) if block else "")
    assert done.returncode == code, f"{command}: {done.stdout}{done.stderr}"
    if block:
        assert [line for line in block.text.splitlines() if line not in done.stdout.splitlines()] == []
    return done.stdout


@pytest.mark.engine("toxiproxy")
def test_the_page_can_be_followed(reader: Reader) -> None:
    outputs: dict[str, str] = {}
    for command, code, block in steps():
        if command.startswith("gameday init"):
            reader.environment["TOXIPROXY_URL"] = f"http://127.0.0.1:{reader.ports['8474']}"
        outputs[f"{command} {code}"] = follow(reader, command, code, block)
    assert "no client is connected to proxy shop-db" in outputs["gameday doctor 3"]
    assert "has everything that late-database.yaml needs" in outputs["gameday env bind late-database.yaml 0"]
    assert "proxy shop-db" in outputs["gameday plan late-database.yaml 0"]
    rehearsal = outputs["gameday run late-database.yaml --rehearse 0"]
    assert re.search(r"^Service restored +after .*, mitigated by reads$", rehearsal, re.MULTILINE), rehearsal
    assert "Hypothesis        held" in rehearsal and "all faults reverted and verified" in rehearsal
    review = next(line.split(maxsplit=1)[1] for line in rehearsal.splitlines() if line.startswith("review "))
    assert "ordering still works" in Path(review).read_text(encoding="utf-8")
    assert not (reader.folder / "shop.pid").exists() and not (reader.folder / "data" / "postmaster.pid").exists()


def test_the_page_has_the_commands_in_order_and_a_rehearsal_before_people() -> None:
    commands = [command for command, _, _ in steps() if command.startswith("gameday ")]
    order = ["gameday init", "gameday new", "gameday env bind", "gameday doctor", "gameday check late",
             "gameday check --story", "gameday plan", "gameday run late-database.yaml --rehearse",
             "gameday run late-database.yaml"]  # fmt: skip
    first = [next(index for index, line in enumerate(commands) if line.startswith(command)) for command in order[:-1]]
    assert first == sorted(first)
    assert commands.index(order[-1]) > first[-1]
