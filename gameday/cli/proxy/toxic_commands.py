"""`gameday proxy toxic add|update|remove`: the toxics of one proxy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from gameday.cli.argument_types import DecimalNumber
from gameday.cli.output import print_output
from gameday.cli.proxy.command_aliases import AliasGroup
from gameday.cli.proxy.server_access import (
    open_connection,
    require_addressable,
    require_proxy,
    require_toxic,
    url_option,
)
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.injectors.toxiproxy.api_client import ToxiproxyServer
    from gameday.plugins.types import Deadline

_NAME_FLAGS = ("--name", "-n", "--toxicName")
_toxicity_option = click.option(
    "--toxicity", "-tox", type=DecimalNumber(0, 1), help="Share of connections, 0 to 1 (all)."
)
_attribute_option = click.option(
    "--attribute", "-a", "arguments", multiple=True, metavar="KEY=VALUE", help="May be repeated."
)


@click.group(cls=AliasGroup, aliases={"a": "add", "u": "update", "r": "remove", "d": "remove", "delete": "remove"})
def toxic() -> None:
    """Add, update or remove a toxic of a proxy."""


@toxic.command()
@url_option
@click.option("--type", "-t", "type_", required=True, help="latency, timeout, bandwidth, ...")
@click.option(*_NAME_FLAGS, "name", help="Name of the toxic; default: type and stream.")
@_toxicity_option
@_attribute_option
@click.option("--upstream", "-u", is_flag=True, help="Affect what the client sends.")
@click.option("--downstream", "-d", is_flag=True, help="Affect what the client receives (default).")
@click.option("--expires-in", metavar="TIME", help="Remove it after this time, such as 60s; gameday's server only.")
@click.argument("proxy")
def add(
    url: str, type_: str, name: str | None, toxicity: float | None, arguments: tuple[str, ...],
    upstream: bool, downstream: bool, expires_in: str | None, proxy: str,
) -> Exit:  # fmt: skip
    """Add a toxic to PROXY."""
    from gameday.cli.proxy.server_extensions import parse_expires_in, require_connect_support, require_extension

    stream = _stream(upstream, downstream)
    name = name or f"{type_}_{stream}"
    require_addressable(name)
    attributes = _new_attributes(type_, arguments)
    body: dict[str, Any] = {"name": name, "type": type_, "stream": stream, "attributes": attributes}
    body |= {"toxicity": toxicity} if toxicity is not None else {}
    body |= {"expires_in": parse_expires_in(expires_in)} if expires_in is not None else {}
    with open_connection(url) as (server, deadline):
        require_proxy(server, proxy, deadline)
        if expires_in is not None:
            require_extension(server, "expires_in", "--expires-in is not supported", deadline)
        require_connect_support(server, attributes, deadline)
        _add(server, proxy, body, deadline)
        _print_toxic("added", require_toxic(require_proxy(server, proxy, deadline), name), proxy)
    return Exit.HELD


@toxic.command()
@url_option
@click.option(*_NAME_FLAGS, "name", required=True, help="Name of the toxic.")
@_toxicity_option
@_attribute_option
@click.argument("proxy")
def update(url: str, name: str, toxicity: float | None, arguments: tuple[str, ...], proxy: str) -> Exit:
    """Change the given attributes of a toxic of PROXY."""
    from gameday.cli.proxy.attribute_validation import parse_attributes, require_safe_slicer, split_attributes
    from gameday.cli.proxy.server_extensions import require_connect_support

    if toxicity is None and not arguments:
        raise BadArguments("nothing to change", "Pass --attribute KEY=VALUE or --toxicity SHARE.")
    texts = split_attributes(arguments)
    with open_connection(url) as (server, deadline):
        current = require_toxic(require_proxy(server, proxy, deadline), name)
        type_ = str(current.get("type"))
        attributes = parse_attributes(type_, texts)
        require_safe_slicer(type_, (current.get("attributes") or {}) | attributes)
        require_connect_support(server, attributes, deadline)
        body = {"attributes": attributes} | ({} if toxicity is None else {"toxicity": toxicity})
        server.update_toxic(proxy, name, body, deadline)
        _print_toxic("updated", require_toxic(require_proxy(server, proxy, deadline), name), proxy)
    return Exit.HELD


@toxic.command()
@url_option
@click.option(*_NAME_FLAGS, "name", required=True, help="Name of the toxic.")
@click.argument("proxy")
def remove(url: str, name: str, proxy: str) -> Exit:
    """Remove a toxic from PROXY."""
    with open_connection(url) as (server, deadline):
        require_toxic(require_proxy(server, proxy, deadline), name)
        server.remove_toxic(proxy, name, deadline)
    print_output(f"Toxic {name} removed from proxy {proxy}.")
    return Exit.HELD


def _stream(upstream: bool, downstream: bool) -> str:
    if upstream and downstream:
        raise BadArguments("a toxic works on one stream", "Pass either --upstream or --downstream.")
    return "upstream" if upstream else "downstream"


def _new_attributes(type_: str, arguments: tuple[str, ...]) -> dict[str, int | bool]:
    from gameday.cli.proxy import attribute_validation

    attributes = attribute_validation.parse_attributes(type_, attribute_validation.split_attributes(arguments))
    attribute_validation.require_effect(type_, attributes)
    attribute_validation.require_safe_slicer(type_, attributes)
    return attributes


def _add(server: ToxiproxyServer, proxy: str, body: Mapping[str, Any], deadline: Deadline) -> None:
    from gameday.cli.proxy.server_extensions import unknown_type_error
    from gameday.injectors.toxiproxy.api_client import InvalidRequest

    try:
        server.add_toxic(proxy, body, deadline)
    except InvalidRequest as error:
        if "invalid toxic type" not in str(error):
            raise
        raise unknown_type_error(server, str(body["type"]), "invalid toxic type", deadline) from None


def _print_toxic(change: str, toxic: Mapping[str, Any], proxy: str) -> None:
    """Print the toxic as the server has it now."""
    from gameday.cli.proxy.tables import format_attributes, format_cell, format_lease_remaining

    fields = (format_cell(toxic.get("type")), format_cell(toxic.get("stream")), format_attributes(toxic))
    description = " ".join(field for field in fields if field)
    toxicity = "" if toxic.get("toxicity") == 1 else f", toxicity {toxic.get('toxicity')}"
    expiry = f"; expires in {lease}" if (lease := format_lease_remaining(toxic)) else ""
    print_output(f"Toxic {format_cell(toxic['name'])} {change} on proxy {proxy}: {description}{toxicity}{expiry}")
