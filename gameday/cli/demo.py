"""`gameday demo up|status|down|switch`: the demo environment, real and disposable."""

from __future__ import annotations

import signal
from types import FrameType
from typing import TYPE_CHECKING

import click

from gameday.app.recovery import recover_orphans, require_demo_unused
from gameday.cli import demo_containers
from gameday.cli.command_groups import CommandGroup
from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_output, print_status
from gameday.cli.progress import progress
from gameday.cli.timing_variable import read_timing
from gameday.errors import BadArguments, Exit, Interrupted, Refused
from gameday.suggestions import suggest_word

if TYPE_CHECKING:
    from gameday.cli.json_documents import DemoDocument
    from gameday.demo.demo_record import Demo


@click.group("demo", cls=CommandGroup)
def command() -> None:
    """Start, show or stop the demo environment: a small shop, its dependencies, load, and proxies between them."""


docker_option = click.option("--docker", is_flag=True, help="Run the demo in containers (see examples/compose).")


@command.command()
@click.option("--break-alert", is_flag=True, help="Make the demo's alert never fire.")
@docker_option
def up(break_alert: bool, docker: bool) -> None:
    """Start the demo, or show where it runs."""
    from gameday.demo import demo_record, lifecycle

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _as_ctrl_c)
    if docker:
        demo_containers.up(break_alert)
        return
    with progress("the demo to start"):
        demo = lifecycle.start_demo(demo_record.demo_home(), break_alert=break_alert, say=print_status)
    _print(demo)


@command.command()
@format_option
@docker_option
def status(as_json: bool, docker: bool) -> Exit:
    """Show if the demo is running, and its addresses. Exits with 1 if it is not."""
    from gameday.demo import demo_record, lifecycle

    if docker:
        return demo_containers.status(as_json)
    demo = demo_record.load(demo_record.demo_home())
    healthy = demo is not None and lifecycle.is_healthy(demo)
    if as_json:
        print_document(_document(demo, healthy))
    elif demo is None:
        print_output("The demo is not running. Start it: gameday demo up. For the containers, add --docker.")
    elif healthy:
        _print(demo)
    else:
        print_output("The demo is starting or incomplete. Wait for it or restart it: gameday demo up")
    return Exit.HELD if healthy else Exit.NOT_HELD


@command.command()
@docker_option
def down(docker: bool) -> None:
    """Stop every process of the demo and remove its data."""
    from gameday.demo import demo_record, lifecycle

    if docker:
        demo_containers.down()
        return
    home = demo_record.demo_home()
    if home.exists():
        recover_orphans("demo down", print_status, read_timing())
        require_demo_unused(home)
    with progress("the demo to stop"):
        lifecycle.stop_demo(home)
    print_output("The demo is stopped.")


@command.command()
@click.argument("name")
@click.argument("position", type=click.Choice(["on", "off"]), metavar="on|off")
def switch(name: str, position: str) -> None:
    """Set a switch of the shop: recommendations, read-cache, pool-timeout (on: short), pay-later, cache-bypass."""
    from gameday.app.environment_selection import DemoNotRunning
    from gameday.demo import demo_record
    from gameday.demo.actions import set_switch
    from gameday.demo.http_json import request_json

    demo = demo_record.load(demo_record.demo_home())
    if demo is None or not demo.shop_url:
        raise DemoNotRunning
    try:
        _require_switch(name, list(request_json(f"{demo.shop_url}/switches")))
        set_switch(demo.shop_url, name, position)
    except OSError as error:
        raise Refused(f"the shop does not respond: {error}", "Check it: gameday demo status") from error
    print_output(f"{name} is {position}.")


def _require_switch(name: str, switches: list[str]) -> None:
    """Raise BadArguments with a suggestion if the shop has no such switch."""
    if name not in switches:
        todo = f"{suggest_word(name, switches)} Switches: {', '.join(switches)}."
        raise BadArguments(f"the shop has no switch {name}", todo.lstrip())


def _print(demo: Demo) -> None:
    from gameday.demo.proxy import CACHE, PAYMENTS

    print_output(
        f"The demo is running in {demo.home}.\n"
        f"  shop      {demo.shop_url}  (GET /browse /recommendations /help /switches, POST /checkout)\n"
        f"  load      {demo.load_url}  (GET /stats /api/v1/alerts, POST /load)\n"
        f"  proxy     {demo.proxy_url}  ({demo.proxy_kind}, proxies {demo.proxy_name}, {PAYMENTS}, {CACHE})\n"
        f"  database  127.0.0.1:{demo.database_port}  (PostgreSQL, user shop, its password in demo.json)"
    )
    if demo.break_alert:
        print_output("  Its alert rule never fires (--break-alert).")


def _document(demo: Demo | None, healthy: bool) -> DemoDocument:
    from gameday.cli.json_documents import DemoDocument, DemoProcessDocument

    if demo is None:
        return DemoDocument(state="down")
    from gameday.demo import lifecycle

    return DemoDocument(
        state="up" if healthy else "starting" if demo.state == "starting" else "broken",
        shop=demo.shop_url, load=demo.load_url, proxy=demo.proxy_url, proxy_name=demo.proxy_name,
        break_alert=demo.break_alert, on_demand=demo.on_demand, home=str(demo.home),
        processes=[
            DemoProcessDocument(name=process.name, pid=process.pid) for process in lifecycle.living_processes(demo.home)
        ],
    )  # fmt: skip


def _as_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    """Handle a closed terminal or a kill during `up` as Ctrl-C: stop what was started."""
    raise Interrupted
