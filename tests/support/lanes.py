"""Three lanes, and which of them a test runs in. CONTRIBUTING.md shows the table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

QUICK, PROCESSES, ENGINES = "quick", "processes", "engines"
LANES = (QUICK, PROCESSES, ENGINES)

FOLDERS = {
    "app": PROCESSES, "cli": PROCESSES, "clients": PROCESSES, "crash": PROCESSES, "demo": PROCESSES, "docs": PROCESSES,
    "drill": QUICK, "files": QUICK, "incidents": PROCESSES, "injectors": PROCESSES, "meta": PROCESSES,
    "notify": PROCESSES, "people": QUICK, "proxy": PROCESSES, "review": QUICK, "schedule": QUICK, "scorecards": QUICK,
    "signals": PROCESSES, "store": PROCESSES, "terminal": QUICK, "web": QUICK,
}  # fmt: skip
"""The lane of each folder of `tests/`. The markers `engine` and `starts_processes` have precedence."""


def lane_of(path: PurePath, markers: Iterable[str]) -> str:
    """Return the one lane of a test: `path` begins below `tests/`. Raises KeyError for a folder without a lane."""
    present = set(markers)
    if "engine" in present:
        return ENGINES
    return PROCESSES if "starts_processes" in present else FOLDERS[path.parts[0]]
