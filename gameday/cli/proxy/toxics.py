"""`gameday proxy toxic add|update|remove`: the toxics of one proxy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from gameday.cli.output import print_output
from gameday.cli.proxy.command_aliases import Verbs
from gameday.cli.proxy.server_access import asking, at_server, found_proxy, found_toxic, usable
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.injectors.toxiproxy.api_client import Server
    from gameday.plugins.types import Deadline

_NAME = ("--name", "-n", "--toxicName")
_share = click.option("--toxicity", "-tox", type=click.FloatRange(0, 1), help="Share of the connections; all: 1.")
_attributes = click.option("--attribute", "-a", "given", multiple=True, metavar="KEY=VALUE", help="As often as needed.")


@click.group(cls=Verbs, aliases={"a": "add", "u": "update", "r": "remove", "d": "remove", "delete": "remove"})
def toxic() -> None:
    """Add, update or remove a toxic of a proxy."""


@toxic.command()
@at_server
@click.option("--type", "-t", "type_", required=True, help="latency, timeout, bandwidth, ...")
@click.option(*_NAME, "name", help="Its name; else type and stream.")
@_share
@_attributes
@click.option("--upstream", "-u", is_flag=True, help="On what goes to the upstream.")
@click.option("--downstream", "-d", is_flag=True, help="On what comes back (the default).")
@click.option("--expires-in", metavar="TIME", help="It ends by itself after so long, as in 60s; our server alone can.")
@click.argument("proxy")
def add(
    url: str, type_: str, name: str | None, toxicity: float | None, given: tuple[str, ...],
    upstream: bool, downstream: bool, expires_in: str | None, proxy: str,
) -> Exit:  # fmt: skip
    """Add a toxic to PROXY."""
    from gameday.cli.proxy.attributes import attributes_of, refuse_what_does_nothing, refuse_what_ends_a_server, typed
    from gameday.cli.proxy.capabilities import need_connect, require_extension, seconds_of

    if upstream and downstream:
        raise BadArguments("a toxic works on one stream", "Take --upstream or --downstream.")
    stream = "upstream" if upstream else "downstream"
    called = usable(name or f"{type_}_{stream}")
    attributes = attributes_of(type_, typed(given))
    refuse_what_does_nothing(type_, attributes)
    refuse_what_ends_a_server(type_, attributes)
    body: dict[str, Any] = {"name": called, "type": type_, "stream": stream, "attributes": attributes}
    body |= {"toxicity": toxicity} if toxicity is not None else {}
    body |= {"expires_in": seconds_of(expires_in)} if expires_in is not None else {}
    with asking(url) as (server, deadline):
        found_proxy(server, proxy, deadline)
        if expires_in is not None:
            require_extension(server, "expires_in", "no toxic ends by itself", deadline)
        need_connect(server, attributes, deadline)
        _add(server, proxy, body, deadline)
        _say(found_toxic(found_proxy(server, proxy, deadline), called), proxy)
    return Exit.HELD


@toxic.command()
@at_server
@click.option(*_NAME, "name", required=True, help="Which one.")
@_share
@_attributes
@click.argument("proxy")
def update(url: str, name: str, toxicity: float | None, given: tuple[str, ...], proxy: str) -> Exit:
    """Change a toxic of PROXY; what is not named stays as it is."""
    from gameday.cli.proxy.attributes import attributes_of, refuse_what_ends_a_server, typed
    from gameday.cli.proxy.capabilities import need_connect

    if toxicity is None and not given:
        raise BadArguments("nothing would change", "Say what: --attribute KEY=VALUE or --toxicity SHARE.")
    wanted = typed(given)
    with asking(url) as (server, deadline):
        before = found_toxic(found_proxy(server, proxy, deadline), name)
        type_ = str(before.get("type"))
        attributes = attributes_of(type_, wanted)
        refuse_what_ends_a_server(type_, (before.get("attributes") or {}) | attributes)
        need_connect(server, attributes, deadline)
        change = {"attributes": attributes} | ({} if toxicity is None else {"toxicity": toxicity})
        server.update_toxic(proxy, name, change, deadline)
        _say(found_toxic(found_proxy(server, proxy, deadline), name), proxy)
    return Exit.HELD


@toxic.command()
@at_server
@click.option(*_NAME, "name", required=True, help="Which one.")
@click.argument("proxy")
def remove(url: str, name: str, proxy: str) -> Exit:
    """Remove a toxic from PROXY."""
    with asking(url) as (server, deadline):
        found_toxic(found_proxy(server, proxy, deadline), name)
        server.remove_toxic(proxy, name, deadline)
    print_output(f"Toxic {name} is removed from proxy {proxy}.")
    return Exit.HELD


def _add(server: Server, proxy: str, body: Mapping[str, Any], deadline: Deadline) -> None:
    from gameday.cli.proxy.capabilities import no_such_type
    from gameday.injectors.toxiproxy.api_client import NotTaken

    try:
        server.add_toxic(proxy, body, deadline)
    except NotTaken as error:
        if "invalid toxic type" not in str(error):
            raise
        raise no_such_type(server, str(body["type"]), "invalid toxic type", deadline) from None


def _say(found: Any, proxy: str) -> None:
    """As the server has it now."""
    from gameday.cli.proxy.tables import attributes, lease_remaining, printable_cell

    what = " ".join(
        part
        for part in (printable_cell(found.get("type")), printable_cell(found.get("stream")), attributes(found))
        if part
    )
    ends = f"; it ends by itself in {time}" if (time := lease_remaining(found)) else ""
    share = "" if found.get("toxicity") == 1 else f", on {found.get('toxicity')} of the connections"
    print_output(f"Toxic {printable_cell(found['name'])} is on proxy {proxy}: {what}{share}{ends}.")
