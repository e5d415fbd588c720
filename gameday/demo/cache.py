"""`python -m gameday.demo.cache HOME`: the cache service, which keeps small texts by key and evicts the oldest."""

from __future__ import annotations

import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gameday.demo.serve import serve

PORT_FILE = "cache.port"
MAX_KEYS = 1000
MAX_BYTES = 64 * 1024


class Cache:
    """At most MAX_KEYS texts of at most MAX_BYTES bytes each."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}

    async def get(self, request: Request) -> Response:
        """Respond 200 with the text, or 404."""
        text = self._texts.get(request.path_params["key"])
        return Response(status_code=404) if text is None else Response(text)

    async def put(self, request: Request) -> Response:
        """Store the text and respond 204, or 413 if it is too large."""
        text = await request.body()
        if len(text) > MAX_BYTES:
            return Response(status_code=413)
        self._texts[request.path_params["key"]] = text
        while len(self._texts) > MAX_KEYS:
            del self._texts[next(iter(self._texts))]
        return Response(status_code=204)


def create_app() -> Starlette:
    """Return the cache's web application: GET and PUT of /KEY."""
    cache = Cache()
    return Starlette(routes=[Route("/{key}", cache.get), Route("/{key}", cache.put, methods=["PUT"])])


if __name__ == "__main__":
    serve(create_app(), Path(sys.argv[1]) / PORT_FILE)
