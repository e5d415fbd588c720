"""docs/explanation/reverts.md: every fault by every ending, as a whole matrix run measured it on a real engine."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from support import container_drill, kubernetes_drill

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "reverts.md"
END = "<!-- until here -->"
SIGNS = {"passed": "clean", "skipped": "not tried", "failed": "LEFT"}


@dataclass(frozen=True, slots=True)
class Matrix:
    """One table of the page. `cells`: test ids before a cell's name; `engine`: describes the engine that was used."""

    cells: str
    begin: str
    kinds: Collection[str]
    engine: Callable[[], str]

    def write(self, results: Mapping[str, str]) -> None:
        """Replace the cells that were run, between the table's marks. `results`: `kind-ending` to a test's outcome."""
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(self.begin)
        table, _, after = rest.partition(END)
        merged = {**read_table(table), **results}
        PAGE.write_text(f"{before}{self.begin}\n\n{self.table(merged)}\n{END}{after}", encoding="utf-8")

    def table(self, results: Mapping[str, str]) -> str:
        """Return the table of these cells; one that was never run is `not tried`."""
        endings = list(dict.fromkeys(cell.removeprefix(f"{self._kind_of(cell)}-") for cell in results))
        head = f"| ended by | {' | '.join(f'`{kind}`' for kind in self.kinds)} |\n|---{'|---' * len(self.kinds)}|\n"
        rows = "".join(
            f"| {ending} | {' | '.join(SIGNS[results.get(f'{kind}-{ending}', 'skipped')] for kind in self.kinds)} |\n"
            for ending in endings
        )
        return f"Last run {time.strftime('%Y-%m-%d')}, {self.engine()}: {_count(results)}.\n\n{head}{rows}"

    def _kind_of(self, cell: str) -> str:
        """Return the kind of a cell: kinds and endings may both contain dashes."""
        return max((kind for kind in self.kinds if cell.startswith(f"{kind}-")), key=len, default="")


def read_table(table: str) -> dict[str, str]:
    """Return the outcomes in a table, as `kind-ending` to a test's outcome."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    if not rows:
        return {}
    kinds, outcomes = [cell.strip("`") for cell in rows[0][1:]], {sign: outcome for outcome, sign in SIGNS.items()}
    cells = [(f"{kind}-{row[0]}", sign) for row in rows[1:] for kind, sign in zip(kinds, row[1:], strict=True)]
    return {cell: outcomes[sign] for cell, sign in cells if outcomes[sign] != "skipped"}


def _count(results: Mapping[str, str]) -> str:
    clean = sum(outcome == "passed" for outcome in results.values())
    return f"{clean} of {len(results)} cells clean"


def _docker() -> str:
    told = subprocess.run(["docker", "info", "--format", "{{json .}}"], capture_output=True, text=True, check=False)
    one = json.loads(told.stdout or "{}")
    kernel = str(one.get("KernelVersion")).partition("-")[0]
    return f"Docker {one.get('ServerVersion')}, cgroup v{one.get('CgroupVersion')}, kernel {kernel}"


def _kubernetes() -> str:
    from support.kubernetes import find_cluster

    version = json.loads(find_cluster()("version", "-o", "json"))["serverVersion"]["gitVersion"]
    pods = "simulated by kwok, real for `crash-loop` and behind a proxy"
    return f"Kubernetes {version} with its own controllers and scheduler; pods: {pods}"


CONTAINERS = Matrix(
    "test_every_kind_by_every_ending_restores_the_container[",
    "<!-- made by make crash -->",
    container_drill.KINDS,
    _docker,
)
CLUSTERS = Matrix(
    "test_every_kind_by_every_ending_restores_the_cluster[", "<!-- made by make crash on a cluster -->",
    kubernetes_drill.KINDS, _kubernetes,
)  # fmt: skip
MATRICES = (CONTAINERS, CLUSTERS)
