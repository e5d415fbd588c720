"""People of PagerDuty: the users of an account, or those on call in a schedule.

REST API v2, "List users" and "List users on call" of a schedule: https://developer.pagerduty.com/api-reference/.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from gameday.app.roster_import import unique_id
from gameday.errors import BadArguments, Refused
from gameday.model import Json

if TYPE_CHECKING:
    from gameday.clients.http_client import Response
    from gameday.files.roster_csv import Person

URL = "https://api.pagerduty.com"
TOKEN_VARIABLE = "PAGERDUTY_TOKEN"  # noqa: S105 - the variable's name
PAGE_SIZE, MAX_PAGES = 100, 100
ON_CALL_DAYS = 90
"""Days of a schedule whose people are imported: PagerDuty answers at most three months."""
TIMEOUT_S = 10.0


def read_pagerduty_people(schedule: str, roles: list[str], now: float, url: str = URL) -> list[Person]:
    """Return the users, or those on call in a schedule from now on, each with these roles and the lowest level.

    Raises BadArguments without a token, Refused if PagerDuty does not answer as it should.
    """
    if not os.environ.get(TOKEN_VARIABLE):
        todo = f"export {TOKEN_VARIABLE}=... (a read-only API key is enough)"
        raise BadArguments(f"the variable {TOKEN_VARIABLE} is not set", todo)
    url = url.rstrip("/")
    users = _on_call_users(url, schedule, now) if schedule else list(_all_users(url))
    used: set[str] = set()
    return [_person(user, roles, used) for user in users]


def _person(user: Mapping[str, Any], roles: list[str], used: set[str]) -> Person:
    name, email = str(user.get("name") or user.get("summary") or ""), str(user.get("email") or "")
    person: Person = {"id": unique_id(email, name, used), "name": name, "level": 1, "roles": list[Json](roles)}
    return {**person, "email": email} if email else person


def _all_users(url: str) -> Iterator[Mapping[str, Any]]:
    for page in range(MAX_PAGES):
        query = urlencode({"limit": PAGE_SIZE, "offset": page * PAGE_SIZE})
        answer = _ask(f"{url}/users?{query}")
        yield from answer["users"]
        if not answer.get("more"):
            return


def _on_call_users(url: str, schedule: str, now: float) -> list[Mapping[str, Any]]:
    begin = datetime.fromtimestamp(now, UTC).replace(microsecond=0)
    query = urlencode({"since": begin.isoformat(), "until": (begin + timedelta(days=ON_CALL_DAYS)).isoformat()})
    return list(_ask(f"{url}/schedules/{quote(schedule, safe='')}/users?{query}")["users"])


def _ask(url: str) -> dict[str, Any]:
    """Return an answer with users. Raises Refused; the token is in no error."""
    from gameday.clients.event_loop import run_async
    from gameday.clients.request_errors import RequestError

    try:
        response = run_async(_get(url))
        answer = response.json(any_status=True)
    except RequestError as error:
        raise Refused(f"PagerDuty: {error}", "Check --url and try again. The roster is unchanged") from None
    if response.status != 200:
        todo = f"Check {TOKEN_VARIABLE} and --schedule. The roster is unchanged"
        raise Refused(f"PagerDuty: HTTP {response.status}{_describe(answer)}", todo)
    users = answer.get("users") if isinstance(answer, dict) else None
    if not isinstance(users, list) or not all(isinstance(user, dict) for user in users):
        raise Refused("PagerDuty: the answer has no users", "Check --url. The roster is unchanged")
    return {"users": users, "more": answer.get("more")}


async def _get(url: str) -> Response:
    from gameday.clients.connection import Connection, Secret
    from gameday.clients.http_client import HttpClient

    token = Secret(f"Token token=${{{TOKEN_VARIABLE}}}")
    accept = Secret("application/vnd.pagerduty+json;version=2")
    client = HttpClient()
    try:
        return await client.get(url, TIMEOUT_S, connection=Connection((("Authorization", token), ("Accept", accept))))
    finally:
        await client.close()


def _describe(body: object) -> str:
    """Return PagerDuty's reason: `{"error": {"message": "Not Found", "code": 2100}}`."""
    error = body.get("error") if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return f": {message}" if isinstance(message, str) else ""
