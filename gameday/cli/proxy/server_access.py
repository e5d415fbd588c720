"""The server that the other commands ask: where it is, and what its refusals mean for whoever typed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from gameday.errors import BadArguments, Refused

if TYPE_CHECKING:
    from gameday.injectors.toxiproxy.api_client import Server, ServerTrouble
    from gameday.plugins.types import Deadline

DEFAULT = "http://127.0.0.1:8474"
VARIABLES = ["GAMEDAY_PROXY", "TOXIPROXY_URL"]
"""Ours first; the other is the one of Toxiproxy's own client."""
WITHIN = 5.0
"""Seconds for the whole of one command."""


def _whole(ctx: click.Context, _option: click.Parameter, url: str | None) -> str:
    """With `http://`, which fingers leave out. What stands beside the verb goes before what stands before it, and that
    before the environment."""
    typed = ctx.get_parameter_source("url") is click.core.ParameterSource.COMMANDLINE
    found = (url if typed else ctx.obj or url) or DEFAULT
    return found if "://" in found else f"http://{found}"


at_server = click.option("--url", envvar=VARIABLES, callback=_whole, show_envvar=True,
                         help=f"Where the server's API listens.  [default: {DEFAULT}]")  # fmt: skip
"""The option that every command has which asks a server; before the verb it is the group's."""


@contextlib.contextmanager
def asking(url: str) -> Iterator[tuple[Server, Deadline]]:
    """The server at `url`, and by when it has to have answered; its troubles become endings."""
    from gameday.injectors.toxiproxy.address import EXAMPLE
    from gameday.injectors.toxiproxy.api_client import Conflict, NotTaken, NotThere, Server, ServerTrouble
    from gameday.plugins.types import Deadline

    try:
        server = Server(url)
    except ValueError as error:
        raise BadArguments(f"--url, {' or '.join(VARIABLES)}: {error}", _sentence(EXAMPLE)) from None
    try:
        yield server, Deadline.after(WITHIN)
    except NotTaken as error:
        raise BadArguments(str(error)) from None
    except NotThere as error:
        raise BadArguments(f"{error}, at {url}", "See what is there: gameday proxy list") from None
    except Conflict as error:
        raise Refused(str(error), "See what is there: gameday proxy list") from None
    except ServerTrouble as trouble:
        raise Refused(str(trouble), _todo(server, trouble)) from None


def _todo(server: Server, trouble: ServerTrouble) -> str:
    """By what was asked: where nothing was to change, nothing has."""
    from gameday.injectors.toxiproxy.api_client import NoToken, Stranger

    if isinstance(trouble, NoToken):
        return trouble.todo
    if isinstance(trouble, Stranger):
        return "Is it a Toxiproxy server that listens there? Look at --url or GAMEDAY_PROXY."
    if server.may_have_changed:
        return "Whether it was done, the server knows: gameday proxy list"
    return "Is it running (gameday proxy serve), and is --url or GAMEDAY_PROXY right?"


def all_proxies(server: Server, deadline: Deadline) -> dict[str, Mapping[str, Any]]:
    """By name, each with its toxics. Raises Refused where something else than Toxiproxy answers."""
    from gameday.injectors.toxiproxy.responses import proxy_of

    try:
        return {name: proxy_of(name, one) for name, one in server.proxies(deadline).items()}
    except ValueError as error:
        raise Refused(f"{server.url} does not answer as Toxiproxy does: {error}") from None


def found_proxy(server: Server, name: str, deadline: Deadline) -> Mapping[str, Any]:
    """The proxy of that name, with its toxics. Raises BadArguments, which says what there is."""
    from gameday.injectors.toxiproxy.api_client import NotThere

    try:
        return server.proxy(usable(name), deadline)
    except NotThere:
        raise BadArguments(f"no proxy {name!r} at {server.url}", there_are(name, server.proxies(deadline))) from None


def found_toxic(proxy: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The toxic of that name on the proxy. Raises BadArguments, which says what there is."""
    known: dict[str, Mapping[str, Any]] = {toxic["name"]: toxic for toxic in proxy["toxics"]}
    if usable(name) not in known:
        raise BadArguments(f"no toxic {name!r} on proxy {proxy['name']}", there_are(name, known))
    return known[name]


def there_are(name: str, known: Iterable[str]) -> str:
    from gameday.files.schema_validation import did_you_mean

    names = sorted(known)
    return _sentence(did_you_mean(name, names)) or f"There are: {', '.join(names) or 'none'}"


def usable(name: str) -> str:
    """A name that an address can carry: `..` would ask about something else. Raises BadArguments."""
    if "/" in name:
        raise BadArguments(f"{name!r} is no name that a server could find again: a slash parts addresses")
    if not name or name in (".", "..") or not name.isprintable():
        raise BadArguments(f"{name!r} is no name that a server could find again")
    return name


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
