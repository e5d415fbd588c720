"""`gameday proxy serve`: the embedded, Toxiproxy-compatible fault proxy."""

from __future__ import annotations

from pathlib import Path

import click

from gameday.cli.argument_types import AnyWholeNumber, WholeNumber

_PATH = click.Path(path_type=Path)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that the API listens on.")
@click.option("--port", type=WholeNumber(0, 65535), default=8474, show_default=True, help="0: any free port.")
@click.option("--config", type=_PATH, help="Proxies to start with, in Toxiproxy's JSON format.")
@click.option("--announce", type=_PATH, help="File to write the URL to, once ready.")
@click.option("--seed", type=AnyWholeNumber(), help="Seed of toxicity: hit the same connections in every run.")
@click.option("--token-file", type=_PATH, help="Token that clients must send; required beyond loopback.")
@click.option("--allow-unix", type=_PATH, multiple=True, help="Unix socket that may be an upstream; repeatable.")
@click.option("--allow-from", metavar="CIDR", multiple=True, help="Network of clients that need no token; repeatable.")
@click.option("--allow-host", metavar="NAME", multiple=True, help="Name of this server in requests; repeatable.")
@click.option("--state", type=_PATH, help="File that POST /state saves to; restored at start.")
@click.option("--proxy-metrics", is_flag=True, help="Serve the bytes of each proxy at /metrics.")
@click.option("--runtime-metrics", is_flag=True, help="Serve the resources of the process at /metrics.")
@click.pass_context
def serve(
    ctx: click.Context, host: str, port: int, config: Path | None, announce: Path | None, seed: int | None,
    token_file: Path | None, state: Path | None, proxy_metrics: bool, runtime_metrics: bool,
    allow_unix: tuple[Path, ...], allow_from: tuple[str, ...], allow_host: tuple[str, ...],
) -> None:  # fmt: skip
    """Run the proxy server until Ctrl-C or SIGTERM, and print its URL when ready."""
    from gameday.errors import BadArguments
    from gameday.proxy.metrics import MetricsSelection
    from gameday.proxy.server import ServerOptions, run_server

    if ctx.obj:
        raise BadArguments("--url does not apply to serve", "Choose its address: gameday proxy serve --host --port")
    metrics = MetricsSelection(proxies=proxy_metrics, runtime=runtime_metrics)
    run_server(
        ServerOptions(
            host=host, port=port, config=config, announce=announce, seed=seed, token_file=token_file,
            metrics=metrics, state=state, allow_unix=allow_unix, allow_from=allow_from, allow_host=allow_host,
        )
    )  # fmt: skip
