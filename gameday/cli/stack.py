"""`gameday demo up|status|down --docker`: the demo as containers, which `docker compose` brings up elsewhere."""

from __future__ import annotations

import json

import click

from gameday.cli.first import not_under_a_drill, put_back_first
from gameday.cli.say import say
from gameday.errors import BadArguments, Exit


def up(break_alert: bool) -> None:
    """Bring it up, or say where it is."""
    from gameday.demo.containers import stack

    if break_alert:
        raise BadArguments("--break-alert is for the demo as processes, not for --docker")
    put_back_first("demo up")
    not_under_a_drill()  # what a drill broke there is not taken for a demo that has to be made anew
    stack.up(say)
    _print()


def status(as_json: bool) -> Exit:
    """Whether it is up. Exit 1 when it is not."""
    from gameday.demo.containers import stack

    healthy = stack.healthy()
    if as_json:
        click.echo(json.dumps({"state": "up" if healthy else "down"}))
    elif healthy:
        _print()
    else:
        click.echo("The demo's containers are not up. `gameday demo up --docker` brings them up.")
    return Exit.HELD if healthy else Exit.NOT_HELD


def down() -> None:
    """Remove its containers and its network. Raises Refused while a drill runs: it may be there."""
    from gameday.demo.containers import stack

    put_back_first("demo down")
    not_under_a_drill()
    said = "The demo's containers are removed." if stack.down() else "No containers of the demo are here."
    click.echo(said)


def _print() -> None:
    from gameday.demo.containers.services import DATABASE, LOAD, PROXY, SHOP, TOKEN, dsn

    at = {service.name: f"127.0.0.1:{service.outside}" for service in (SHOP, LOAD, PROXY, DATABASE)}
    click.echo(
        "The demo is up, as containers.\n"
        f"  shop       http://{at['shop']}\n"
        f"  load       http://{at['load']}  (GET /stats /api/v1/alerts, POST /load)\n"
        f"  toxiproxy  http://{at['toxiproxy']}\n"
        f"  database   {at['database']}\n"
        "Its environment is gameday.yaml in examples/compose of the checkout. What that file asks for:\n"
        f'  export SHOP_DSN="{dsn()}"\n'
        f"  export GAMEDAY_PROXY_TOKEN={TOKEN}"
    )
