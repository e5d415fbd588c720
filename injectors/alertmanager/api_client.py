"""Client of Alertmanager's API v2, for silences alone.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from gameday.clients.connection import Connection
from gameday.clients.event_loop import run_async
from gameday.clients.http_client import HttpClient, Response
from gameday.clients.request_errors import RequestError
from gameday.model import Json
from gameday.plugins.types import Deadline

MAX_ANSWER_BYTES = 8_000_000
"""Alertmanager lists expired silences for days: of some thousand, a few megabytes."""
CREATOR = "gameday"
"""Creator of a silence, as Alertmanager shows it (`createdBy`)."""

T = TypeVar("T")


class AlertmanagerError(Exception):
    """Alertmanager did not do as requested. `may_have_landed`: False if it refused. The text holds no secret."""

    def __init__(self, text: str, *, may_have_landed: bool = True) -> None:
        super().__init__(text)
        self.may_have_landed = may_have_landed


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence. `matchers`: as the API has them; `starts`: as written there; `ends`: seconds since 1970.

    `is_over`: it has expired."""

    id: str
    comment: str
    creator: str
    matchers: Sequence[Mapping[str, Json]]
    starts: str
    ends: float
    is_over: bool


@dataclass(frozen=True, slots=True)
class SilenceList:
    """All silences of a server. `now`: the server's own time, in seconds since 1970."""

    silences: Sequence[Silence]
    now: float


class Alertmanager:
    """One server. `url`: without the path of the API. Every call raises AlertmanagerError."""

    def __init__(self, url: str, connection: Connection) -> None:
        self.url = url.rstrip("/")
        self._connection = connection

    def silences(self, deadline: Deadline) -> SilenceList:
        """Return all silences, the expired ones too."""

        async def get(client: HttpClient) -> SilenceList:
            timeout, connection = self._limits(deadline)
            response = await client.get(self._path("silences"), timeout, connection=connection)
            return SilenceList([_read_silence(entry) for entry in response.json()], _server_time(response))

        return self._run(get)

    def save(self, silence: Mapping[str, Json], deadline: Deadline) -> str:
        """Create the silence, or with `id` change it; return the id of what is in effect then.

        Alertmanager makes a new silence of one that has expired."""

        async def post(client: HttpClient) -> str:
            timeout, connection = self._limits(deadline)
            response = await client.post(self._path("silences"), dict(silence), timeout, connection)
            _require_accepted(response)
            return str(response.json()["silenceID"])

        return self._run(post)

    def expire(self, silence_id: str, deadline: Deadline) -> None:
        """End one silence; of one that has expired Alertmanager may answer with an error."""

        async def delete(client: HttpClient) -> None:
            _require_accepted(await client.delete(self._path(f"silence/{silence_id}"), *self._limits(deadline)))

        self._run(delete)

    def _path(self, path: str) -> str:
        return f"{self.url}/api/v2/{path}"

    def _limits(self, deadline: Deadline) -> tuple[float, Connection]:
        return max(0.05, deadline.remaining()), self._connection

    def _run(self, request: Callable[[HttpClient], Coroutine[Any, Any, T]]) -> T:
        async def run() -> T:
            client = HttpClient(MAX_ANSWER_BYTES)
            try:
                return await request(client)
            finally:
                await client.close()

        try:
            return run_async(run())
        except RequestError as error:
            raise AlertmanagerError(f"Alertmanager at {self.url}: {error}") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise AlertmanagerError(f"the answer of {self.url} is not that of Alertmanager") from error


def format_time(seconds: float) -> str:
    """Return a time as the API has it. `seconds`: since 1970."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _read_silence(entry: Mapping[str, Any]) -> Silence:
    ends = datetime.fromisoformat(entry["endsAt"]).timestamp()
    is_over = entry["status"]["state"] == "expired"
    matchers = [{**matcher, "isEqual": matcher.get("isEqual", True)} for matcher in entry["matchers"]]
    return Silence(entry["id"], entry["comment"], entry["createdBy"], matchers, entry["startsAt"], ends, is_over)


def _server_time(response: Response) -> float:
    """Return the server's time: a silence ends by that clock, and not by this machine's."""
    stamp = response.headers.get("date", "")
    return parsedate_to_datetime(stamp).timestamp() if stamp else time.time()


def _require_accepted(response: Response) -> None:
    if response.status >= 300:
        reason = response.error_text() or f"HTTP {response.status}"
        raise AlertmanagerError(f"Alertmanager refused: {reason}", may_have_landed=response.status >= 500)
