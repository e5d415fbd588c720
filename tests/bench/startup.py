"""How long the command itself takes to start, beside the peer's; and what it must not have loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from bench.commands import in_turns, simple
from bench.figure import Figure, ms
from bench.peer import chaos
from bench.stack import GAMEDAY, plain

RUNS = 15
HEAVY = ("pydantic", "sqlalchemy", "httpx", "requests", "toxiproxy", "starlette", "uvicorn", "psycopg", "matplotlib",
         "numpy", "jinja2", "rich", "yaml", "sqlite3", "asyncio")  # fmt: skip
LOOK = """
import sys
from gameday.cli.main import ending
ending(["--help"])
print(*[name for name in sys.argv[1:] if name in sys.modules], file=sys.stderr)
"""


def figures() -> Iterator[Figure]:
    """`gameday --help` beside `chaos --help`."""
    ours, theirs = in_turns(simple(GAMEDAY, "--help"), simple(chaos(), "--help"), RUNS)
    ratio = median(ours) / median(theirs)
    yield Figure(
        "`gameday --help`", "at most half of `chaos --help`", f"median {ms(median(ours))}, ratio {ratio:.2f}",
        f"`chaos --help` median {ms(median(theirs))}", RUNS, ratio <= 0.5,
    )  # fmt: skip
    loaded = _loaded()
    yield Figure(
        "heavy modules after `gameday --help`", "none", ", ".join(loaded) or "none", f"looked for {len(HEAVY)}", 1,
        not loaded,
    )  # fmt: skip


def _loaded() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *HEAVY], env=plain(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stderr.split()
