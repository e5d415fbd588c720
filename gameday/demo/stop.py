"""`python -m gameday.demo.stop HOME`: what the guardian runs after its reverts, when a run that brought the demo up
is gone."""

from __future__ import annotations

import sys
from pathlib import Path

from gameday.demo.lifecycle import down_unless_needed
from gameday.errors import GamedayError


def main() -> int:
    """0 when the demo in HOME is down, or another run needs it; else 1, and stderr says what is left."""
    try:
        down_unless_needed(Path(sys.argv[1]))
    except GamedayError as error:
        print(f"gameday: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
