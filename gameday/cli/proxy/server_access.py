"""Access to the server that a command controls.

Its URL, lookups by name, and errors with advice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from gameday.errors import BadArguments, Refused

if TYPE_CHECKING:
    from gameday.injectors.toxiproxy.api_client import ServerError, ToxiproxyServer
    from gameday.plugins.types import Deadline

DEFAULT_URL = "http://127.0.0.1:8474"
URL_VARIABLES = ["GAMEDAY_PROXY", "TOXIPROXY_URL"]
"""Our own first; the other one is toxiproxy-cli's."""
COMMAND_TIMEOUT_S = 5.0
_LIST_HINT = "List the proxies: gameday proxy list"


def _complete_url(ctx: click.Context, _option: click.Parameter, url: str | None) -> str:
    """Choose the URL, and add a missing `http://`.

    The option of the command wins over the option of the group, and that over the environment."""
    is_typed = ctx.get_parameter_source("url") is click.core.ParameterSource.COMMANDLINE
    chosen = (url if is_typed else ctx.obj or url) or DEFAULT_URL
    return chosen if "://" in chosen else f"http://{chosen}"


url_option = click.option(
    "--url", envvar=URL_VARIABLES, callback=_complete_url, show_envvar=True,
    help=f"URL of the server's API.  [default: {DEFAULT_URL}]",
)  # fmt: skip
"""The option `--url` of every command that controls a server; the group has it too."""


@contextlib.contextmanager
def open_connection(url: str) -> Iterator[tuple[ToxiproxyServer, Deadline]]:
    """Yield the server and the command's deadline; turn the server's errors into exit codes."""
    from gameday.injectors.toxiproxy.address import EXAMPLE
    from gameday.injectors.toxiproxy.api_client import Conflict, InvalidRequest, NotFound, ServerError, ToxiproxyServer
    from gameday.plugins.types import Deadline

    try:
        server = ToxiproxyServer(url)
    except ValueError as error:
        raise BadArguments(f"--url, {' or '.join(URL_VARIABLES)}: {error}", _capitalize(EXAMPLE)) from None
    try:
        yield server, Deadline.after(COMMAND_TIMEOUT_S)
    except InvalidRequest as error:
        raise BadArguments(str(error)) from None
    except NotFound as error:
        raise BadArguments(f"{error}, at {url}", _LIST_HINT) from None
    except Conflict as error:
        raise Refused(str(error), _LIST_HINT) from None
    except ServerError as trouble:
        raise Refused(str(trouble), _advice(server, trouble)) from None


def _advice(server: ToxiproxyServer, trouble: ServerError) -> str:
    from gameday.injectors.toxiproxy.api_client import ForeignServerError, MissingToken, NotAllowed

    if isinstance(trouble, MissingToken | NotAllowed):
        return trouble.todo
    if isinstance(trouble, ForeignServerError):
        return "Is this a Toxiproxy server? Check --url or GAMEDAY_PROXY."
    if server.may_have_changed:
        return "The change may have been applied. Check: gameday proxy list"
    return "Is it running (gameday proxy serve)? Check --url or GAMEDAY_PROXY."


def list_proxies(server: ToxiproxyServer, deadline: Deadline) -> dict[str, Mapping[str, Any]]:
    """Return each proxy by name, with its toxics.

    Raises Refused if the response is not Toxiproxy's."""
    from gameday.injectors.toxiproxy.responses import parse_proxy

    try:
        return {name: parse_proxy(name, body) for name, body in server.proxies(deadline).items()}
    except ValueError as error:
        raise Refused(f"{server.url} does not respond like Toxiproxy: {error}") from None


def require_proxy(server: ToxiproxyServer, name: str, deadline: Deadline) -> Mapping[str, Any]:
    """Return the proxy of this name, with its toxics. Raises BadArguments with a suggestion."""
    from gameday.injectors.toxiproxy.api_client import NotFound

    require_addressable(name)
    try:
        return server.proxy(name, deadline)
    except NotFound:
        raise BadArguments(f"no proxy {name!r} at {server.url}", suggest_name(name, server.proxies(deadline))) from None


def require_toxic(proxy: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the toxic of this name. Raises BadArguments with a suggestion."""
    require_addressable(name)
    toxics: dict[str, Mapping[str, Any]] = {toxic["name"]: toxic for toxic in proxy["toxics"]}
    if name not in toxics:
        raise BadArguments(f"no toxic {name!r} on proxy {proxy['name']}", suggest_name(name, toxics))
    return toxics[name]


def suggest_name(name: str, existing: Iterable[str]) -> str:
    """Suggest a similar name, or else list the existing ones."""
    from gameday.suggestions import suggest_word

    names = sorted(existing)
    return suggest_word(name, names) or f"Available: {', '.join(names) or 'none'}"


def require_addressable(name: str) -> None:
    """Raise BadArguments unless a URL path can hold the name; `..` would address something else."""
    if "/" in name:
        raise BadArguments(f"invalid name {name!r}: it must not contain a slash")
    if not name or name in (".", "..") or not name.isprintable():
        raise BadArguments(f"invalid name {name!r}")


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
