"""docs/tutorials/first-game-day.md, followed word for word: a PostgreSQL of one's own, pgbench, Toxiproxy's own server.

Its three ports become free ones; what needs a person at a terminal is left to people."""

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
"""Under which name the reader saves a block of that language."""
ELSEWHERE = ("mkdir ", "export ")
"""Done before the test: it has a folder and a PATH of its own."""
WITHIN = 300.0


@dataclass(frozen=True)
class Reader:
    """Somebody with an empty home and a folder in it, who is not root. `real`: each port of the page, as it is here."""

    folder: Path
    own: dict[str, str]
    real: dict[str, str]

    def here(self, text: str) -> str:
        return re.sub("|".join(PORTS), lambda found: self.real[found[0]], text)

    def types(self, line: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*unprivileged_prefix(), "bash", "-c", self.here(line)], cwd=self.folder, env=self.own, input=answers,
            capture_output=True, text=True, check=False, timeout=WITHIN,
        )  # fmt: skip

    def reads(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    commands, folder = tmp_path / "bin", tmp_path / "first-game-day"
    commands.mkdir()
    folder.mkdir()
    (commands / "gameday").symlink_to(Path(sys.executable).parent / "gameday")
    (commands / "toxiproxy-server").symlink_to(toxiproxy_server())
    path = os.pathsep.join([str(commands), str(postgresql()), os.environ["PATH"]])
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short: sockets lie in it
        own = {"HOME": str(tmp_path), "PATH": path, "LANG": "C.UTF-8", "GAMEDAY_RUNTIME": runtime}
        one = Reader(folder, own, dict(zip(PORTS, _free(len(PORTS)), strict=True)))
        try:
            yield one
        finally:
            _ends(folder)


def _free(count: int) -> list[str]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [str(one.getsockname()[1]) for one in sockets]


def _ends(folder: Path) -> None:
    """What the page has started and not ended, because the walk broke off. A shell's background process ignores
    SIGINT; for PostgreSQL that one means: do not wait for clients."""
    for file, number in (
        (folder / "shop.pid", signal.SIGTERM),
        (folder / "toxiproxy.pid", signal.SIGTERM),
        (folder / "data" / "postmaster.pid", signal.SIGINT),
    ):
        if file.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(file.read_text().split()[0]), number)


def steps() -> Iterator[tuple[str, int, Block | None]]:
    """Each command, the exit code that the page says, and the block with its answers; a file to save has no command."""
    after: list[tuple[str, int]] = []
    for block in blocks(PAGE):
        if block.language == "console":
            yield from ((line, code, None) for line, code in after)
            after = [_command(line[2:]) for line in block.text.splitlines() if line.startswith("$ ")]
        elif block.language == "text" and after and asks(after[-1][0]):
            yield *after.pop(), block
        else:
            yield from ((line, code, None) for line, code in after)
            after = []
            yield "", 0, block
    yield from ((line, code, None) for line, code in after)


def _command(line: str) -> tuple[str, int]:
    command, _, comment = line.partition("    #")
    code = re.search(r"exit code (\d)", comment)
    return command, int(code[1]) if code else 0


def asks(command: str) -> bool:
    return command.startswith(("gameday new", "gameday env bind"))


def at_a_terminal(command: str) -> bool:
    return command.startswith("gameday run") and "--rehearse" not in command


def answers(block: Block) -> str:
    return "".join(f"{line.rpartition(': ')[2]}\n" for line in block.text.splitlines())


def follow(reader: Reader, command: str, code: int, block: Block | None) -> str:
    """One step; gives what was printed."""
    if not command:
        assert block is not None
        if block.language == "text":
            assert reader.here(block.text) in reader.reads("gameday.yaml")
        else:
            (reader.folder / SAVED[block.language]).write_text(reader.here(block.text), encoding="utf-8")
        return ""
    if at_a_terminal(command) or command.startswith(ELSEWHERE):
        return ""
    done = reader.types(command, answers(block) if block else "")
    assert done.returncode == code, f"{command}: {done.stdout}{done.stderr}"
    if block:
        assert [line for line in block.text.splitlines() if line not in done.stdout.splitlines()] == []
    return done.stdout


@pytest.mark.engine("toxiproxy")
def test_the_page_can_be_followed(reader: Reader) -> None:
    printed: dict[str, str] = {}
    for command, code, block in steps():
        if command.startswith("gameday init"):
            reader.own["TOXIPROXY_URL"] = f"http://127.0.0.1:{reader.real['8474']}"
        printed[f"{command} {code}"] = follow(reader, command, code, block)
    assert "nobody is connected to proxy shop-db" in printed["gameday doctor 3"]
    assert "Nothing that late-database.yaml needs is lacking" in printed["gameday env bind late-database.yaml 0"]
    assert "proxy shop-db" in printed["gameday plan late-database.yaml 0"]
    rehearsed = printed["gameday run late-database.yaml --rehearse 0"]
    assert re.search(r"^Users +served again after .* by reads$", rehearsed, re.MULTILINE), rehearsed
    assert "Hypothesis  held" in rehearsed and "every fault taken back" in rehearsed
    review = next(line.split(maxsplit=1)[1] for line in rehearsed.splitlines() if line.startswith("review "))
    assert "ordering still works" in Path(review).read_text(encoding="utf-8")
    assert not (reader.folder / "shop.pid").exists() and not (reader.folder / "data" / "postmaster.pid").exists()


def test_the_page_leads_to_every_command_of_the_road() -> None:
    """In this order, and with a person at the screen only after a rehearsal."""
    said = [command for command, _, _ in steps() if command.startswith("gameday ")]
    order = ["gameday init", "gameday new", "gameday env bind", "gameday doctor", "gameday check late",
             "gameday check --story", "gameday plan", "gameday run late-database.yaml --rehearse",
             "gameday run late-database.yaml"]  # fmt: skip
    first = [next(index for index, line in enumerate(said) if line.startswith(one)) for one in order[:-1]]
    assert first == sorted(first)
    assert said.index(order[-1]) > first[-1]
