"""docs/explanation/reverts.md: every fault on a container by every ending, as a whole matrix run measured it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from support.container_drill import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "reverts.md"
BEGIN, END = "<!-- made by make crash -->", "<!-- until here -->"
SIGNS = {"passed": "clean", "skipped": "not tried", "failed": "LEFT"}


def write(results: Mapping[str, str]) -> None:
    """Replace the table between its marks. `results`: `kind-ending` to a test's outcome."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(results)}\n{END}{after}", encoding="utf-8")


def table(results: Mapping[str, str]) -> str:
    endings = list(dict.fromkeys(cell[len(kind) + 1 :] for kind in KINDS for cell in results if _of(cell) == kind))
    head = f"| ended by | {' | '.join(f'`{kind}`' for kind in KINDS)} |\n|---{'|---' * len(KINDS)}|\n"
    rows = "".join(
        f"| {ending} | {' | '.join(SIGNS[results.get(f'{kind}-{ending}', 'skipped')] for kind in KINDS)} |\n"
        for ending in endings
    )
    return f"{time.strftime('%Y-%m-%d')}, {_engine()}: {_count(results)}.\n\n{head}{rows}"


def _of(cell: str) -> str:
    """Return the kind of a cell: kinds and endings may both contain dashes."""
    return max((kind for kind in KINDS if cell.startswith(f"{kind}-")), key=len, default="")


def _count(results: Mapping[str, str]) -> str:
    clean = sum(outcome == "passed" for outcome in results.values())
    return f"{clean} of {len(results)} cells clean"


def _engine() -> str:
    told = subprocess.run(["docker", "info", "--format", "{{json .}}"], capture_output=True, text=True, check=False)
    one = json.loads(told.stdout or "{}")
    kernel = str(one.get("KernelVersion")).partition("-")[0]
    return f"Docker {one.get('ServerVersion')}, cgroup v{one.get('CgroupVersion')}, kernel {kernel}"
