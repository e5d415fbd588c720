"""Addresses as typed, held to what can be listened on or dialled: a server takes any text, and fails at a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.injectors.toxiproxy.api_client import Server
    from gameday.plugins.types import Deadline

_NOT_IN_A_HOST = frozenset(" \t\r\n/\\?#@\"'<>")
UPSTREAM = "Write it as in -u 127.0.0.1:5432, or -u unix:/run/postgresql/.s.PGSQL.5432"
LISTEN = "Write it as in -l 127.0.0.1:15432; port 0 takes a free one."


def check_addresses(listen: str, upstream: str) -> None:
    """A name that nobody can resolve now is fine: it may be there later. Raises BadArguments."""
    at, port = _split("--listen", listen, LISTEN)
    path = _path(upstream)
    if path is not None:
        if not path.startswith("/"):
            raise BadArguments(f"--upstream {upstream}: the whole path of a socket is needed", UPSTREAM)
        return
    to, leads = _split("--upstream", upstream, UPSTREAM)
    if not leads:
        raise BadArguments(f"--upstream {upstream}: nobody listens on port 0", UPSTREAM)
    if leads == port and _plain(at) == _plain(to):
        raise BadArguments(f"--upstream {upstream}: the proxy would lead to itself", "Give it another --listen.")


def need_sockets(server: Server, upstream: str, deadline: Deadline) -> None:
    """Raises Refused where the upstream is a socket in the file system, and the server would take it for a host."""
    from gameday.cli.proxy.capabilities import require_extension

    if _path(upstream) is not None:
        require_extension(server, "unix", "no upstream can be a socket in the file system", deadline)


def _path(upstream: str) -> str | None:
    """Of a socket in the file system; None where it is an address."""
    from gameday.proxy.address import UNIX

    return upstream.removeprefix(UNIX) if upstream.startswith(UNIX) else None


def _split(option: str, given: str, todo: str) -> tuple[str, int]:
    from gameday.proxy.address import split

    try:
        host, port = split(given)
    except ValueError as error:
        raise BadArguments(f"{option} {given}: {str(error).rpartition(': ')[2]}", todo) from None
    if set(host) & _NOT_IN_A_HOST or not given.isprintable():
        raise BadArguments(f"{option} {given}: {host!r} is no host", todo)
    return host, port


def _plain(host: str) -> str:
    """The two ways of writing this machine are one; a server on all addresses is on that one too."""
    from gameday.proxy.address import HERE

    return HERE if host.lower() in ("", "localhost", "0.0.0.0", "::") else host.lower()  # noqa: S104 - not bound
