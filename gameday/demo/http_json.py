"""One small question over HTTP to a part of the demo; the standard library alone, so that commands stay quick."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit


def ask(url: str, body: object = None, timeout: float = 2.0) -> Any:
    """GET, or POST of `body` as JSON; the JSON of the answer (None where it is none).

    Raises OSError for no answer, an answer that is not HTTP, and one that is not 2xx.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
    try:
        text = None if body is None else json.dumps(body)
        connection.request("POST" if text else "GET", parts.path or "/", text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
    except http.client.HTTPException as error:
        raise OSError(f"{url} answered nothing we understand: {error!r}") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise OSError(f"{url} answered {answer.status}: {said[:200].decode(errors='replace').strip()}")
    try:
        return json.loads(said)
    except ValueError:
        return None
