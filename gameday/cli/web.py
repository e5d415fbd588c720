"""`gameday web` serves the running drill's pages, `gameday links` shows and revokes their links."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gameday.cli.argument_types import WordChoice
from gameday.cli.output import print_output, print_status
from gameday.cli.participant_commands import drill_option
from gameday.errors import BadArguments, Exit
from gameday.model import parse_host_and_port, parse_public_url

if TYPE_CHECKING:
    from gameday.model import PageServer
    from gameday.web.links import Links

T = TypeVar("T")
PAGE_ROLES = ("responders", "ic", "mentor", "observer", "wall")
"""The values of the enum PageRole, whose package would slow these commands down; a test compares."""
PAGE_ROLE = WordChoice("page", PAGE_ROLES)
START_TIMEOUT_S = 30.0
"""Time for a drill to be registered, and for its pages to be served; a small container takes long to start Python."""
ADDRESS_TIMEOUT_S = 5.0
"""Time for the pages of an ended drill to leave their address."""
POLL_INTERVAL_S = 0.1


def _parsed_by(parse: Callable[[str], T]) -> Callable[[click.Context, click.Parameter, str | None], T | None]:
    """Return a callback of an option: its errors are those of gameday.yaml."""

    def parse_option(_context: click.Context, _parameter: click.Parameter, value: str | None) -> T | None:
        try:
            return None if value is None else parse(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return parse_option


_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@drill_option
@click.option("--listen", metavar="HOST:PORT", callback=_parsed_by(parse_host_and_port),
              help="Address to listen on; without gameday.yaml 127.0.0.1:8480. Port 0: any free port.")  # fmt: skip
@click.option(
    "--url",
    metavar="URL",
    callback=_parsed_by(parse_public_url),
    help="Address that people open, if not --listen.",
)
@click.option("--certificate", type=_FILE, help="TLS certificate with its chain (PEM).")
@click.option("--key", type=_FILE, help="Private key of the certificate (PEM).")
@click.option("--behind-proxy", is_flag=True, default=None, help="A proxy in front terminates TLS; needs --url.")
@click.option("--wait", is_flag=True, hidden=True, help="Wait for a drill that is being started.")
def command(drill: str | None, listen: tuple[str, int] | None, wait: bool, **options: Any) -> Exit:
    """Serve the running drill's pages, and print one link per role. Ctrl-C ends the pages, not the drill.

    Responders need only a browser. Everyone who has a link can press STOP. Options replace those of `web` in
    gameday.yaml.
    """
    from gameday.app.running_drills import select_running_drill
    from gameday.cli.main import map_exceptions
    from gameday.cli.own_finished_drills import facilitator_token
    from gameday.web.links import create_links
    from gameday.web.server import await_socket, check_certificate, open_socket, serve_drill, serve_supervised

    if wait:
        _await_registration(drill)
    running, token = select_running_drill(drill), facilitator_token()
    pages = _page_server(running.project, {"host": listen[0], "port": listen[1]} if listen else {}, options)
    check_certificate(pages)
    sock = await_socket(pages, ADDRESS_TIMEOUT_S) if wait else open_socket(pages)
    print_links(create_links(running.drill, pages.base_url(sock.getsockname()[1])))
    print_status("Ctrl-C ends the pages; the drill continues.")
    return serve_supervised(lambda: map_exceptions(lambda: serve_drill(running.drill, token, pages, sock)))


def _page_server(project: str, *options: dict[str, Any]) -> PageServer:
    """Return the settings of the drill's project, replaced by the options that are set. Raises BadArguments."""
    from gameday.files.project import find_project, project_identity, read_project
    from gameday.model import PageServer

    file = find_project()
    is_here = file is not None and project_identity(file) == project
    pages = read_project(file).page_server if file and is_here else PageServer()
    chosen = {name: value for group in options for name, value in group.items() if value is not None}
    pages = replace(pages, **chosen)
    wrong, remedy = pages.obstacle()
    if wrong:
        raise BadArguments(wrong, f"{remedy[:1].upper()}{remedy[1:]}; in gameday.yaml below web, or as options")
    return pages


def _await_registration(drill: str | None) -> None:
    """Wait until the drill is registered, or its start took too long."""
    from gameday.drill.control.drill_registry import list_registered

    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and drill not in {known.drill for known in list_registered()}:
        time.sleep(POLL_INTERVAL_S)


@click.command()
@drill_option
@click.option("--revoke", type=PAGE_ROLE, metavar="PAGE", help="Make the link of PAGE invalid, and close its pages.")
@click.option("--renew", type=PAGE_ROLE, metavar="PAGE", help="The same, and create a new link.")
def links(drill: str | None, revoke: str | None, renew: str | None) -> Exit:
    """Show the links to the running drill's pages; `gameday web` serves them.

    PAGE is one of responders, ic, mentor, observer and wall.
    """
    from gameday.app.running_drills import select_running_drill
    from gameday.errors import Refused
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


def offer_pages(drill: str, output: Path) -> None:
    """Start the pages of a drill, and print their links before the drill's screen covers them."""
    if (known := start_pages(drill, output)) is not None:
        print_links(known)
        _await_reader()


def start_pages(drill: str, output: Path) -> Links | None:
    """Start `gameday web` for a drill that was just started, and return the links; a failure is told, and no more.

    It outlives this terminal, as the drill does; `output`: what it prints."""
    import subprocess
    import sys

    from gameday.web.links import read_links

    output.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    output.touch(mode=0o600)
    with output.open("wb") as file:
        command = [sys.executable, "-m", "gameday", "web", "--drill", drill, "--wait"]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        if (known := read_links(drill)) is not None:
            return known
        time.sleep(POLL_INTERVAL_S)
    print_status(f"No pages are served: {output.read_text(errors='replace').strip() or 'gameday web does not start'}")
    return None


def _await_reader() -> None:
    """Wait until the links were read: the drill's screen covers them."""
    print_output("Send each link to its people now; later they are shown by: gameday links")
    with suppress(EOFError, KeyboardInterrupt):
        input("Press Enter to open the drill's screen. ")
