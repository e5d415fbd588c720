"""`gameday proxy list|add|toggle|delete|reset`: the proxies of a server that runs."""

from __future__ import annotations

import json

import click

from gameday.cli.output import print_output, print_result
from gameday.cli.proxy.server_access import all_proxies, asking, at_server, found_proxy, usable
from gameday.errors import Exit


@click.command("list")
@at_server
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(url: str, form: str) -> Exit:
    """List the proxies and the names of their toxics."""
    from gameday.cli.proxy.tables import proxies_table

    with asking(url) as (server, deadline):
        proxies = all_proxies(server, deadline)
    if form == "json":
        print_result([json.dumps(proxies, indent=2, ensure_ascii=False)])
    elif not proxies:
        print_result([f"There are no proxies at {url}. Make one: gameday proxy add --upstream HOST:PORT NAME"])
    else:
        print_result(proxies_table(proxies.values()))
    return Exit.HELD


@click.command()
@at_server
@click.option("--listen", "-l", default="127.0.0.1:0", show_default=True, help="HOST:PORT for clients; 0: a free port.")
@click.option("--upstream", "-u", required=True, metavar="HOST:PORT", help="Where it leads; or unix:PATH.")
@click.argument("name")
def add(url: str, listen: str, upstream: str, name: str) -> Exit:
    """Add the proxy NAME."""
    from gameday.cli.proxy.addresses import check_addresses, need_sockets
    from gameday.cli.proxy.tables import printable_cell

    wanted = {"name": usable(name), "listen": listen, "upstream": upstream, "enabled": True}
    check_addresses(listen, upstream)
    with asking(url) as (server, deadline):
        need_sockets(server, upstream, deadline)
        made = server.create_proxy(wanted, deadline)
    print_output(
        f"Proxy {printable_cell(name)} listens on {printable_cell(made.get('listen'))} "
        f"and leads to {printable_cell(made.get('upstream'))}."
    )
    return Exit.HELD


@click.command()
@at_server
@click.argument("name")
def toggle(url: str, name: str) -> Exit:
    """Switch the proxy NAME off, or on again."""
    with asking(url) as (server, deadline):
        on = not found_proxy(server, name, deadline)["enabled"]
        server.update_proxy(name, {"enabled": on}, deadline)
    print_output(
        f"Proxy {name} is now {'enabled' if on else 'disabled: its connections are closed, new ones are refused'}."
    )
    return Exit.HELD


@click.command()
@at_server
@click.argument("name")
def delete(url: str, name: str) -> Exit:
    """Delete the proxy NAME; its connections are closed."""
    with asking(url) as (server, deadline):
        found_proxy(server, name, deadline)
        server.delete_proxy(name, deadline)
    print_output(f"Proxy {name} is deleted.")
    return Exit.HELD


@click.command()
@at_server
def reset(url: str) -> Exit:
    """Remove every toxic and enable every proxy, also what a drill has put there."""
    from gameday.cli.proxy.tables import of_a_drill

    with asking(url) as (server, deadline):
        before = all_proxies(server, deadline).values()
        server.reset(deadline)
    names = [str(toxic["name"]) for proxy in before for toxic in proxy["toxics"]]
    off = sum(not proxy["enabled"] for proxy in before)
    print_output(
        f"Removed {len(names)} {'toxic' if len(names) == 1 else 'toxics'}, enabled {off} of {len(before)} proxies."
    )
    if drills := of_a_drill([*names, *(str(proxy.get("mark")) for proxy in before)]):
        print_output(
            f"Of a drill: {', '.join(drills)}. If it still runs, its fault is gone under its hands: gameday status"
        )
    return Exit.HELD
