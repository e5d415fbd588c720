"""Start-up time of the command beside the peer's, and the libraries it must not load."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from bench.commands import alternate, simple
from bench.figure import Figure, ms
from bench.peer import chaos
from bench.stack import GAMEDAY, plain_environment

RUNS = 15
MAX_RATIO = 0.31
HEAVY = ("pydantic", "sqlalchemy", "httpx", "requests", "toxiproxy", "starlette", "uvicorn", "psycopg", "matplotlib",
         "numpy", "jinja2", "rich", "yaml", "sqlite3", "asyncio")  # fmt: skip
LIST_LOADED = """
import sys
from gameday.cli.main import run_command
run_command(["--help"])
print(*[name for name in sys.argv[1:] if name in sys.modules], file=sys.stderr)
"""


def figures() -> Iterator[Figure]:
    """Time `gameday --help` beside `chaos --help`, and look for heavy modules."""
    ours, theirs = alternate(simple(GAMEDAY, "--help"), simple(chaos(), "--help"), RUNS)
    ratio = median(ours) / median(theirs)
    yield Figure(
        "`gameday --help`", f"at most {MAX_RATIO} of `chaos --help`",
        f"median {ms(median(ours))}, ratio {ratio:.2f}",
        f"`chaos --help` median {ms(median(theirs))}", RUNS, ratio <= MAX_RATIO,
    )  # fmt: skip
    loaded = _loaded_modules()
    yield Figure(
        "heavy modules after `gameday --help`", "none", ", ".join(loaded) or "none", f"{len(HEAVY)} modules checked", 1,
        not loaded,
    )  # fmt: skip


def _loaded_modules() -> list[str]:
    result = subprocess.run(
        [sys.executable, "-c", LIST_LOADED, *HEAVY], env=plain_environment(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return result.stderr.split()
