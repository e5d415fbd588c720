"""Open incidents: every source of an environment is asked, and the drill's own incidents are left out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gameday.clients.bounded_command import CommandError, read_command
from gameday.clients.connection import CONNECTION_KEYS, CredentialError, read_connection
from gameday.clients.event_loop import run_async
from gameday.clients.foreign_text import shorten_line
from gameday.clients.http_client import HttpClient
from gameday.clients.request_errors import RequestError
from gameday.incidents.http_sources import HTTP_SOURCES
from gameday.incidents.source_table import SOURCE_KEYS
from gameday.model import IncidentSource, Json
from gameday.units import format_duration
from gameday.variables import VariableError, redact, substitute_all, used_variables

MAX_OUTPUT_BYTES = 64_000
MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class IncidentAnswer:
    """Answer of all sources. `open`: the titles of open incidents; `failures`: source names and why, not empty."""

    open: tuple[str, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()

    def describe_open(self) -> str:
        """Return the open incidents on one line, the first few by their titles."""
        more = len(self.open) - MAX_NAMED
        return "; ".join([*self.open[:MAX_NAMED], *([f"{more} more"] if more > 0 else [])])

    def describe_failures(self) -> str:
        """Return which source could not be asked, and why, on one line."""
        return "; ".join(f"{name} could not be asked: {why}" for name, why in self.failures)


def list_open_incidents(sources: Iterable[IncidentSource], own_words: Iterable[str]) -> IncidentAnswer:
    """Ask every source at the same time. An incident whose title contains one of `own_words` is of a drill."""
    listed = list(sources)
    return run_async(_ask_all(listed, tuple(own_words))) if listed else IncidentAnswer()


async def _ask_all(sources: list[IncidentSource], own_words: tuple[str, ...]) -> IncidentAnswer:
    answers = await asyncio.gather(*(_titles_or_failure(source) for source in sources))
    failures = [(source.name, why) for source, (_, why) in zip(sources, answers, strict=True) if why]
    titles = [shorten_line(title) for titles, _ in answers for title in titles]
    return IncidentAnswer(tuple(title for title in titles if not _is_own(title, own_words)), tuple(failures))


def _is_own(title: str, own_words: tuple[str, ...]) -> bool:
    return any(word.lower() in title.lower() for word in own_words)


async def _titles_or_failure(source: IncidentSource) -> tuple[list[str], str]:
    """Return the titles of one source, or why it could not be asked, without a secret."""
    try:
        async with asyncio.timeout(source.timeout):
            return await _titles(source), ""
    except TimeoutError:
        return [], f"no answer within {format_duration(source.timeout)}"
    except (RequestError, CommandError, CredentialError, VariableError, ValueError) as error:
        return [], redact(str(error), _secrets(source))
    except (KeyError, TypeError, AttributeError):
        return [], f"its answer is not that of {source.source}: check the address"


async def _titles(source: IncidentSource) -> list[str]:
    if source.source not in HTTP_SOURCES:
        run = [str(word) for word in _as_list(_filled(source)["run"])]
        output = await read_command(run, source.timeout, source.folder, MAX_OUTPUT_BYTES)
        return [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    settings, http = _filled(source), HTTP_SOURCES[source.source]
    url = str(settings.get("url", SOURCE_KEYS[source.source].usual_url)).rstrip("/") + http.path(settings)
    client = HttpClient()
    try:
        response = await client.get(url, source.timeout, connection=read_connection(source.settings, source.folder))
        return list(http.titles(response.json()))
    finally:
        await client.close()


def _filled(source: IncidentSource) -> Mapping[str, Json]:
    """Return the settings with their variables filled in, without those of the connection. Raises VariableError."""
    settings = {key: value for key, value in source.settings.items() if key not in CONNECTION_KEYS}
    return {key: substitute_all(value, os.environ) for key, value in settings.items()}


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _secrets(source: IncidentSource) -> list[str]:
    """Return what no message about the source may contain: its credentials, and the values of its variables."""
    values = used_variables(dict(source.settings), os.environ).values()
    try:
        return [*read_connection(source.settings, source.folder).secrets(), *values]
    except ValueError:
        return list(values)
