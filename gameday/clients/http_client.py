"""HTTP client of a whole sampler: bounded responses, and one request for equal requests made at once."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
from typing import TYPE_CHECKING, Any

from gameday.lean_imports import import_httpx
from gameday.units import format_duration

if TYPE_CHECKING:
    import httpx

MAX_RESPONSE_BYTES = 1_000_000
"""Larger responses are refused: a probe must not fill the runner's memory."""


class RequestError(Exception):
    """No usable response. The text is for people, and holds no secret."""


class NoResponse(RequestError):
    """Nothing came back: refused, closed, or silent for too long."""


class Response:
    """Status, body, and duration in seconds. The body is parsed once, for all who share it."""

    def __init__(self, status: int, body: bytes, seconds: float) -> None:
        self.status = status
        self.body = body
        self.seconds = seconds
        self._parsed: Any = None

    def json(self) -> Any:
        """Parse the body as JSON. Raises RequestError."""
        if self.status >= 300:
            raise RequestError(f"the address answered {self.status}")
        if self._parsed is None:
            try:
                self._parsed = json.loads(self.body)
            except (ValueError, RecursionError):
                raise RequestError("the answer is no JSON") from None
        return self._parsed


class HttpClient:
    """Sends GET requests. Follows no redirect and uses no proxy of the environment: it asks what is named."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._this_turn: dict[tuple[str, str, float], asyncio.Task[Response]] = {}
        self._pending: set[asyncio.Task[Response]] = set()

    @property
    def client(self) -> httpx.AsyncClient:
        """The client, created at the first use or by `prepare`."""
        if self._client is None:
            import_httpx()
            import httpx

            limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
            self._client = httpx.AsyncClient(
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # noqa: S113  # each question has a deadline of its own, for the whole of it
                limits=limits,
                headers={"accept-encoding": "identity"},  # what is small on the wire stays small in memory
            )
        return self._client

    def prepare(self) -> None:
        """Create the client, and import what httpx would import at its first connection (0.1 s)."""
        assert self.client is not None
        for late in ("httpcore", "anyio", "anyio._backends._asyncio"):
            with contextlib.suppress(ImportError):
                importlib.import_module(late)

    async def get(self, url: str, timeout: float, query: str = "") -> Response:
        """Return the response of a GET, with `query` as the parameter of that name. Raises NoResponse or RequestError.

        Equal requests in one turn of the loop are sent once: many signals often share an address."""
        key = (url, query, timeout)
        task = self._this_turn.get(key)
        if task is None:
            loop = asyncio.get_running_loop()
            task = self._this_turn[key] = loop.create_task(self._get(url, timeout, query))
            loop.call_soon(self._this_turn.pop, key)
            self._pending.add(task)
            task.add_done_callback(self._over)
        return await asyncio.shield(task)

    def _over(self, task: asyncio.Task[Response]) -> None:
        self._pending.discard(task)
        if not task.cancelled():
            task.exception()  # looked at here: all who asked may have been called away

    async def close(self) -> None:
        for task in list(self._pending):
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def _get(self, url: str, timeout: float, query: str) -> Response:
        import httpx

        try:
            async with asyncio.timeout(timeout):
                return await self._bounded(url, {"query": query} if query else None)
        except TimeoutError:
            raise NoResponse(f"no answer within {format_duration(timeout)}") from None
        except httpx.ConnectError:
            raise NoResponse("no connection") from None
        except (httpx.TransportError, OSError):
            raise NoResponse("the connection broke") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise RequestError("the address cannot be asked") from None

    async def _bounded(self, url: str, params: dict[str, str] | None) -> Response:
        started = asyncio.get_running_loop().time()
        body = bytearray()
        async with self.client.stream("GET", url, params=params) as response:
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_RESPONSE_BYTES:
                    raise RequestError("the answer is larger than 1 MB")
        return Response(response.status_code, bytes(body), asyncio.get_running_loop().time() - started)
