"""One Toxiproxy server, through toxiproxy-python's API consumer.

The library keeps host and port on the class, sets no time-outs, takes 5xx for success and its object layer drops
unknown keys: so a class of its own for each address, its verbs alone, and the answers are read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast
from urllib.parse import quote, urlsplit

from gameday.contract import Deadline

_NO_ENVIRONMENT_PROXY = {"http": "", "https": ""}
"""A proxy from the environment has no business between us and the fault proxy."""


class ServerTrouble(Exception):
    """No usable answer: `landed` says whether the request may have reached the server all the same."""

    def __init__(self, why: str, *, landed: bool) -> None:
        super().__init__(why)
        self.landed = landed


class NotThere(Exception):
    """The server says that this proxy or toxic does not exist."""


class Conflict(Exception):
    """The server refuses: it is there already, or its name was used up."""


class _Verb(Protocol):
    def __call__(self, url: str, **options: Any) -> Any: ...


class Server:
    """The routes that a fault needs. Every call has a deadline; a late or odd answer is ServerTrouble."""

    def __init__(self, url: str) -> None:
        """`url` as in `http://127.0.0.1:8474`; raises ValueError on anything else."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{url!r} is no address of a Toxiproxy server: write it as in http://127.0.0.1:8474")
        from toxiproxy.api import APIConsumer

        self.url = url
        self._consumer: Any = type("Consumer", (APIConsumer,), {"host": parts.hostname, "port": parts.port or 8474})

    def version(self, deadline: Deadline) -> Mapping[str, Any]:
        """What the server says of itself; the original before 2.6 answers in plain text: then it is empty."""
        response = self._ask(self._consumer.get, "/version", deadline)
        try:
            found = response.json()
        except ValueError:
            return {}
        return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}

    def proxies(self, deadline: Deadline) -> Mapping[str, Any]:
        """All proxies by name."""
        return self._json(self._ask(self._consumer.get, "/proxies", deadline))

    def proxy(self, name: str, deadline: Deadline) -> Mapping[str, Any]:
        """One proxy with its toxics; raises NotThere."""
        return self._json(self._ask(self._consumer.get, f"/proxies/{quote(name, safe='')}", deadline))

    def update_proxy(self, name: str, change: Mapping[str, Any], deadline: Deadline) -> None:
        """POST, which old and new servers take."""
        self._ask(self._consumer.post, f"/proxies/{quote(name, safe='')}", deadline, dict(change))

    def add_toxic(self, proxy: str, toxic: Mapping[str, Any], deadline: Deadline) -> None:
        """Raises Conflict when a toxic of that name is there (or was, and its name is used up)."""
        self._ask(self._consumer.post, f"/proxies/{quote(proxy, safe='')}/toxics", deadline, dict(toxic))

    def update_toxic(self, proxy: str, name: str, change: Mapping[str, Any], deadline: Deadline) -> None:
        self._ask(self._consumer.post, f"/proxies/{quote(proxy, safe='')}/toxics/{name}", deadline, dict(change))

    def remove_toxic(self, proxy: str, name: str, deadline: Deadline) -> None:
        """Raises NotThere."""
        self._ask(self._consumer.delete, f"/proxies/{quote(proxy, safe='')}/toxics/{name}", deadline)

    def _ask(self, verb: _Verb, path: str, deadline: Deadline, body: dict[str, Any] | None = None) -> Any:
        import requests
        from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

        left = deadline.left()
        if left <= 0:
            raise ServerTrouble("no time was left to ask", landed=False)
        options: dict[str, Any] = {"timeout": left, "proxies": _NO_ENVIRONMENT_PROXY, "allow_redirects": False}
        if body is not None:
            options["json"] = body
        try:
            response = verb(path, **options)
        except NotFound as error:
            raise NotThere(str(error)) from error
        except ProxyExists as error:
            raise Conflict(str(error)) from error
        except InvalidToxic as error:
            raise ServerTrouble(f"{self.url} refuses it: {error}", landed=False) from error
        except requests.exceptions.ConnectionError as error:
            raise ServerTrouble(f"{self.url} does not answer", landed=not _refused(error)) from error
        except requests.exceptions.RequestException as error:
            raise ServerTrouble(f"{self.url} gave no answer in {left:.0f} s", landed=True) from error
        if not 200 <= response.status_code < 300:
            raise ServerTrouble(f"{self.url} answers {response.status_code}", landed=True)
        return response

    def _json(self, response: Any) -> Mapping[str, Any]:
        try:
            found = response.json()
        except ValueError as error:
            raise ServerTrouble(f"{self.url} answers with something that is not JSON", landed=True) from error
        if not isinstance(found, dict):
            raise ServerTrouble(f"{self.url} answers with something that is no object", landed=True)
        return cast("Mapping[str, Any]", found)


def _refused(error: BaseException) -> bool:
    return "Connection refused" in str(error)
