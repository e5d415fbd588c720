"""`python -m gameday.proxy`: the proxy as a process of its own, without the rest of the program.

It takes Toxiproxy's flags as they are written there (`-host`, `-proxy-metrics`), with one dash or two."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gameday import __version__
from gameday.errors import Exit, GamedayError


def main() -> int:
    asked = _parser().parse_args()
    try:
        from gameday.proxy.metrics import MetricsSelection
        from gameday.proxy.server import Options, run

        metrics = MetricsSelection(proxies=asked.proxy_metrics, runtime=asked.runtime_metrics)
        run(
            Options(
                host=asked.host, port=asked.port, config=asked.config, announce=asked.announce, seed=asked.seed,
                token_file=asked.token_file, metrics=metrics, state=asked.state,
            )
        )  # fmt: skip
    except GamedayError as error:
        print(f"gameday proxy: {error}", file=sys.stderr)
        return error.exit
    return Exit.HELD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gameday.proxy", description="A Toxiproxy-compatible fault proxy.")

    def option(name: str, **how: object) -> None:
        parser.add_argument(f"--{name}", f"-{name}", **how)  # type: ignore[arg-type]  # argparse's own are not typed so

    option("version", action="version", version=__version__)
    option("host", default="127.0.0.1", help="where the API listens")
    option("port", type=int, default=8474, help="0 takes any free one")
    option("config", type=Path, help="proxies to start with, in Toxiproxy's format")
    option("announce", type=Path, help="file that gets the URL when all is ready")
    option("seed", type=int, help="the same requests and connections then fall alike")
    option("token-file", type=Path, help="who has this token may use the API; needed beyond loopback")
    option("state", type=Path, help="file that POST /state saves to, and that is restored at start")
    option("proxy-metrics", action="store_true", help="/metrics counts the bytes of each proxy")
    option("runtime-metrics", action="store_true", help="/metrics tells what the process uses")
    return parser


if __name__ == "__main__":
    sys.exit(main())
