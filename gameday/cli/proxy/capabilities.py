"""What only some servers can: refused where the server would pass it over, so that nobody believes it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gameday.errors import BadArguments, Refused

if TYPE_CHECKING:
    from gameday.injectors.toxiproxy.api_client import Server
    from gameday.plugins.types import Deadline

USE_EMBEDDED_HINT = "The server that comes with gameday can (gameday proxy serve); else leave it out."
EXTENSION_TOXICS = ("stall", "refuse")
"""Types of toxics that the original has not."""


def require_extension(server: Server, extension: str, cannot: str, deadline: Deadline) -> None:
    """Raises Refused, in the words of `cannot`, at a server that has no such extension."""
    from gameday.injectors.toxiproxy.responses import can

    if not can(server.version(deadline), extension):
        raise Refused(f"{cannot} at {server.url}", USE_EMBEDDED_HINT)


def need_connect(server: Server, attributes: Mapping[str, Any], deadline: Deadline) -> None:
    """`connect=false` asks for nothing, so any server will do."""
    if attributes.get("connect"):
        require_extension(server, "connect", "no latency of the handshake (connect) can be had", deadline)


def seconds_of(text: str) -> float:
    """Of --expires-in. Raises BadArguments."""
    from gameday.units import duration

    try:
        return duration(text)
    except ValueError as error:
        raise BadArguments(f"--expires-in: {error}") from None


def no_such_type(server: Server, type_: str, said: str, deadline: Deadline) -> BadArguments:
    """What to do where a server has no toxic of that type: the original has not all of ours."""
    from gameday.cli.proxy.server_access import there_are
    from gameday.injectors.toxiproxy.responses import can
    from gameday.proxy.toxics import TYPES

    if type_ in TYPES:
        return BadArguments(f"{server.url} has no toxic of type {type_!r}: {said}", USE_EMBEDDED_HINT)
    version = server.version(deadline)
    there = [name for name in TYPES if name not in EXTENSION_TOXICS or can(version, name)]
    return BadArguments(f"no toxic is of type {type_!r}: {said}", there_are(type_, there))
