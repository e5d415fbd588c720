"""`python -m gameday.proxy`: the proxy as a process of its own, without the rest of the program."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gameday.errors import Exit, GamedayError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m gameday.proxy", description="A Toxiproxy-compatible fault proxy.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8474, help="0 takes any free one")
    parser.add_argument("--config", type=Path, help="proxies to start with, in Toxiproxy's format")
    parser.add_argument("--announce", type=Path, help="file that gets the URL when all is ready")
    parser.add_argument("--seed", type=int, help="the same requests and connections then fall alike")
    parser.add_argument("--token-file", type=Path, help="who has this token may use the API; needed beyond loopback")
    asked = parser.parse_args()
    try:
        from gameday.proxy.serve import Options, run

        run(Options(asked.host, asked.port, asked.config, asked.announce, asked.seed, asked.token_file))
    except GamedayError as error:
        print(f"gameday proxy: {error}", file=sys.stderr)
        return error.exit
    return Exit.HELD


if __name__ == "__main__":
    sys.exit(main())
