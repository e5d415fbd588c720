"""`make bench`: take the figures, print the table; `--write FILE` writes the page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench import appends, containers, files, people, proxy, safety, sampling, startup, whole
from bench.figure import Figure
from bench.page import page, table
from bench.peer import NAME
from bench.section import placed

PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "startup": startup.figures,
    "whole": whole.figures,
    "check": files.figures,
    "safety": safety.figures,
    "appends": appends.figures,
    "sampling": sampling.figures,
    "people": people.figures,
    "proxy": proxy.figures,
    "containers": containers.figures,
}


def main() -> int:
    """0 when every promise is met, 1 when one falls short, 2 when the bench cannot run here."""
    parser = argparse.ArgumentParser(prog="make bench", description="Figures, as ratios or beside a peer.")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page to FILE")
    parser.add_argument(
        "--only",
        action="append",
        choices=list(PARTS),
        help="this part alone, its own section on the page; may be given again",
    )
    asked = parser.parse_args()
    if running := _running():
        print(f"a drill is running ({running}), and the bench would stop it: wait for it first", file=sys.stderr)
        return 2
    taken = {part: list(_taken(part)) for part in asked.only or PARTS}
    figures = [figure for part in taken.values() for figure in part]
    print(table(figures))
    if asked.write and asked.only:
        _replace(asked.write, taken)
    elif asked.write:
        asked.write.write_text(page(figures, NAME), encoding="utf-8")
    return int(any(one.met is False for one in figures))


def _taken(part: str) -> Iterator[Figure]:
    for figure in PARTS[part]():
        print(f"{part}: {figure.what}: {figure.found} (n {figure.n})", file=sys.stderr, flush=True)
        yield figure


def _replace(path: Path, taken: Mapping[str, list[Figure]]) -> None:
    """The sections of these parts alone; one that could not be taken here keeps what it says."""
    text = path.read_text(encoding="utf-8")
    for part, figures in taken.items():
        if figures:
            text = placed(text, part, figures, NAME)
    path.write_text(text, encoding="utf-8")


def _running() -> str:
    """`gameday stop` reaches every drill of this user: measured beside a real one it would end it."""
    from gameday.drill.control.running_drills import list_running

    return ", ".join(found.drill for found in list_running())


if __name__ == "__main__":
    sys.exit(main())
