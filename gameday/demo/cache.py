"""`python -m gameday.demo.cache HOME`: a cache as a service of its own: small texts by key, the oldest forgotten."""

from __future__ import annotations

import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gameday.demo.serve import serve

ANNOUNCED = "cache.port"
KEYS = 1000
LARGEST = 64 * 1024


class Cache:
    """What is remembered; at most KEYS texts of at most LARGEST bytes."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}

    async def get(self, request: Request) -> Response:
        """200 with the text, 404 where nothing is remembered."""
        found = self._texts.get(request.path_params["key"])
        return Response(status_code=404) if found is None else Response(found)

    async def put(self, request: Request) -> Response:
        """204 remembered, 413 too large."""
        text = await request.body()
        if len(text) > LARGEST:
            return Response(status_code=413)
        self._texts[request.path_params["key"]] = text
        while len(self._texts) > KEYS:
            del self._texts[next(iter(self._texts))]
        return Response(status_code=204)


def app() -> Starlette:
    """GET and PUT of /KEY."""
    cache = Cache()
    return Starlette(routes=[Route("/{key}", cache.get), Route("/{key}", cache.put, methods=["PUT"])])


if __name__ == "__main__":
    serve(app(), Path(sys.argv[1]) / ANNOUNCED)
