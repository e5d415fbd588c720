"""Classification of failed requests.

An outage of the server is a measurement. A request that could never succeed is none: a broken probe must not look like
a broken system.
"""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

from gameday.clients.http_proxy_variables import proxy_for, proxy_variable
from gameday.clients.request_errors import NoResponse, RequestError
from gameday.clients.tls import causes, certificate_failure


def classify_failure(error: Exception, url: str) -> RequestError:
    """Return NoResponse for what an outage may cause, else RequestError. Neither quotes the address or the error."""
    import httpx

    if reason := certificate_failure(error):
        return RequestError(f"{urlsplit(url).hostname}: {reason}")
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL | httpx.LocalProtocolError | ValueError):
        return RequestError("the address is invalid: it must be an http:// or https:// URL with a host")
    if any(isinstance(cause, socket.gaierror) for cause in causes(error)):
        return RequestError(f"the host {urlsplit(url).hostname} does not resolve")
    if isinstance(error, httpx.ProxyError):
        return _proxy_failure(str(error), url)
    is_refused = any(isinstance(cause, ConnectionRefusedError) for cause in causes(error))
    if is_refused and proxy_for(url, os.environ):
        return RequestError(f"cannot connect to the proxy in {proxy_variable(url)}")
    return NoResponse("cannot connect" if isinstance(error, httpx.ConnectError) else "the connection broke")


def _proxy_failure(text: str, url: str) -> RequestError:
    """Return NoResponse if the proxy could not reach the server, else RequestError."""
    status = text.split(" ", 1)[0]
    if status in ("502", "503", "504"):
        return NoResponse(f"the proxy responded with {status}: it cannot connect to the server")
    reason = f"responded with {status}" if status.isdecimal() else "failed"
    return RequestError(f"the proxy in {proxy_variable(url)} {reason}")
