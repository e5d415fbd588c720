"""`gameday demo up|status|down --docker`: the demo as containers, which `docker compose` brings up elsewhere."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

import gameday
from gameday.app.recovery import recover_orphans, require_demo_unused
from gameday.cli.output import print_status
from gameday.cli.timing_variable import read_timing
from gameday.errors import BadArguments, Exit, Refused

TOOLS = "gameday-tools:1"
"""The image that the environment in examples/compose names."""
WITHIN = 5.0
"""Seconds in which an engine says that it is there."""


def up(break_alert: bool) -> None:
    """Bring it up, or say where it is."""
    from gameday.demo.containers import host_checks, stack

    if break_alert:
        raise BadArguments("--break-alert is for the demo as processes, not for --docker")
    recover_orphans("demo up", print_status, read_timing())
    require_demo_unused()  # what a drill broke there is not taken for a demo that has to be made anew
    url = _engine_url()
    host_checks.require_local_engine(url)
    _asked(url)
    stack.up(url, print_status)
    _print(url)


def status(as_json: bool) -> Exit:
    """Whether it is up. Exit 1 when it is not."""
    from gameday.demo.containers import stack

    url = _engine_url()
    _asked(url)
    healthy = stack.is_healthy(url)
    if as_json:
        click.echo(json.dumps({"state": "up" if healthy else "down"}))
    elif healthy:
        _print(url)
    else:
        click.echo("The demo's containers are not up. `gameday demo up --docker` brings them up.")
    return Exit.HELD if healthy else Exit.NOT_HELD


def down() -> None:
    """Remove its containers and its network. Raises Refused while a drill runs: it may be there."""
    from gameday.demo.containers import stack

    recover_orphans("demo down", print_status, read_timing())
    require_demo_unused()
    url = _engine_url()
    _asked(url)
    said = "The demo's containers are removed." if stack.down(url) else "No containers of the demo are here."
    click.echo(said)


def _engine_url() -> str:
    """Where the `docker` command would go."""
    from gameday.injectors.docker.engine_address import resolve_engine_url

    return resolve_engine_url({})


def _asked(url: str, image: str = "") -> bool:
    """Whether that engine has the image. Raises Refused, with what to do, where it cannot be asked."""
    from gameday.injectors.docker.engine_api import EngineApi
    from gameday.injectors.docker.errors import IN_FILE, EngineError
    from gameday.plugins.types import Deadline

    try:
        with EngineApi(url, Deadline.after(WITHIN)) as engine:
            return bool(image) and engine.has_image(image)
    except EngineError as trouble:
        raise Refused(str(trouble), trouble.todo.replace(IN_FILE, "")) from trouble


def _print(url: str) -> None:
    from gameday.demo.containers.services import DATABASE, LOAD, PROXY, SHOP

    at = {service.name: f"127.0.0.1:{service.host_port}" for service in (SHOP, LOAD, PROXY, DATABASE)}
    click.echo(
        "The demo is up, as containers.\n"
        f"  shop       http://{at['shop']}/browse  (GET /browse /recommendations /help /switches, POST /checkout)\n"
        f"  load       http://{at['load']}/stats  (GET /stats /api/v1/alerts, POST /load)\n"
        f"  toxiproxy  http://{at['toxiproxy']}\n"
        f"  database   {at['database']}\n"
        "Next, a rehearsal there: its environment is gameday.yaml in examples/compose of the checkout."
    )
    for line in _next(url):
        click.echo(f"  {line}")


def _next(url: str) -> Iterator[str]:
    """What to type."""
    from gameday.demo.containers.services import TOKEN, dsn

    folder = Path(gameday.__file__).parent.parent / "examples" / "compose"
    yield f"cd {shlex.quote(str(folder))}" if folder.is_dir() else "cd examples/compose"
    yield f'export SHOP_DSN="{dsn()}"'
    yield f"export GAMEDAY_PROXY_TOKEN={TOKEN}"
    if not _asked(url, TOOLS):
        yield f"docker build -t {TOOLS} ../tools    # what side containers run; with no registry: ../tools/build-local"
    yield "gameday run dependency-outage.yaml --env compose --rehearse"
