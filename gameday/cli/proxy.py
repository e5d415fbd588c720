"""`gameday proxy`: the embedded, Toxiproxy-compatible fault proxy."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def command() -> None:
    """Serve a Toxiproxy-compatible fault proxy."""


@command.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the API listens.")
@click.option("--port", type=click.IntRange(0, 65535), default=8474, show_default=True, help="0 takes any free one.")
@click.option("--config", type=click.Path(path_type=Path), help="Proxies to start with, in Toxiproxy's JSON format.")
@click.option("--announce", type=click.Path(path_type=Path), help="A file that gets the URL when all is ready.")
@click.option("--seed", type=int, help="The same requests and connections then fall alike.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), help="Who has this token may use the API; needed beyond loopback."
)
def serve(
    host: str, port: int, config: Path | None, announce: Path | None, seed: int | None, token_file: Path | None
) -> None:
    """Serve until SIGTERM or Ctrl-C; the URL is printed when it is ready."""
    from gameday.proxy.serve import Options, run

    run(Options(host, port, config, announce, seed, token_file))
