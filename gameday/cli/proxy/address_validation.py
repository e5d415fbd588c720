"""Validation of typed addresses: servers accept any text, and fail only when a client connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.injectors.toxiproxy.api_client import ToxiproxyServer
    from gameday.plugins.types import Deadline

_INVALID_IN_HOST = frozenset(" \t\r\n/\\?#@\"'<>")
UPSTREAM_HINT = "Example: -u 127.0.0.1:5432, or -u unix:/run/postgresql/.s.PGSQL.5432"
LISTEN_HINT = "Example: -l 127.0.0.1:15432 (port 0: any free one)"


def check_addresses(listen: str, upstream: str) -> None:
    """Raise BadArguments unless both are valid. A name that does not resolve yet is valid."""
    listen_host, listen_port = _parse("--listen", listen, LISTEN_HINT)
    path = _unix_path(upstream)
    if path is not None:
        if not path.startswith("/"):
            raise BadArguments(f"--upstream {upstream}: an absolute socket path is required", UPSTREAM_HINT)
        return
    host, port = _parse("--upstream", upstream, UPSTREAM_HINT)
    if not port:
        raise BadArguments(f"--upstream {upstream}: port 0 cannot be connected to", UPSTREAM_HINT)
    if port == listen_port and _normalize(host) == _normalize(listen_host):
        raise BadArguments(f"--upstream {upstream}: the proxy would connect to itself", "Choose another --listen.")


def require_unix_support(server: ToxiproxyServer, upstream: str, deadline: Deadline) -> None:
    """Raise Refused if the upstream is a Unix socket, and the server would take it for a host."""
    from gameday.cli.proxy.server_extensions import require_extension

    if _unix_path(upstream) is not None:
        require_extension(server, "unix", "Unix socket upstreams are not supported", deadline)


def _unix_path(upstream: str) -> str | None:
    """Return the path of a Unix socket; None for any other address."""
    from gameday.proxy.address import UNIX_PREFIX

    return upstream.removeprefix(UNIX_PREFIX) if upstream.startswith(UNIX_PREFIX) else None


def _parse(option: str, text: str, hint: str) -> tuple[str, int]:
    from gameday.proxy.address import split_host_port

    try:
        host, port = split_host_port(text)
    except ValueError as error:
        raise BadArguments(f"{option} {text}: {str(error).rpartition(': ')[2]}", hint) from None
    if set(host) & _INVALID_IN_HOST or not text.isprintable():
        raise BadArguments(f"{option} {text}: invalid host {host!r}", hint)
    return host, port


def _normalize(host: str) -> str:
    """Return the loopback address for every spelling of this machine, "all addresses" included."""
    from gameday.proxy.address import LOOPBACK

    return LOOPBACK if host.lower() in ("", "localhost", "0.0.0.0", "::") else host.lower()  # noqa: S104 - not bound
