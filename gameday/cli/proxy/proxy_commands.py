"""`gameday proxy list|status|add|toggle|delete|reset`: the server and its proxies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from gameday.cli.json_output import format_json
from gameday.cli.output import print_output, print_result
from gameday.cli.proxy.server_access import (
    list_proxies,
    open_connection,
    require_addressable,
    require_proxy,
    url_option,
)
from gameday.errors import Exit

format_option = click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.command("list")
@url_option
@format_option
def list_(url: str, output_format: str) -> Exit:
    """List the proxies and the names of their toxics."""
    from gameday.cli.proxy.tables import format_proxies

    with open_connection(url) as (server, deadline):
        proxies = list_proxies(server, deadline)
    if output_format == "json":
        print_result([format_json(proxies)])
    elif not proxies:
        print_result([f"No proxies at {url}. Add one: gameday proxy add --upstream HOST:PORT NAME"])
    else:
        print_result(format_proxies(proxies.values()))
    return Exit.HELD


@click.command()
@url_option
@format_option
@click.argument("name", required=False)
def status(url: str, output_format: str, name: str | None) -> Exit:
    """Show the server, or with NAME one proxy and its toxics."""
    with open_connection(url) as (server, deadline):
        if name is not None:
            details = require_proxy(server, name, deadline)
            lines = _proxy_lines(details)
        else:
            version, proxies = server.version(deadline), list_proxies(server, deadline)
            details = {"url": url, "version": version, "proxies": proxies}
            lines = _server_lines(url, version, proxies)
    print_result([format_json(details)] if output_format == "json" else lines)
    return Exit.HELD


@click.command()
@url_option
@click.option("--listen", "-l", default="127.0.0.1:0", show_default=True, help="HOST:PORT for clients; 0: a free port.")
@click.option("--upstream", "-u", required=True, metavar="HOST:PORT", help="The service behind it; or unix:PATH.")
@click.argument("name")
def add(url: str, listen: str, upstream: str, name: str) -> Exit:
    """Add the proxy NAME."""
    from gameday.cli.proxy.address_validation import check_addresses, require_unix_support
    from gameday.cli.proxy.tables import format_cell

    require_addressable(name)
    check_addresses(listen, upstream)
    with open_connection(url) as (server, deadline):
        require_unix_support(server, upstream, deadline)
        body = {"name": name, "listen": listen, "upstream": upstream, "enabled": True}
        proxy = server.create_proxy(body, deadline)
    addresses = f"{format_cell(proxy.get('listen'))} -> {format_cell(proxy.get('upstream'))}"
    print_output(f"Proxy {format_cell(name)} added: {addresses}")
    return Exit.HELD


@click.command()
@url_option
@click.argument("name")
def toggle(url: str, name: str) -> Exit:
    """Disable the proxy NAME, or enable it again."""
    with open_connection(url) as (server, deadline):
        enabled = not require_proxy(server, name, deadline)["enabled"]
        server.update_proxy(name, {"enabled": enabled}, deadline)
    state = "enabled" if enabled else "disabled: open connections closed, new ones refused"
    print_output(f"Proxy {name} {state}.")
    return Exit.HELD


@click.command()
@url_option
@click.argument("name")
def delete(url: str, name: str) -> Exit:
    """Delete the proxy NAME; its connections are closed."""
    with open_connection(url) as (server, deadline):
        require_proxy(server, name, deadline)
        server.delete_proxy(name, deadline)
    print_output(f"Proxy {name} deleted.")
    return Exit.HELD


@click.command()
@url_option
def reset(url: str) -> Exit:
    """Remove all toxics and enable all proxies, including the faults of a running drill."""
    from gameday.cli.proxy.tables import list_drill_markers

    with open_connection(url) as (server, deadline):
        before = list_proxies(server, deadline).values()
        server.reset(deadline)
    names = [str(toxic["name"]) for proxy in before for toxic in proxy["toxics"]]
    disabled = sum(not proxy["enabled"] for proxy in before)
    noun = "toxic" if len(names) == 1 else "toxics"
    print_output(f"Removed {len(names)} {noun}, enabled {disabled} of {len(before)} proxies.")
    if markers := list_drill_markers([*names, *(str(proxy.get("mark")) for proxy in before)]):
        print_output(f"Removed faults of a drill: {', '.join(markers)}. To see if it is running: gameday status")
    return Exit.HELD


def _server_lines(url: str, version: Mapping[str, Any], proxies: Mapping[str, Any]) -> Iterator[str]:
    from gameday.cli.proxy.tables import format_cell, wrap_line

    yield f"server      {format_cell(url)}, {_product(version)}"
    extensions = version.get("extensions")
    if isinstance(extensions, list):
        yield from wrap_line(f"extensions  {', '.join(format_cell(name) for name in extensions)}", indent=12)
    disabled = sum(not proxy["enabled"] for proxy in proxies.values())
    toxics = sum(len(proxy["toxics"]) for proxy in proxies.values())
    yield f"proxies     {len(proxies)} ({disabled} disabled)"
    yield f"toxics      {toxics}"


def _product(version: Mapping[str, Any]) -> str:
    from gameday.cli.proxy.tables import format_cell

    if version.get("gameday") is True:
        return f"gameday {format_cell(version.get('version'))}"
    return f"Toxiproxy {format_cell(version['version'])}" if "version" in version else "Toxiproxy before 2.6"


def _proxy_lines(proxy: Mapping[str, Any]) -> Iterator[str]:
    from gameday.cli.proxy.tables import format_cell, format_enabled, format_toxics

    yield f"proxy     {format_cell(proxy['name'])}"
    yield f"listen    {format_cell(proxy.get('listen'))}"
    yield f"upstream  {format_cell(proxy.get('upstream'))}"
    yield f"enabled   {format_enabled(proxy)}"
    if not proxy["toxics"]:
        yield "toxics    none"
        return
    yield ""
    yield from format_toxics(proxy["toxics"])
