"""`python -m gameday.demo.stop HOME`: stop the demo that a run started.

The guardian runs this after its reverts when the run itself is gone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gameday.demo.lifecycle import stop_if_unused
from gameday.errors import GamedayError


def main() -> int:
    """Stop the demo in HOME unless another run uses it. Returns 1 if processes are left, named on stderr."""
    try:
        stop_if_unused(Path(sys.argv[1]))
    except GamedayError as error:
        print(f"gameday: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
