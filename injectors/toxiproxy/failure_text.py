"""Messages about failures of a server."""

from __future__ import annotations

from gameday.injectors.toxiproxy.api_client import ServerError, ToxiproxyServer

_CURE = (
    "This server may be waiting for a client that does not read. Restart it"
    " (this removes its toxics and closes its connections), then run `gameday halt`."
)


def explain_failure(error: Exception) -> str:
    """Explain a failed request; a silent server may be waiting for a client that does not read."""
    silent = isinstance(error, ServerError) and error.silent
    return f"{error}. {_CURE if silent else '`gameday halt` retries the revert.'}"


def server_gone_text(server: ToxiproxyServer) -> str:
    return f"the server at {server.url} has exited: clients of its proxies are refused until it is restarted"


def printable(message: object) -> str:
    """Return text from a server on one line, without anything a terminal would obey."""
    text = str(message)
    return text if text.isprintable() else ascii(text)
