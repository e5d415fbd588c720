"""`gameday proxy status [NAME]`: the server as a whole, or one proxy with all of its toxics."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from gameday.cli.output import print_result
from gameday.cli.proxy.server_access import all_proxies, asking, at_server, found_proxy
from gameday.errors import Exit


@click.command()
@at_server
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.argument("name", required=False)
def status(url: str, form: str, name: str | None) -> Exit:
    """Show the server; with NAME that proxy and its toxics."""
    with asking(url) as (server, deadline):
        if name is not None:
            shown = found_proxy(server, name, deadline)
            lines = _proxy(shown)
        else:
            version, proxies = server.version(deadline), all_proxies(server, deadline)
            shown = {"url": url, "version": version, "proxies": proxies}
            lines = _server(url, version, proxies)
    print_result([json.dumps(shown, indent=2, ensure_ascii=False)] if form == "json" else lines)
    return Exit.HELD


def _server(url: str, version: Mapping[str, Any], proxies: Mapping[str, Any]) -> Iterator[str]:
    from gameday.cli.proxy.tables import printable_cell, wrap_line

    yield f"server      {printable_cell(url)}, {_called(version)}"
    known = version.get("extensions")
    if isinstance(known, list):
        yield from wrap_line(f"extensions  {', '.join(printable_cell(one) for one in known)}", indent=12)
    off = sum(not proxy["enabled"] for proxy in proxies.values())
    toxics = sum(len(proxy["toxics"]) for proxy in proxies.values())
    yield f"proxies     {len(proxies)}, of them disabled {off}; toxics {toxics}"


def _called(version: Mapping[str, Any]) -> str:
    from gameday.cli.proxy.tables import printable_cell

    if version.get("gameday") is True:
        return f"gameday {printable_cell(version.get('version'))}"
    return f"Toxiproxy {printable_cell(version['version'])}" if "version" in version else "Toxiproxy, older than 2.6"


def _proxy(proxy: Mapping[str, Any]) -> Iterator[str]:
    from gameday.cli.proxy.tables import enabled, printable_cell, toxics_table

    yield f"proxy     {printable_cell(proxy['name'])}"
    yield f"listen    {printable_cell(proxy.get('listen'))}"
    yield f"upstream  {printable_cell(proxy.get('upstream'))}"
    yield f"enabled   {enabled(proxy)}"
    if not proxy["toxics"]:
        yield "toxics    none"
        return
    yield ""
    yield from toxics_table(proxy["toxics"])
