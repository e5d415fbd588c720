"""Command line of the stand-alone proxy: `python -m gameday.proxy`.

It accepts Toxiproxy's flags as they are written there (`-host`, `-proxy-metrics`), with one dash or two."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gameday import __version__
from gameday.errors import Exit, GamedayError


def main() -> int:
    """Run the server, and return the exit code."""
    arguments = _parser().parse_args()
    try:
        from gameday.proxy.metrics import MetricsSelection
        from gameday.proxy.server import ServerOptions, run_server

        metrics = MetricsSelection(proxies=arguments.proxy_metrics, runtime=arguments.runtime_metrics)
        run_server(
            ServerOptions(
                host=arguments.host, port=arguments.port, config=arguments.config, announce=arguments.announce,
                seed=arguments.seed, token_file=arguments.token_file, metrics=metrics, state=arguments.state,
                allow_unix=tuple(arguments.allow_unix), allow_from=tuple(arguments.allow_from),
                allow_host=tuple(arguments.allow_host),
            )
        )  # fmt: skip
    except GamedayError as error:
        print(f"gameday proxy: {error}", file=sys.stderr)
        return error.exit
    return Exit.HELD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gameday.proxy", description="A Toxiproxy-compatible fault proxy.")

    def add_option(name: str, **settings: object) -> None:
        parser.add_argument(f"--{name}", f"-{name}", **settings)  # type: ignore[arg-type]  # typed too narrowly there

    repeated: dict[str, object] = {"action": "append", "default": []}
    add_option("version", action="version", version=__version__)
    add_option("host", default="127.0.0.1", help="address that the API listens on")
    add_option("port", type=int, default=8474, help="port of the API; 0: any free one")
    add_option("config", type=Path, help="proxies to start with, in Toxiproxy's JSON format")
    add_option("announce", type=Path, help="file to write the URL to, once ready")
    add_option("seed", type=int, help="seed of toxicity: hit the same connections in every run")
    add_option("token-file", type=Path, help="file with the token that clients must send; required beyond loopback")
    add_option("allow-unix", **repeated, type=Path, help="Unix socket that may be an upstream; repeatable")
    add_option("allow-from", **repeated, metavar="CIDR", help="network of clients that need no token; repeatable")
    add_option("allow-host", **repeated, metavar="NAME", help="name of this server in their requests; repeatable")
    add_option("state", type=Path, help="file that POST /state saves to; restored at start")
    add_option("proxy-metrics", action="store_true", help="serve the bytes of each proxy at /metrics")
    add_option("runtime-metrics", action="store_true", help="serve the resources of the process at /metrics")
    return parser


if __name__ == "__main__":
    sys.exit(main())
