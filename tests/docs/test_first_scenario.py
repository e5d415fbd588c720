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
from support.docs_pages import ROOT, blocks, gameday_words, shown_commands

PAGE = ROOT / "docs/tutorials/first-scenario.md"
OTHER_TERMINAL = (["stop"],)
"""For another terminal while a drill is running."""
TIMEBOX = ("timebox: 10m", "timebox: 2m")
"""Nobody responds in this scenario, so it ends at its time box: 12 s show the same as 60 s."""


@dataclass(frozen=True)
class Reader:
    """A reader with the page's file, a store and a demo of their own."""

    home: Path
    runtime: str

    def run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        settings = {name: str(self.home / name.lower()) for name in ("GAMEDAY_STORE", "GAMEDAY_DEMO")}
        environment = {**os.environ, **settings, "HOME": str(self.home), "GAMEDAY_RUNTIME": self.runtime, "CI": "true"}
        command = [sys.executable, "-m", "gameday", *words]
        return subprocess.run(command, cwd=self.home, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    file = next(block.text for block in blocks(PAGE) if block.language == "yaml")
    assert TIMEBOX[0] in file
    (tmp_path / "first.yaml").write_text(file.replace(*TIMEBOX), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short, because socket paths are limited
        reader = Reader(tmp_path, runtime)
        yield reader
        assert reader.run(["demo", "down"]).returncode == 0


def test_the_page_can_be_followed(reader: Reader) -> None:
    outputs: dict[str, str] = {}
    for words in demo_commands():
        done = reader.run(words)
        assert done.returncode == 0, f"gameday {' '.join(words)}: {done.stdout}{done.stderr}"
        outputs[words[0]] = done.stdout
    assert list(outputs) == ["check", "demo", "plan", "run"]
    assert "proxy shop-db" in outputs["plan"]
    assert "Hypothesis        held" in outputs["run"]
    review = next(line.split(maxsplit=1)[1] for line in outputs["run"].splitlines() if line.startswith("review "))
    assert "checkout still takes less than 2 seconds" in Path(review).read_text(encoding="utf-8")


def demo_commands() -> Iterator[list[str]]:
    for shown in shown_commands(PAGE):
        words = gameday_words(shown.command)
        if words and words not in OTHER_TERMINAL and "staging" not in words:
            yield words
