"""Client of a team's tracker: creates issues, finds those of an interrupted export, reads states."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from gameday.clients.connection import Connection, CredentialError, read_connection
from gameday.clients.event_loop import run_async
from gameday.clients.foreign_text import shorten_line
from gameday.clients.http_client import HttpClient, Response
from gameday.clients.request_errors import RequestError
from gameday.model import Json, Tracker
from gameday.trackers.issue_formats import ISSUE_FORMATS, Issue, IssueDraft
from gameday.variables import VariableError, redact, used_variables

MAX_STATES = 100
"""Issues whose state is asked for at once."""
MAX_REASON_CHARS = 200
NOT_FOUND = (404, 410)

T = TypeVar("T")
Ask = Callable[[str, str, Json], Awaitable[Response]]
"""Sends a method, path and body."""


class TrackerError(Exception):
    """A tracker that could not be asked, or refused. The text is for people, and holds no secret."""


def create_issue(tracker: Tracker, draft: IssueDraft) -> Issue:
    """Create an issue. Raises TrackerError; after a timeout, the issue may exist all the same."""
    form = ISSUE_FORMATS[tracker.kind]

    async def create(ask: Ask) -> Issue:
        answer = await ask("POST", form.create_path(tracker), form.body(tracker, draft))
        return form.read(tracker, _content(answer))

    return _run(tracker, create)


def list_issues(tracker: Tracker) -> list[Issue]:
    """Return the latest issues with the tracker's labels, open and closed. Raises TrackerError."""
    form = ISSUE_FORMATS[tracker.kind]

    async def find(ask: Ask) -> list[Issue]:
        paths = form.list_paths(tracker)
        answer = await ask("GET", paths[0], None)
        for path in paths[1:]:
            if answer.status in NOT_FOUND:
                answer = await ask("GET", path, None)
        return [form.read(tracker, each) for each in form.listed(_content(answer))]

    return _run(tracker, find)


def read_states(tracker: Tracker, links: Iterable[str]) -> dict[str, bool]:
    """Return whether the issue of each link is done; without links of others, and of issues that do not exist.

    Raises TrackerError."""
    form = ISSUE_FORMATS[tracker.kind]
    paths = {link: path for link in links if (path := form.read_path(tracker, link)) is not None}
    some = dict(list(paths.items())[-MAX_STATES:])

    async def read(ask: Ask) -> dict[str, bool]:
        answers = await asyncio.gather(*(ask("GET", path, None) for path in some.values()))
        existing = [
            (link, answer) for link, answer in zip(some, answers, strict=True) if answer.status not in NOT_FOUND
        ]
        return {link: form.read(tracker, _content(answer)).is_done for link, answer in existing}

    return _run(tracker, read) if some else {}


def _run(tracker: Tracker, work: Callable[[Ask], Awaitable[T]]) -> T:
    """Run requests. Raises TrackerError with the reason, without a secret."""
    try:
        connection = read_connection(tracker.settings, tracker.folder)
        return run_async(_with_client(tracker, connection, work))
    except (RequestError, CredentialError, VariableError, ValueError) as error:
        raise TrackerError(redact(str(error), _secrets(tracker))) from None
    except (KeyError, TypeError, AttributeError):
        raise TrackerError(f"its answer is not that of {tracker.kind}: check the address") from None


async def _with_client(tracker: Tracker, connection: Connection, work: Callable[[Ask], Awaitable[T]]) -> T:
    client = HttpClient()

    async def ask(method: str, path: str, body: Json) -> Response:
        url = tracker.url.rstrip("/") + path
        if method == "POST":
            return await client.post(url, body, tracker.timeout, connection)
        return await client.get(url, tracker.timeout, connection=connection)

    try:
        return await work(ask)
    finally:
        await client.close()


def _content(answer: Response) -> Any:
    """Return the parsed answer. Raises RequestError with what the server says."""
    if answer.status >= 300 and not answer.error_text():  # Jira has a map of reasons
        reason = shorten_line(answer.text(), MAX_REASON_CHARS)
        raise RequestError(f"HTTP {answer.status}{f': {reason}' if reason and '<' not in reason else ''}")
    return answer.json()


def _secrets(tracker: Tracker) -> list[str]:
    """Return what no message may contain: the credentials, and the values of their variables."""
    values = list(used_variables(dict(tracker.settings), os.environ).values())
    try:
        return [*read_connection(tracker.settings, tracker.folder).secrets(), *values]
    except ValueError:
        return values
