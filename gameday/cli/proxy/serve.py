"""`gameday proxy serve`: the embedded, Toxiproxy-compatible fault proxy."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the API listens.")
@click.option("--port", type=click.IntRange(0, 65535), default=8474, show_default=True, help="0 takes any free one.")
@click.option("--config", type=click.Path(path_type=Path), help="Proxies to start with, in Toxiproxy's JSON format.")
@click.option("--announce", type=click.Path(path_type=Path), help="A file that gets the URL when all is ready.")
@click.option("--seed", type=int, help="The same requests and connections then fall alike.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), help="Who has this token may use the API; needed beyond loopback."
)
@click.option("--state", type=click.Path(path_type=Path), help="POST /state saves to it; it is restored at start.")
@click.option("--proxy-metrics", is_flag=True, help="/metrics counts the bytes of each proxy.")
@click.option("--runtime-metrics", is_flag=True, help="/metrics tells what the process uses.")
@click.pass_context
def serve(
    ctx: click.Context,
    host: str,
    port: int,
    config: Path | None,
    announce: Path | None,
    seed: int | None,
    token_file: Path | None,
    state: Path | None,
    proxy_metrics: bool,
    runtime_metrics: bool,
) -> None:
    """Serve until SIGTERM or Ctrl-C; the URL is printed when it is ready."""
    from gameday.errors import BadArguments
    from gameday.proxy.metrics import MetricsSelection
    from gameday.proxy.server import Options, run

    if ctx.obj:
        raise BadArguments(
            "serve asks no server, it is one", "Where it listens is said behind it: serve --host --port."
        )
    metrics = MetricsSelection(proxies=proxy_metrics, runtime=runtime_metrics)
    run(
        Options(
            host=host, port=port, config=config, announce=announce, seed=seed, token_file=token_file,
            metrics=metrics, state=state,
        )
    )  # fmt: skip
