"""HTTP client of a whole sampler: bounded responses, and one request for equal requests made at once."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gameday.clients.connection import ANONYMOUS, Connection, CredentialError
from gameday.clients.failure_classification import classify_failure
from gameday.clients.foreign_text import shorten_line
from gameday.clients.http_proxy_variables import proxy_for
from gameday.clients.request_errors import NoResponse, RequestError, TimedOut
from gameday.clients.tls import tls_context
from gameday.lean_imports import import_httpx
from gameday.model import Json
from gameday.units import format_duration

if TYPE_CHECKING:
    import httpx

MAX_RESPONSE_BYTES = 1_000_000
"""Larger responses are refused: a probe must not fill the runner's memory."""


class Response:
    """Status, body, duration in seconds, headers. The body is parsed once, for all who share it."""

    def __init__(self, status: int, body: bytes, seconds: float, headers: Mapping[str, str]) -> None:
        self.status = status
        self.body = body
        self.seconds = seconds
        self.headers = headers
        self._parsed: Any = None

    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self, *, any_status: bool = False) -> Any:
        """Parse the body as JSON, by default only of a 2xx. Raises RequestError."""
        if self.status >= 300 and not any_status:
            reason = self.error_text()
            raise RequestError(f"HTTP {self.status}{f': {reason}' if reason else ''}")
        if self._parsed is None:
            try:
                self._parsed = json.loads(self.body)
            except (ValueError, RecursionError):
                raise RequestError("the response is not JSON") from None
        return self._parsed

    def error_text(self) -> str:
        """Return the reason that a server of the team gives in its answer; empty if there is none."""
        try:
            answer = json.loads(self.body)
        except (ValueError, RecursionError):
            return ""
        reason = answer
        if isinstance(answer, dict):
            reason = next((answer[key] for key in ("error", "message", "detail") if answer.get(key)), "")
        return shorten_line(reason) if isinstance(reason, str) else ""


