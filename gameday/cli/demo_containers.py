"""`gameday demo up|status|down --docker`: the demo as containers, as in examples/compose."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

import gameday
from gameday.app.recovery import recover_orphans, require_demo_unused
from gameday.cli.json_output import print_document
from gameday.cli.output import print_output, print_status
from gameday.cli.progress import progress
from gameday.cli.timing_variable import read_timing
from gameday.errors import BadArguments, Exit, Refused

if TYPE_CHECKING:
    from gameday.injectors.docker.engine_api import EngineApi

TOOLS = "gameday-tools:1"
"""The image that the environment in examples/compose names."""
ENGINE_TIMEOUT_S = 5.0


def up(break_alert: bool) -> None:
    """Start the containers, or show where they run."""
    from gameday.demo.containers import host_checks, stack

    if break_alert:
        raise BadArguments("--break-alert is for the demo as processes, not for --docker")
    recover_orphans("demo up", print_status, read_timing())
    require_demo_unused()  # a fault there must not look like a demo that needs a restart
    url = _engine_url()
    host_checks.require_local_engine(url)
    _require_engine(url)
    with progress("the containers to start"):
        stack.up(url, print_status)
    _print(url)


def status(as_json: bool) -> Exit:
    """Show if the containers are running. Exit 1 if they are not."""
    from gameday.cli.json_documents import DemoDocument
    from gameday.demo.containers import stack

    url = _engine_url()
    _require_engine(url)
    healthy = stack.is_healthy(url)
    if as_json:
        print_document(DemoDocument(state="up" if healthy else "down"))
    elif healthy:
        _print(url)
    else:
        print_output("The demo's containers are not running. Start them: gameday demo up --docker")
    return Exit.HELD if healthy else Exit.NOT_HELD


def down() -> None:
    """Remove the containers and their network. Raises Refused while a drill that may use them runs."""
    from gameday.demo.containers import stack

    recover_orphans("demo down", print_status, read_timing())
    require_demo_unused()
    url = _engine_url()
    _require_engine(url)
    removed = stack.down(url)
    print_output("The demo's containers are removed." if removed else "The demo has no containers here.")


def _engine_url() -> str:
    """Return the engine that the `docker` command would use."""
    from gameday.injectors.docker.engine_address import resolve_engine_url

    return resolve_engine_url({})


def _require_engine(url: str) -> None:
    """Raise Refused if the engine does not respond."""
    with _open_engine(url):
        pass


def _has_image(url: str, image: str) -> bool:
    """Return True if the engine has the image. Raises Refused if the engine does not respond."""
    with _open_engine(url) as engine:
        return engine.has_image(image)


@contextmanager
def _open_engine(url: str) -> Iterator[EngineApi]:
    """Open the engine, whose errors become Refused."""
    from gameday.injectors.docker.engine_api import EngineApi
    from gameday.injectors.docker.errors import IN_FILE, EngineError
    from gameday.plugins.types import Deadline

    try:
        with EngineApi(url, Deadline.after(ENGINE_TIMEOUT_S)) as engine:
            yield engine
    except EngineError as error:
        raise Refused(str(error), error.todo.replace(IN_FILE, "")) from error


def _print(url: str) -> None:
    from gameday.demo.containers.services import DATABASE, LOAD, PROXY, SHOP

    at = {service.name: f"127.0.0.1:{service.host_port}" for service in (SHOP, LOAD, PROXY, DATABASE)}
    print_output(
        "The demo is running in containers.\n"
        f"  shop       http://{at['shop']}/browse  (GET /browse /recommendations /help /switches, POST /checkout)\n"
        f"  load       http://{at['load']}/stats  (GET /stats /api/v1/alerts, POST /load)\n"
        f"  toxiproxy  http://{at['toxiproxy']}\n"
        f"  database   {at['database']}\n"
        "Next, rehearse there: the environment is gameday.yaml in examples/compose of the checkout."
    )
    for line in _next(url):
        click.echo(f"  {line}")  # unwrapped: they are commands to copy


def _next(url: str) -> Iterator[str]:
    """Yield the next commands."""
    from gameday.demo.containers.services import TOKEN, dsn

    folder = Path(gameday.__file__).parent.parent / "examples" / "compose"
    yield f"cd {shlex.quote(str(folder))}" if folder.is_dir() else "cd examples/compose"
    yield f'export SHOP_DSN="{dsn()}"'
    yield f"export GAMEDAY_PROXY_TOKEN={TOKEN}"
    if not _has_image(url, TOOLS):
        yield f"docker build -t {TOOLS} ../tools    # image of the sidecars; without a registry: ../tools/build-local"
    yield "gameday run dependency-outage.yaml --env compose --rehearse"
