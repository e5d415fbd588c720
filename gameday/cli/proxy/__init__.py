"""`gameday proxy`: serve the embedded fault proxy, or turn one that runs, by the verbs of Toxiproxy's own client."""

from __future__ import annotations

import click

from gameday.cli.proxy.command_aliases import Hosted
from gameday.cli.proxy.proxies import add, delete, list_, reset, toggle
from gameday.cli.proxy.serve import serve
from gameday.cli.proxy.status import status
from gameday.cli.proxy.toxics import toxic

ALIASES = {
    "l": "list", "li": "list", "ls": "list", "i": "status", "ins": "status", "inspect": "status",
    "c": "add", "new": "add", "create": "add", "tog": "toggle", "d": "delete", "t": "toxic",
}  # fmt: skip


@click.group(cls=Hosted, aliases=ALIASES)
@click.option("--url", "--host", help="Where the server's API listens, for whichever verb follows.")
@click.pass_context
def command(ctx: click.Context, url: str | None) -> None:
    """Serve a Toxiproxy-compatible fault proxy, or turn one that runs: ours or the original.

    The words of toxiproxy-cli are taken as well: create for add, inspect NAME for status NAME, and its short ones.
    """
    ctx.obj = url


for one in (serve, list_, status, add, toggle, delete, toxic, reset):
    command.add_command(one)
