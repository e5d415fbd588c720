"""`python -m gameday.demo.restart HOME`: restart the demo's PostgreSQL. It helps nobody, but a team may try it.

One background process of it is killed: PostgreSQL then ends all connections, drops its memory and recovers. The
postmaster stays, and with it the recorded identity and the port.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from gameday.demo import demo_record, postgres, processes
from gameday.errors import GamedayError, Refused

PATIENCE = 10.0


def restart(home: Path) -> None:
    """Restart it and wait until it takes connections again. Raises Refused where none runs or it does not come back."""
    demo = demo_record.load(home)
    running = [one for one in demo.processes if one.what == "database" and processes.alive(one)] if demo else []
    if not running:
        raise Refused(f"no database of a demo runs in {home}", "Run `gameday demo up` first.")
    before = _children(running[0].pid)
    with suppress(ProcessLookupError):
        os.kill(before[0], signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while set(before) & set(_children(running[0].pid)) or not postgres.ready(home):
        if time.monotonic() > until:
            raise Refused("the demo's database did not come back", "See `gameday demo status`.")
        time.sleep(0.02)


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def main(args: list[str]) -> int:
    """0 restarted, 1 not, 2 wrong words."""
    if len(args) != 1:
        print("usage: python -m gameday.demo.restart HOME", file=sys.stderr)
        return 2
    try:
        restart(Path(args[0]))
    except (GamedayError, OSError) as error:
        print(f"the database was not restarted: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
