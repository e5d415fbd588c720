"""The pages of the docs, their fenced blocks and the commands in them."""

from __future__ import annotations

import os
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
    """A fenced block with its language and its text."""

    page: Path
    language: str
    text: str


@dataclass(frozen=True)
class ShownCommand:
    """A command of a console block, and the output that the page shows."""

    page: Path
    command: str
    prints: str

    @override
    def __str__(self) -> str:
        return f"{self.page.name}: {self.command}"


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [Block(page, language, text) for language, text in fences]


def shown_commands(page: Path) -> Iterator[ShownCommand]:
    """Yield every `$ ...` of the page's console blocks, without a comment after two spaces."""
    for block in blocks(page):
        if block.language != "console":
            continue
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, prints = part.partition("\n")
            yield ShownCommand(page, re.split(r"\s{2,}#", command)[0].strip(), prints.strip("\n"))


def gameday_words(command: str) -> list[str] | None:
    """Return the words after `gameday`, or None for another command."""
    import shlex

    words = shlex.split(command.split(" > ")[0])
    return words[1:] if words and Path(words[0]).name == "gameday" else None


def isolated_environment(tmp_path: Path) -> dict[str, str]:
    """Return environment variables that hide the user's store, running drills, demo and gameday.yaml."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GAMEDAY_")}
    return variables | {
        "HOME": str(tmp_path),
        "GAMEDAY_STORE": str(tmp_path / "store"),
        "GAMEDAY_RUNTIME": str(tmp_path / "run"),
        "GAMEDAY_DEMO": str(tmp_path / "demo"),
    }
