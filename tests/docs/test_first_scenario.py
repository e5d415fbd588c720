"""docs/tutorials/first-scenario.md, followed as a reader would: its commands in order, in a demo of the test."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.docs_pages import ROOT, blocks, gameday_words, shown

PAGE = ROOT / "docs/tutorials/first-scenario.md"
BESIDE = (["stop"],)
"""Meant for another terminal while a drill runs."""
TIMEBOX = ("timebox: 10m", "timebox: 2m")
"""Nobody responds in this scenario, and it ends at its timebox: a rehearsal of 12 s shows the same as one of 60 s."""


@dataclass(frozen=True)
class Reader:
    """Somebody with the page's file, and a machine to themselves."""

    home: Path
    runtime: str

    def types(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        places = {name: str(self.home / name.lower()) for name in ("GAMEDAY_STORE", "GAMEDAY_DEMO")}
        own = {**os.environ, **places, "HOME": str(self.home), "GAMEDAY_RUNTIME": self.runtime, "CI": "true"}
        command = [sys.executable, "-m", "gameday", *words]
        return subprocess.run(command, cwd=self.home, env=own, capture_output=True, text=True, check=False)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    file = next(block.text for block in blocks(PAGE) if block.language == "yaml")
    assert TIMEBOX[0] in file
    (tmp_path / "first.yaml").write_text(file.replace(*TIMEBOX), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short: sockets lie in it
        one = Reader(tmp_path, runtime)
        yield one
        assert one.types(["demo", "down"]).returncode == 0


def test_the_page_can_be_walked(reader: Reader) -> None:
    walked: dict[str, str] = {}
    for words in in_the_demo():
        done = reader.types(words)
        assert done.returncode == 0, f"gameday {' '.join(words)}: {done.stdout}{done.stderr}"
        walked[words[0]] = done.stdout
    assert list(walked) == ["check", "demo", "plan", "run"]
    assert "proxy shop-db" in walked["plan"]
    assert "Hypothesis  held" in walked["run"]
    review = next(line.split(maxsplit=1)[1] for line in walked["run"].splitlines() if line.startswith("review "))
    assert "checkout still takes less than 2 seconds" in Path(review).read_text(encoding="utf-8")


def in_the_demo() -> Iterator[list[str]]:
    for one in shown(PAGE):
        words = gameday_words(one.command)
        if words and words not in BESIDE and "staging" not in words:
            yield words
