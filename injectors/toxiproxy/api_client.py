"""Client of one Toxiproxy server; its answers are checked by toxiproxy-python."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, cast
from urllib.parse import quote, urlsplit

from gameday.clients.connection import ANONYMOUS, Connection, CredentialError
from gameday.clients.tls import certificate_failure
from gameday.injectors.toxiproxy.address import read_address
from gameday.injectors.toxiproxy.http_transport import MAX_ANSWER_BYTES, AnswerTooLarge, Transport
from gameday.injectors.toxiproxy.responses import parse_object, parse_proxy, parse_refusal
from gameday.lean_imports import import_requests
from gameday.plugins.types import Deadline
from gameday.units import format_duration

TOKEN = "GAMEDAY_PROXY_TOKEN"  # noqa: S105 - the variable's name
UNAUTHORIZED = 401
FORBIDDEN = 403


def _token_header(token: str) -> dict[str, str]:
    """Return the header for a token; one that no header can carry loses what does not fit, and is refused."""
    return {"Authorization": f"Bearer {token.encode('ascii', 'ignore').decode()}"}


class ServerError(Exception):
    """No usable answer.

    `landed`: the request may have reached the server all the same; `silent`: nothing arrived in time."""

    todo = "Check that the Toxiproxy server is running and that its address is correct."

    def __init__(self, why: str, *, landed: bool, silent: bool = False) -> None:
        super().__init__(why)
        self.landed = landed
        self.silent = silent


class InvalidRequest(ServerError):
    """The server rejects the request as invalid, and says why."""


class MissingToken(ServerError):
    """The server requires a token, and got none or a wrong one."""

    todo = f"Set {TOKEN} to the token that the server was started with."


class NotAllowed(ServerError):
    """The server's options do not allow this request, or this client; the server says which option would."""

    todo = "Ask the owner of the server, or restart it with that option."


class ForeignServerError(ServerError):
    """The program that answers is not a Toxiproxy server."""


class NotFound(Exception):
    """A Toxiproxy server says that this proxy or toxic does not exist."""


class Conflict(Exception):
    """The server refuses: the name exists, or was used before."""


class _Verb(Protocol):
    def __call__(self, path: str, **options: Any) -> Any: ...


