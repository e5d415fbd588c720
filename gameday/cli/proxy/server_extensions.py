"""Checks for features that only some servers have.

A server without them would ignore the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gameday.errors import BadArguments, Refused

if TYPE_CHECKING:
    from gameday.injectors.toxiproxy.api_client import ToxiproxyServer
    from gameday.plugins.types import Deadline

USE_EMBEDDED_HINT = "Use the server that comes with gameday (gameday proxy serve), or leave it out."
EXTENSION_TOXICS = ("stall", "refuse")
"""Toxic types that Toxiproxy does not have."""


def require_extension(server: ToxiproxyServer, extension: str, problem: str, deadline: Deadline) -> None:
    """Raise Refused, with the given problem, if the server lacks the extension."""
    from gameday.injectors.toxiproxy.responses import supports_extension

    if not supports_extension(server.version(deadline), extension):
        raise Refused(f"{problem} by {server.url}", USE_EMBEDDED_HINT)


def require_connect_support(server: ToxiproxyServer, attributes: Mapping[str, Any], deadline: Deadline) -> None:
    """Raise Refused if the latency attribute `connect` is set and not supported; `connect=false` always works."""
    if attributes.get("connect"):
        require_extension(server, "connect", "the attribute connect of latency is not supported", deadline)


def parse_expires_in(text: str) -> float:
    """Parse the duration of --expires-in into seconds. Raises BadArguments."""
    from gameday.units import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise BadArguments(f"--expires-in: {error}") from None


def unknown_type_error(server: ToxiproxyServer, type_: str, error: str, deadline: Deadline) -> BadArguments:
    """Return the error for a toxic type that the server does not have, with a suggestion."""
    from gameday.cli.proxy.server_access import suggest_name
    from gameday.injectors.toxiproxy.responses import supports_extension
    from gameday.proxy.toxics import TYPES

    if type_ in TYPES:
        return BadArguments(f"{server.url} has no toxic type {type_!r}: {error}", USE_EMBEDDED_HINT)
    version = server.version(deadline)
    supported = [name for name in TYPES if name not in EXTENSION_TOXICS or supports_extension(version, name)]
    return BadArguments(f"unknown toxic type {type_!r}: {error}", suggest_name(type_, supported))
