"""Client of a Kubernetes API server: plain dicts, a time-out on every request, no retries, explicit patch types.

Of the SDK only its configuration and its connection pool are used: the typed models would triple the import.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from gameday.clients.kubernetes_errors import (
    ClusterError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RefusedForNow,
    response_error,
)
from gameday.clients.kubernetes_exec import CommandResult, run_command
from gameday.clients.kubernetes_login import ClusterAddress, log_in, require_context

__all__ = [
    "JSON_PATCH",
    "MERGE_PATCH",
    "ApiObject",
    "ClusterAddress",
    "ClusterError",
    "CommandResult",
    "Conflict",
    "Forbidden",
    "Invalid",
    "KubernetesClient",
    "NotFound",
    "RefusedForNow",
    "format_selector",
    "load_sdk",
    "open_client",
    "require_context",
    "response_error",
]  # fmt: skip
_JSON, JSON_PATCH, MERGE_PATCH = "application/json", "application/json-patch+json", "application/merge-patch+json"
_PAGE_SIZE = 500
ApiObject = dict[str, Any]


class KubernetesClient:
    """Requests to one API server. Safe from several threads."""

    def __init__(self, address: ClusterAddress) -> None:
        self._address = address
        self._api = log_in(address)
        self._clock_offset: float | None = None
        """Wall clock of the server minus our monotonic clock; None before its first response."""

    def request(
        self, method: str, path: str, *, timeout: float, query: Mapping[str, str] | None = None,
        body: Any = None, content_type: str = _JSON,
    ) -> ApiObject:  # fmt: skip
        """Return the body of the response. Raises ClusterError."""
        import urllib3

        if timeout <= 0:
            raise ClusterError("no time was left to call the API server")
        url = f"{self._api.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        encoded = None if body is None else json.dumps(body).encode()
        try:
            response = self._api.rest_client.pool_manager.request(
                method, url, body=encoded, headers=self._headers(content_type), retries=False,
                timeout=urllib3.Timeout(total=timeout),
            )  # fmt: skip
        except urllib3.exceptions.HTTPError as error:
            raise _connection_error(error, self._api.configuration.host, sent=method != "GET") from None
        self._read_clock(response.headers.get("Date", ""))
        if response.status >= HTTPStatus.BAD_REQUEST:
            if response.status == HTTPStatus.UNAUTHORIZED:
                _forget(self._address)
            raise response_error(response.status, response.data, f"{method} {path}")
        return _parse(response.data)

    def list_items(self, path: str, *, timeout: float, query: Mapping[str, str] | None = None) -> Iterator[ApiObject]:
        """Yield every object of a list, page by page. Raises ClusterError."""
        give_up = time.monotonic() + timeout
        token = ""
        while True:
            page = {**(query or {}), "limit": str(_PAGE_SIZE), **({"continue": token} if token else {})}
            answer = self.request("GET", path, timeout=give_up - time.monotonic(), query=page)
            yield from answer.get("items") or []
            token = str(answer.get("metadata", {}).get("continue") or "")
            if not token:
                return

    def run_command(self, pod_path: str, container: str, command: Sequence[str], *, timeout: float) -> CommandResult:
        """Run a command in a container of a pod. Raises ClusterError."""
        path = f"{pod_path}/exec?{urlencode({'container': container})}"
        return run_command(self._api.configuration, self._headers(_JSON), path, command, timeout)

    def _headers(self, content_type: str) -> dict[str, str]:
        headers = {"Accept": _JSON, "Content-Type": content_type, "User-Agent": "gameday"}
        self._api.update_params_for_auth(headers, [], ["BearerToken"], "", "", None)
        return headers

    def read_server_time(self, timeout: float) -> float:
        """Return the wall clock of the server, by its last response, or by a request. Raises ClusterError."""
        if self._clock_offset is None:
            self.request("GET", "/version", timeout=timeout)
        return time.monotonic() + (self._clock_offset or 0.0)

    def _read_clock(self, date: str) -> None:
        try:
            wall = parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError):
            wall = time.time()
        self._clock_offset = wall - time.monotonic()


_CLIENTS: dict[ClusterAddress, KubernetesClient] = {}
_LOCK = threading.Lock()


def open_client(address: ClusterAddress) -> KubernetesClient:
    """Return the client of this process for the address. Raises ClusterError.

    It is opened once: reading a kubeconfig may start a program that signs in."""
    with _LOCK:
        if address not in _CLIENTS:
            _CLIENTS[address] = KubernetesClient(address)
        return _CLIENTS[address]


def _forget(address: ClusterAddress) -> None:
    """Open a new client next time: the file may hold new credentials."""
    with _LOCK:
        _CLIENTS.pop(address, None)


def load_sdk() -> None:
    """Import all that a request needs."""
    import kubernetes.config  # noqa: F401
    import urllib3  # noqa: F401


def format_selector(selector: Mapping[str, Any]) -> str:
    """Return a workload's selector as kubectl writes it."""
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or []:
        key, operator, values = expression["key"], expression["operator"], ",".join(expression.get("values") or [])
        parts.append({"Exists": key, "DoesNotExist": f"!{key}"}.get(operator, f"{key} {operator.lower()} ({values})"))
    return ",".join(parts)


def _connection_error(error: Exception, host: str, *, sent: bool) -> ClusterError:
    import urllib3

    match error:
        case urllib3.exceptions.ConnectTimeoutError() | urllib3.exceptions.NewConnectionError():
            return ClusterError(f"no API server responds at {host}", "Check that this machine can reach it.")
        case urllib3.exceptions.TimeoutError():
            return ClusterError(f"the API server at {host} did not respond in time", may_have_landed=sent)
        case urllib3.exceptions.SSLError():
            return ClusterError(f"TLS to {host} failed: the kubeconfig does not trust its certificate")
        case _:
            return ClusterError(f"the connection to {host} broke", may_have_landed=sent)


def _parse(body: bytes) -> ApiObject:
    try:
        document = json.loads(body)
    except ValueError:
        raise ClusterError("the response is not JSON: is it an API server?") from None
    return document if isinstance(document, dict) else {}
