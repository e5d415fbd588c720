"""Messages about failures of a server."""

from __future__ import annotations

from gameday.injectors.toxiproxy.api_client import ServerError, ToxiproxyServer

_CURE = (
    "A client behind the proxy may not be reading, and this server waits for it: restart the Toxiproxy server"
    " (its toxics and open connections go with it), then `gameday halt`."
)


def explain_failure(error: Exception) -> str:
    """Explain a failed request; a silent server may be waiting for a client that does not read."""
    silent = isinstance(error, ServerError) and error.silent
    return f"{error}. {_CURE if silent else 'See what answers there; `gameday halt` tries again.'}"


def server_gone_text(server: ToxiproxyServer) -> str:
    return f"the server at {server.url} has ended: clients of its proxies are refused until it is started again"


def printable(message: object) -> str:
    """Return text from a server on one line, without anything a terminal would obey."""
    text = str(message)
    return text if text.isprintable() else ascii(text)
