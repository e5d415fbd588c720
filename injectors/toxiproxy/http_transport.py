"""HTTP requests to a Toxiproxy server: with the team's credentials and TLS, and with bounded answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from gameday.clients.connection import Connection
from gameday.clients.http_proxy_variables import proxy_for
from gameday.plugins.types import Deadline

if TYPE_CHECKING:
    import ssl

MAX_ANSWER_BYTES = 10_000_000
"""Thousands of proxies; a larger answer comes from another program."""
_CHUNK_BYTES = 65_536


class AnswerTooLarge(Exception):
    """The answer is larger than MAX_ANSWER_BYTES."""


class Transport:
    """Requests to one server. `base`: its address without a path."""

    def __init__(self, base: str, connection: Connection) -> None:
        self._base, self._connection = base, connection

    def get(self, path: str, **options: Any) -> Any:
        return self._send("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self._send("POST", path, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self._send("DELETE", path, **options)

    def _send(self, method: str, path: str, *, deadline: Deadline, headers: Mapping[str, str], json: Any = None) -> Any:
        """Send a request and check its answer as toxiproxy-python does.

        Raises AnswerTooLarge, CredentialError, and the exceptions of requests and toxiproxy-python."""
        import requests
        from toxiproxy.api import validate_response

        with requests.Session() as session:
            session.trust_env = False  # .netrc and certifi are not what the team configured
            if self._base.startswith("https:"):
                session.mount("https://", _tls_adapter(self._connection))
            proxy = proxy_for(self._base, os.environ)
            response = session.request(
                method, self._base + path, json=json, timeout=deadline.remaining(), allow_redirects=False,
                headers={"Accept-Encoding": "identity", **self._connection.request_headers(), **headers},
                proxies={"http": proxy, "https": proxy}, hooks={"response": partial(_read_bounded, deadline)},
                verify=self._connection.verify,
            )  # fmt: skip
        return validate_response(response)


def _read_bounded(deadline: Deadline, response: Any, **_: object) -> None:
    """Read the answer before requests would read all of it."""
    from requests import exceptions
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    body = bytearray()
    try:
        while chunk := response.raw.read1(_CHUNK_BYTES):
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                raise AnswerTooLarge
            if deadline.remaining() <= 0:
                raise exceptions.ReadTimeout
    except ReadTimeoutError as error:
        raise exceptions.ReadTimeout(error) from error
    except HTTPError as error:
        raise exceptions.ChunkedEncodingError(error) from error
    finally:
        response.close()
    response._content, response._content_consumed = bytes(body), True


def _tls_adapter(connection: Connection) -> Any:
    from requests.adapters import HTTPAdapter
    from typing_extensions import override

    context = _cached_context(connection)

    class TlsAdapter(HTTPAdapter):
        """Adapter with the context of the connection, for requests through a proxy too."""

        @override
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options, ssl_context=context)

        @override
        def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
            return super().proxy_manager_for(proxy, **options, ssl_context=context)

    return TlsAdapter()


@lru_cache(maxsize=64)
def _cached_context(connection: Connection) -> ssl.SSLContext:
    from gameday.clients.tls import tls_context

    return tls_context(connection)
