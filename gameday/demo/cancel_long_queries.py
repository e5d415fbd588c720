"""`python -m gameday.demo.cancel_long_queries SHOP`: end sessions with a long-running query, as one does by hand
when a report keeps the database busy. What a responder's action runs."""

from __future__ import annotations

import sys

from gameday.demo.http_json import ask


def main(args: list[str]) -> int:
    """0 asked for, 1 the shop did not do it, 2 wrong words."""
    if len(args) != 1:
        print("usage: python -m gameday.demo.cancel_long_queries SHOP", file=sys.stderr)
        return 2
    try:
        ask(f"{args[0]}/database/end-long", {}, timeout=15.0)
    except OSError as error:
        print(f"no session was ended: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
