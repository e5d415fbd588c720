"""`gameday proxy`: serve the embedded fault proxy, or control a running one with toxiproxy-cli's commands."""

from __future__ import annotations

import click

from gameday.cli.proxy.command_aliases import ServerUrlGroup
from gameday.cli.proxy.proxy_commands import add, delete, list_, reset, status, toggle
from gameday.cli.proxy.serve import serve
from gameday.cli.proxy.toxic_commands import toxic

ALIASES = {
    "l": "list", "li": "list", "ls": "list", "i": "status", "ins": "status", "inspect": "status",
    "c": "add", "new": "add", "create": "add", "tog": "toggle", "d": "delete", "t": "toxic",
}  # fmt: skip


@click.group(cls=ServerUrlGroup, aliases=ALIASES)
@click.option("--url", "--host", help="URL of the server's API, for any of the commands.")
@click.pass_context
def command(ctx: click.Context, url: str | None) -> None:
    """Serve a Toxiproxy-compatible fault proxy, or control a running one (gameday's or Toxiproxy).

    The names of toxiproxy-cli work too: create for add, inspect NAME for status NAME, and its short forms.
    """
    ctx.obj = url


for subcommand in (serve, list_, status, add, toggle, delete, toxic, reset):
    command.add_command(subcommand)
