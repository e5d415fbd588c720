"""`python -m gameday.demo.set_load_rate LOAD JOURNEYS`: set how many journeys a second the load begins; 0 stops it."""

from __future__ import annotations

import sys

from gameday.demo.http_json import ask


def main(args: list[str]) -> int:
    """0 set, 1 the load did not do it, 2 wrong words."""
    try:
        url, rate = args[0], float(args[1])
    except (IndexError, ValueError):
        print("usage: python -m gameday.demo.set_load_rate LOAD JOURNEYS", file=sys.stderr)
        return 2
    try:
        ask(f"{url}/load", {"rate": rate})
    except OSError as error:
        print(f"the load was not changed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
