"""`python -m gameday.demo.set_switch SHOP NAME on|off`: what a responder's action runs."""

from __future__ import annotations

import sys

from gameday.demo.http_json import ask


def throw(shop_url: str, name: str, on: bool) -> None:
    """Throw one switch of the shop. Raises OSError with the shop's own words, as for an unknown switch."""
    ask(f"{shop_url}/switches/{name}", {"on": on})


def main(args: list[str]) -> int:
    """0 thrown, 1 the shop did not do it, 2 wrong words."""
    if len(args) != 3 or args[2] not in ("on", "off"):
        print("usage: python -m gameday.demo.set_switch SHOP NAME on|off", file=sys.stderr)
        return 2
    try:
        throw(args[0], args[1], args[2] == "on")
    except OSError as error:
        print(f"the switch was not thrown: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