class HttpClient:
    """Sends requests, and follows no redirect: credentials reach only the address that is named."""

    def __init__(self, max_bytes: int = MAX_RESPONSE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._clients: dict[tuple[Connection, bool, str], httpx.AsyncClient] = {}
        self._resolved: set[str] = set()
        self._answered: set[str] = set()
        self._this_turn: dict[tuple[str, str, float, Connection], asyncio.Task[Response]] = {}
        self._pending: set[asyncio.Task[Response]] = set()

    def warm_up(self, url: str, connection: Connection = ANONYMOUS) -> None:
        """Create the client for `url`, and import what httpx would import at its first connection (0.1 s).

        Raises CredentialError for certificates that cannot be read."""
        self._client(url, connection)
        import_transport()

    def _client(self, url: str, connection: Connection) -> httpx.AsyncClient:
        is_tls, proxy = url.startswith("https:"), proxy_for(url, os.environ)
        client = self._clients.get((connection, is_tls, proxy))
        if client is None:
            client = self._clients[connection, is_tls, proxy] = async_client(connection, proxy, is_tls=is_tls)
        return client

    async def get(self, url: str, timeout: float, query: str = "", connection: Connection = ANONYMOUS) -> Response:
        """Return the response of a GET, with `query` as the parameter of that name. Raises NoResponse or RequestError.

        Equal requests in one turn of the loop are sent once: many signals often share an address."""
        key = (url, query, timeout, connection)
        task = self._this_turn.get(key)
        if task is None:
            loop = asyncio.get_running_loop()
            params = {"query": query} if query else None
            task = self._this_turn[key] = loop.create_task(self._send("GET", url, timeout, connection, params=params))
            loop.call_soon(self._this_turn.pop, key)
            self._pending.add(task)
            task.add_done_callback(self._over)
        return await asyncio.shield(task)

    async def post(self, url: str, body: Json, timeout: float, connection: Connection = ANONYMOUS) -> Response:
        """Return the response of a POST of JSON. Raises NoResponse or RequestError."""
        return await self._send("POST", url, timeout, connection, body=body)

    async def delete(self, url: str, timeout: float, connection: Connection = ANONYMOUS) -> Response:
        """Return the response of a DELETE. Raises NoResponse or RequestError."""
        return await self._send("DELETE", url, timeout, connection)

    def _over(self, task: asyncio.Task[Response]) -> None:
        self._pending.discard(task)
        if not task.cancelled():
            task.exception()  # looked at here: all who asked may have been called away

    async def close(self) -> None:
        for task in list(self._pending):
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)
        for client in self._clients.values():
            await client.aclose()

    async def _send(
        self, method: str, url: str, timeout: float, connection: Connection, *,
        params: dict[str, str] | None = None, body: Json = None,
    ) -> Response:  # fmt: skip
        import httpx

        loop = asyncio.get_running_loop()
        sent = loop.time()
        deadline = sent + timeout
        try:
            await self._require_name(url, deadline)
            sent = loop.time()
            async with asyncio.timeout_at(deadline):
                return await self._bounded(method, url, params, body, connection)
        except TimeoutError:
            waited = round(loop.time() - sent, 3)
            raise TimedOut(f"no response within {format_duration(timeout)}", waited) from None
        except CredentialError as error:
            raise RequestError(str(error)) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            failure = classify_failure(error, url)
            if isinstance(error, httpx.ConnectError) or not self._may_want_certificate(failure, url):
                raise failure from None
            text = "the connection broke before the first response: the server may require a client certificate"
            raise RequestError(text) from None

    def _may_want_certificate(self, failure: RequestError, url: str) -> bool:
        """Return True if a TLS server that never answered broke the connection: its reason can get lost with it."""
        parts = urlsplit(url)
        return isinstance(failure, NoResponse) and parts.scheme == "https" and parts.netloc not in self._answered

    async def _require_name(self, url: str, deadline: float) -> None:
        """Resolve the host before its first request: an unknown name is no outage. Raises RequestError."""
        host = urlsplit(url).hostname or ""
        if host in self._resolved or proxy_for(url, os.environ):
            return
        try:
            async with asyncio.timeout_at(deadline):
                await asyncio.get_running_loop().getaddrinfo(host, None)
        except TimeoutError:
            raise RequestError(f"resolving {host} timed out") from None
        except (OSError, UnicodeError):
            raise RequestError(f"the host {host} does not resolve") from None
        self._resolved.add(host)

    async def _bounded(
        self, method: str, url: str, params: dict[str, str] | None, body: Json, connection: Connection
    ) -> Response:
        client, headers = self._client(url, connection), connection.request_headers()
        started = asyncio.get_running_loop().time()
        answer = bytearray()
        async with client.stream(method, url, params=params, json=body, headers=headers) as response:
            self._answered.add(urlsplit(url).netloc)
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) > self._max_bytes:
                    raise RequestError(f"the response is larger than {self._max_bytes // 1_000_000} MB")
        seconds = asyncio.get_running_loop().time() - started
        return Response(response.status_code, bytes(answer), seconds, response.headers)


def import_transport() -> None:
    """Import httpx and what it would import at its first connection."""
    import_httpx()
    for late in ("httpcore", "anyio", "anyio._backends._asyncio"):
        with contextlib.suppress(ImportError):
            importlib.import_module(late)


def async_client(connection: Connection, proxy: str, *, is_tls: bool) -> httpx.AsyncClient:
    """Return a client with the team's TLS. Raises CredentialError for files or a proxy that cannot be used."""
    import_httpx()
    import ssl

    import httpx

    if proxy and urlsplit(proxy).scheme not in ("http", "https"):
        raise CredentialError("the proxy variable must be an http:// or https:// address")
    return httpx.AsyncClient(
        trust_env=False,
        proxy=proxy or None,
        verify=tls_context(connection) if is_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        follow_redirects=False,
        timeout=None,  # noqa: S113  # each question has a deadline of its own, for the whole of it
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
        headers={"accept-encoding": "identity"},  # what is small on the wire stays small in memory
    )
