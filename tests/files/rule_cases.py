"""Mistakes planted in valid files: a `^` in the new text marks where the problem must be reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gameday.files.scenario_library import list_library

EXAMPLES = Path(__file__).parents[2] / "examples"
SHIPPED = list_library()["db-slowdown"].read_text()
BASES = {
    "scenario": SHIPPED,
    "gameday": (EXAMPLES / "gameday.yaml").read_text(),
    "roster": (EXAMPLES / "roster.yaml").read_text(),
}


@dataclass(frozen=True)
class Planted:
    """Replace `old` by `new`; expect these sentences at the marked places, in order."""

    old: str
    new: str
    expected: tuple[str, ...] = ()
    base: str = SHIPPED

    def text(self) -> str:
        return self.marked().replace("^", "")

    def marked(self) -> str:
        assert self.base.count(self.old) == 1, f"{self.old!r} must be there once"
        return self.base.replace(self.old, self.new)

    def places(self) -> list[tuple[int, int]]:
        found = []
        for number, line in enumerate(self.marked().splitlines(), 1):
            parts = line.split("^")[:-1]
            found += [(number, sum(map(len, parts[: index + 1])) + 1) for index in range(len(parts))]
        return found

    def write(self, folder: Path) -> Path:
        path = folder / "planted.yaml"
        path.write_text(self.text())
        return path


def mistakes() -> list[Planted]:
    """Read the blocks of mistakes_*.txt: lines that begin with - (old), + (new), ! (expected)."""
    return [_planted(block, base) for name, base in BASES.items() for block in _blocks(name)]


def _blocks(name: str) -> list[str]:
    text = (Path(__file__).parent / f"mistakes_{name}.txt").read_text()
    return [block for block in text.split("\n\n") if block.startswith("- ")]


def _planted(block: str, base: str) -> Planted:
    old, new = "\n".join(_lines(block, "-")), "\n".join(_lines(block, "+"))
    return Planted(old, new, _lines(block, "!"), base)


def _lines(block: str, sign: str) -> tuple[str, ...]:
    return tuple(line[2:] for line in block.splitlines() if line.startswith(sign))
