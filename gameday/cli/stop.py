"""`gameday stop`: anyone may, without a role, a reason or knowledge."""

from __future__ import annotations

import click

from gameday.cli.output import print_output
from gameday.errors import Exit


@click.command()
@click.argument("why", required=False, default="")
def command(why: str) -> Exit:
    """STOP: end the running drill now and put everything back. Anyone may; no reason is asked."""
    from gameday.app.running_drills import list_running
    from gameday.drill.control.socket_server import NoResponse, send_request

    heard = False
    for found in list_running().found:
        try:
            send_request(found.door, {"do": "stop", "say": why}, 1.0)
            print_output(f"{found.drill}: STOP heard; everything is being put back.")
            heard = True
        except NoResponse:
            continue
    if heard:
        return Exit.HELD
    print_output("No running drill answers; looking for what is outstanding.")
    from gameday.cli.halt import halt_all

    return halt_all("stop")
