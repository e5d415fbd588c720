"""A small JSON client for the parts of the demo; standard library only, so that commands start quickly."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit


def request_json(url: str, body: object = None, timeout: float = 2.0) -> Any:
    """GET the URL, or POST `body` as JSON; return the JSON of the response (None if it is not JSON).

    Raises OSError for no response, a response that is not HTTP, and any status but 2xx.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
    try:
        text = None if body is None else json.dumps(body)
        connection.request("POST" if text else "GET", parts.path or "/", text, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read()
    except http.client.HTTPException as error:
        raise OSError(f"{url}: the response is not HTTP: {error!r}") from error
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise OSError(f"{url}: HTTP {response.status}: {content[:200].decode(errors='replace').strip()}")
    try:
        return json.loads(content)
    except ValueError:
        return None
