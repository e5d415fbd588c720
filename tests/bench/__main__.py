"""`make bench`: measure the figures, print the table; `--write FILE` writes the page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench import (
    clusters,
    containers,
    durable_append,
    people,
    proxy,
    revert_time,
    rotation_plan,
    sampling_lateness,
    scenario_check,
    startup,
    web_pages,
    whole_drill,
)
from bench.figure import Figure
from bench.page import page, table
from bench.page_section import replace_section
from bench.peer import NAME
from support import available_engines

PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "startup": startup.figures,
    "whole": whole_drill.figures,
    "check": scenario_check.figures,
    "rotation": rotation_plan.figures,
    "safety": revert_time.figures,
    "appends": durable_append.figures,
    "sampling": sampling_lateness.figures,
    "people": people.figures,
    "web": web_pages.figures,
    "proxy": proxy.figures,
    "containers": containers.figures,
    "kubernetes": clusters.figures,
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
    options = parser.parse_args()
    if running := _running():
        print(f"a drill is running ({running}), and the bench would stop it: wait for it first", file=sys.stderr)
        return 2
    available_engines.requested.update(("toxiproxy", "docker", "kubernetes", "chromium"))
    measured = {part: list(_measure(part)) for part in options.only or PARTS}
    figures = [figure for part in measured.values() for figure in part]
    print(table(figures))
    if options.write and options.only:
        _replace(options.write, measured)
    elif options.write:
        options.write.write_text(page(figures, NAME), encoding="utf-8")
    return int(any(figure.is_met is False for figure in figures))


def _measure(part: str) -> Iterator[Figure]:
    for figure in PARTS[part]():
        print(f"{part}: {figure.title}: {figure.measured} (n {figure.n})", file=sys.stderr, flush=True)
        yield figure


def _replace(path: Path, measured: Mapping[str, list[Figure]]) -> None:
    """Return the sections of these parts; one that could not be measured keeps its text."""
    text = path.read_text(encoding="utf-8")
    for part, figures in measured.items():
        if figures:
            text = replace_section(text, part, figures, NAME)
    path.write_text(text, encoding="utf-8")


def _running() -> str:
    """`gameday stop` reaches every drill of this user: measured beside a real one it would end it."""
    from gameday.drill.control.drill_registry import list_registered

    return ", ".join(running.drill for running in list_registered())


if __name__ == "__main__":
    sys.exit(main())