class ToxiproxyServer:
    """Calls that a fault needs. Each keeps its deadline; a late or odd answer is ServerTrouble."""

    def __init__(self, url: str, connection: Connection = ANONYMOUS) -> None:
        """`url` as in `http://127.0.0.1:8474`; raises ValueError on anything else."""
        at = read_address(url)
        import_requests()

        self.url = url
        self.may_have_changed = False
        """True once a request that changes something was sent: its outcome is then worth checking."""
        self._token: dict[str, str] = {}
        self._connection = connection
        self._http = Transport(f"{urlsplit(url).scheme}://{at.host}:{at.port}", connection)

    def version(self, deadline: Deadline) -> Mapping[str, Any]:
        """Return the server's version; empty from the original before 2.6, which answers in plain text."""
        response = self._ask(self._http.get, "/version", deadline)
        try:
            version = response.json()
        except ValueError:
            return {}
        return cast("Mapping[str, Any]", version) if isinstance(version, dict) else {}

    def proxies(self, deadline: Deadline) -> Mapping[str, Any]:
        """Return all proxies by name."""
        return self._read(parse_object, self._ask(self._http.get, "/proxies", deadline))

    def proxy(self, name: str, deadline: Deadline) -> Mapping[str, Any]:
        """Return one proxy with its toxics. Raises NotThere."""
        return self._read(partial(parse_proxy, name), self._about(name, self._http.get, "", deadline))

    def create_proxy(self, proxy: Mapping[str, Any], deadline: Deadline) -> Mapping[str, Any]:
        """Create a proxy and return it, with the port the server chose. Raises Conflict where it exists."""
        response = self._ask(self._http.post, "/proxies", deadline, proxy)
        return self._read(partial(parse_proxy, str(proxy.get("name"))), response)

    def delete_proxy(self, name: str, deadline: Deadline) -> None:
        self._about(name, self._http.delete, "", deadline)

    def reset(self, deadline: Deadline) -> None:
        """Every toxic goes, every proxy is on."""
        self._ask(self._http.post, "/reset", deadline)

    def update_proxy(self, name: str, change: Mapping[str, Any], deadline: Deadline) -> None:
        """POST, which old and new servers take."""
        self._about(name, self._http.post, "", deadline, change)

    def add_toxic(self, proxy: str, toxic: Mapping[str, Any], deadline: Deadline) -> None:
        """Add a toxic. Raises Conflict if its name is taken, or was used before."""
        self._about(proxy, self._http.post, "/toxics", deadline, toxic)

    def update_toxic(self, proxy: str, name: str, change: Mapping[str, Any], deadline: Deadline) -> None:
        self._about(proxy, self._http.post, f"/toxics/{quote(name, safe='')}", deadline, change)

    def remove_toxic(self, proxy: str, name: str, deadline: Deadline) -> None:
        """Remove a toxic. Raises NotThere."""
        self._about(proxy, self._http.delete, f"/toxics/{quote(name, safe='')}", deadline)

    def _about(
        self, proxy: str, verb: _Verb, rest: str, deadline: Deadline, body: Mapping[str, Any] | None = None
    ) -> Any:
        """Ask about one proxy; it counts as absent only if the list of all proxies lacks it too."""
        try:
            return self._ask(verb, f"/proxies/{quote(proxy, safe='')}{rest}", deadline, body)
        except NotFound as error:
            if "proxy" in str(error) and proxy in self.proxies(deadline):
                raise ServerError(f"{self.url} lists proxy {proxy} but reports it as missing", landed=True) from error
            raise

    def _ask(self, verb: _Verb, path: str, deadline: Deadline, body: Mapping[str, Any] | None = None) -> Any:
        import requests

        left = deadline.remaining()
        if left <= 0:
            raise ServerError("no time was left for the request", landed=False)
        options: dict[str, Any] = {"deadline": deadline, "json": None if body is None else dict(body)}
        before, self.may_have_changed = self.may_have_changed, self.may_have_changed or verb != self._http.get
        try:
            response = self._with_token(verb, path, options)
        except (requests.exceptions.ConnectionError, CredentialError) as error:
            if unsent := _unsent(error):
                self.may_have_changed = before
            raise ServerError(self._failure_text(error), landed=not unsent) from error
        except AnswerTooLarge as error:
            text = f"{self.url} responded with more than {MAX_ANSWER_BYTES // 1_000_000} MB"
            raise ForeignServerError(text, landed=True) from error
        except requests.exceptions.RequestException as error:
            text = f"{self.url} did not respond within {format_duration(left)}"
            raise ServerError(text, landed=True, silent=True) from error
        if not 200 <= response.status_code < 300:
            reason = parse_refusal(response.content)
            if reason and response.status_code == FORBIDDEN:
                self.may_have_changed = before
                raise NotAllowed(f"{self.url} refused the request: {reason}", landed=False)
            error_type = ServerError if reason else ForeignServerError
            raise error_type(f"{self.url} responded with {response.status_code}{reason and f': {reason}'}", landed=True)
        return response

    def _failure_text(self, error: Exception) -> str:
        if isinstance(error, CredentialError):
            return f"cannot call {self.url}: {error}"
        reason = certificate_failure(error)
        return f"cannot call {self.url}: {reason}" if reason else f"{self.url} does not respond"

    def _with_token(self, verb: _Verb, path: str, options: dict[str, Any]) -> Any:
        """Send a request; the token goes only to a server that asks for one and has no credentials in gameday.yaml."""
        response = self._send(verb, path, options | {"headers": self._token})
        if response.status_code != UNAUTHORIZED:
            return response
        if self._connection.has_credentials():
            raise MissingToken(f"{self.url} does not accept the credentials in gameday.yaml", landed=True)
        if not self._token and (token := os.environ.get(TOKEN, "").strip()):
            self._token = _token_header(token)
            return self._with_token(verb, path, options)
        wants = "rejects the token in" if self._token else "requires a token: set"
        raise MissingToken(f"{self.url} {wants} {TOKEN}", landed=True)

    def _send(self, verb: _Verb, path: str, options: Mapping[str, Any]) -> Any:
        """Send a request; only a refusal in Toxiproxy's own format is believed."""
        from toxiproxy import exceptions as sdk

        try:
            return verb(path, **options)
        except (sdk.NotFound, sdk.ProxyExists, sdk.InvalidToxic) as error:
            reason = parse_refusal(error.args[0])
            if isinstance(error, sdk.ProxyExists) and reason:
                raise Conflict(reason) from error
            if isinstance(error, sdk.InvalidToxic) and reason:
                raise InvalidRequest(f"{self.url} refused the request: {reason}", landed=False) from error
            if reason in ("proxy not found", "toxic not found") and path.startswith("/proxies/"):
                raise NotFound(reason) from error
            raise ForeignServerError(f"{self.url} is not a Toxiproxy server", landed=True) from error

    def _read(self, read: Callable[[Any], Mapping[str, Any]], response: Any) -> Mapping[str, Any]:
        try:
            return read(response.json())
        except (ValueError, RecursionError) as error:
            raise ForeignServerError(f"{self.url} is not a Toxiproxy server", landed=True) from error


def _unsent(error: Exception) -> bool:
    """Return True if no request was sent: refused, an unknown host, an untrusted certificate, no credentials."""
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, CredentialError) or certificate_failure(error):
        return True
    return isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError)
