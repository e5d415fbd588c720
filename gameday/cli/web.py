"""`gameday web` serves the running drill's pages, `gameday links` shows and revokes their links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gameday.cli.argument_types import WordChoice
from gameday.cli.output import print_output, print_status
from gameday.cli.participant_commands import drill_option
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.web.links import Links

PAGE_ROLES = ("responders", "ic", "mentor", "observer", "wall")
"""The values of the enum PageRole, whose package would slow these commands down; a test compares."""
PAGE_ROLE = WordChoice("page", PAGE_ROLES)
DEFAULT_LISTEN = "127.0.0.1:8480"


def parse_listen(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, int]:
    """Parse HOST:PORT; an IPv6 address is in brackets. Raises click.BadParameter."""
    host, colon, port = value.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535 or not host.strip("[]"):
        raise click.BadParameter(f"{value} is not HOST:PORT, as in {DEFAULT_LISTEN} (port 0: any free port)")
    return host.strip("[]"), int(port)


def parse_url(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Check the public address. Raises click.BadParameter."""
    from urllib.parse import urlsplit

    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query):
        raise click.BadParameter(f"{value} is not an address such as https://drill.example.com, without a path")
    return value


_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@drill_option
@click.option("--listen", default=DEFAULT_LISTEN, show_default=True, metavar="HOST:PORT", callback=parse_listen,
              help="Address to listen on. Port 0: any free port.")  # fmt: skip
@click.option("--url", default="", metavar="URL", callback=parse_url, help="Address that people open, if another.")
@click.option("--certificate", type=_FILE, help="TLS certificate (PEM), with the chain.")
@click.option("--key", type=_FILE, help="Private key of the certificate (PEM).")
@click.option("--behind-proxy", is_flag=True, help="A proxy in front has TLS; needs --url https://...")
def command(drill: str | None, listen: tuple[str, int], behind_proxy: bool, **options: Any) -> Exit:
    """Serve the running drill's pages, and print one link per role. Ctrl-C ends the pages, not the drill.

    Responders need only a browser. Everyone who has a link can press STOP.
    """
    from gameday.app.running_drills import select_running_drill
    from gameday.cli.main import map_exceptions
    from gameday.cli.own_finished_drills import facilitator_token
    from gameday.web.links import create_links
    from gameday.web.server import ServerOptions, serve_drill, serve_supervised
    from gameday.web.server import listen as open_socket

    server = ServerOptions(host=listen[0], port=listen[1], behind_proxy=behind_proxy, **options)
    server.require_protected()
    running, token = select_running_drill(drill), facilitator_token()
    sock = open_socket(server)
    links = create_links(running.drill, server.base_url(sock.getsockname()[1]))
    print_links(links)
    print_status("Ctrl-C ends the pages; the drill continues.")
    return serve_supervised(lambda: map_exceptions(lambda: serve_drill(running.drill, token, server, sock)))


@click.command()
@drill_option
@click.option("--revoke", type=PAGE_ROLE, metavar="PAGE", help="Make the link of PAGE invalid, and close its pages.")
@click.option("--renew", type=PAGE_ROLE, metavar="PAGE", help="The same, and create a new link.")
def links(drill: str | None, revoke: str | None, renew: str | None) -> Exit:
    """Show the links to the running drill's pages; `gameday web` serves them.

    PAGE is one of responders, ic, mentor, observer and wall.
    """
    from gameday.app.running_drills import select_running_drill
    from gameday.errors import BadArguments, Refused
    from gameday.web.links import read_links, replace_link
    from gameday.web.rights import PageRole

    if revoke and renew:
        raise BadArguments("--revoke and --renew exclude each other", "Pass one of them")
    name = select_running_drill(drill).drill
    if revoke or renew:
        print_links(replace_link(name, PageRole(revoke or renew or ""), renew=bool(renew)))
        return Exit.HELD
    known = read_links(name)
    if known is None:
        raise Refused(f"drill {name} has no links", "Serve its pages: gameday web")
    print_links(known)
    return Exit.HELD


def print_links(shown: Links) -> None:
    """Print the link of each page."""
    from gameday.web.rights import PageRole

    width = max(len(role.heading) for role in PageRole)
    for role in PageRole:
        print_output(f"{role.heading:<{width}}  {shown.url(role) or 'revoked'}")
