"""`python -m gameday.demo.actions COMMAND`: the commands that the demo's environment file binds to actions and load.

Only what every command needs is imported at the top, so that a command starts quickly.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gameday.demo.http_json import request_json
from gameday.errors import GamedayError, Refused

RESTART_TIMEOUT_S = 10.0

USAGE = """\
usage: python -m gameday.demo.actions COMMAND
  switch SHOP_URL NAME on|off       set a switch of the shop
  load-rate LOAD_URL RATE           start RATE journeys per second; 0 stops the load
  cancel-long-queries SHOP_URL      end database sessions with a long-running query
  restart-database HOME             restart the demo's PostgreSQL"""


def set_switch(shop_url: str, name: str, position: str) -> None:
    """Set one switch of the shop. Raises OSError with the shop's message, for example for an unknown switch."""
    if position not in ("on", "off"):
        raise ValueError(position)
    request_json(f"{shop_url}/switches/{name}", {"on": position == "on"})


def set_load_rate(load_url: str, rate: str) -> None:
    """Set how many journeys the load starts a second; 0 stops it."""
    request_json(f"{load_url}/load", {"rate": float(rate)})


def cancel_long_queries(shop_url: str) -> None:
    """End the database sessions with a long-running query, as an operator would end a heavy report."""
    request_json(f"{shop_url}/database/end-long", {}, timeout=15.0)


def restart_database(home: str) -> None:
    """Restart the demo's PostgreSQL and wait until it accepts connections. It does not mitigate a slow network.

    Killing one of its background processes makes PostgreSQL close all connections, drop its memory and recover. The
    postmaster stays, and with it the recorded process identity and the port. Raises Refused if no database runs.
    """
    from gameday.demo import demo_record, postgres, processes

    demo = demo_record.load(Path(home))
    alive = [part for part in demo.processes if part.name == "database" and processes.is_alive(part)] if demo else []
    if not alive:
        raise Refused(f"no demo database is running in {home}", "Run `gameday demo up` first.")
    before = _children(alive[0].pid)
    with suppress(ProcessLookupError):
        os.kill(before[0], signal.SIGKILL)
    deadline = time.monotonic() + RESTART_TIMEOUT_S
    while set(before) & set(_children(alive[0].pid)) or not postgres.is_ready(Path(home)):
        if time.monotonic() > deadline:
            raise Refused("the demo's database did not restart", "Check it with `gameday demo status`.")
        time.sleep(0.02)


COMMANDS: dict[str, tuple[Callable[..., None], int]] = {
    "switch": (set_switch, 3),
    "load-rate": (set_load_rate, 2),
    "cancel-long-queries": (cancel_long_queries, 1),
    "restart-database": (restart_database, 1),
}
"""Each command's function and the number of its arguments."""


def main(args: list[str]) -> int:
    """Run one command. Returns 0 done, 1 failed, 2 wrong usage."""
    name, *values = args or [""]
    command, count = COMMANDS.get(name, (None, 0))
    try:
        if command is None or len(values) != count:
            raise ValueError(args)
        command(*values)
    except ValueError:
        print(USAGE, file=sys.stderr)
        return 2
    except (GamedayError, OSError) as error:
        print(f"{name} failed: {error}", file=sys.stderr)
        return 1
    return 0


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
