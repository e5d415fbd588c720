"""The pages of the docs, their fenced blocks and the commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("README.md")]
    + [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
)


@dataclass(frozen=True)
class Block:
    """A fenced block: what language it names, and its text."""

    page: Path
    language: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A command of a console block, and what the page says that it prints."""

    page: Path
    command: str
    prints: str

    @override
    def __str__(self) -> str:
        return f"{self.page.name}: {self.command}"


def blocks(page: Path) -> list[Block]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [Block(page, language, text) for language, text in found]


def shown(page: Path) -> Iterator[Shown]:
    """Every `$ ...` of the page's console blocks; a comment behind two blanks is none of the command."""
    for block in blocks(page):
        if block.language != "console":
            continue
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, prints = part.partition("\n")
            yield Shown(page, re.split(r"\s{2,}#", command)[0].strip(), prints.strip("\n"))


def gameday_words(command: str) -> list[str] | None:
    """The words after `gameday`, or None where the command is another."""
    import shlex

    words = shlex.split(command.split(" > ")[0])
    return words[1:] if words and Path(words[0]).name == "gameday" else None
