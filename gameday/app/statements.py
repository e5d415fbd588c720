"""Statements of participants and interventions of the facilitator, sent to a running drill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from gameday.app.running_drills import list_running, select_running_drill
from gameday.errors import BadArguments, Refused

if TYPE_CHECKING:
    from gameday.drill.control.drill_registry import RunningDrill
    from gameday.store.protocols import DrillStore

RESPONSE_TIMEOUT_S = 2.0


def send_statement(statement: Mapping[str, Any], drill: str | None) -> str:
    """Send a statement or an action to the running drill; return its answer. Raises Refused or BadArguments."""
    running = select_running_drill(drill)
    return _send(running, {"request": "statement", **statement})


def send_retraction(entry: int, name: str | None) -> str:
    """Retract a record of the running drill, else of the latest until its debrief ends; return the answer.

    Raises Refused or BadArguments.
    """
    if list_running().drills:
        return _send(select_running_drill(name), {"request": "retract", "entry": entry})
    from gameday.events import UnknownRecord, format_plain, retraction_event

    with _open_latest(name) as (store, drill):
        try:
            draft = retraction_event(store.events(drill), entry)
        except UnknownRecord as error:
            raise BadArguments(f"{drill}: {error.wrong}", error.todo) from None
        store.append(drill, [draft], None)
    return f"{drill}: {format_plain(draft.body.log_text({}))}"


def list_retractable_records(name: str | None) -> list[tuple[int, str]]:
    """Return number and text of what can be retracted, newest first. Raises Refused or BadArguments."""
    from gameday.drill.control.client import DrillClient
    from gameday.events import describe_retractable

    if list_running().drills:
        running = select_running_drill(name)
        return DrillClient(running.drill, running.socket_path).list_records()
    with _open_latest(name) as (store, drill):
        return describe_retractable(store.events(drill))


@contextmanager
def _open_latest(name: str | None) -> Iterator[tuple[DrillStore, str]]:
    """Open the store with the drill of that name, else the latest of this project. Raises BadArguments."""
    from gameday.app.finished_drills import list_project_drills, select_drill
    from gameday.store.open import open_store

    with closing(open_store()) as store:
        yield store, select_drill(name, store.drills() if name else list_project_drills(store))


def send_intervention(intervention: Mapping[str, Any], drill: str | None, token: str) -> str:
    """Send an intervention of the facilitator; return the drill's answer. Raises Refused or BadArguments.

    The token of the same user's drill is read first: `token` may still be that of an earlier drill.
    """
    from gameday.drill.control.facilitator_token import load_token

    running = select_running_drill(drill)
    return _send(running, {"request": "intervention", "token": load_token(running.drill) or token, **intervention})


def _send(running: RunningDrill, request: Mapping[str, Any]) -> str:
    from gameday.drill.control.client import NoResponse, ResponseUnknown, send_request_with_deadline

    try:
        answer = send_request_with_deadline(running.socket_path, request, RESPONSE_TIMEOUT_S)
    except ResponseUnknown:
        raise Refused(
            f"{running.drill} did not answer in time; the request was cancelled",
            "Check if it was recorded before you repeat it: gameday attach",
        ) from None
    except NoResponse:
        raise Refused(f"{running.drill} does not respond; nothing was recorded", "See: gameday status") from None
    if not answer.get("accepted"):
        error = BadArguments if answer.get("invalid") else Refused
        raise error(str(answer.get("reason", "the drill rejected it")), str(answer.get("remedy", "")))
    return describe_confirmation(running.drill, answer)


def describe_confirmation(drill: str, answer: Mapping[str, Any]) -> str:
    """Return an accepted answer as one line that names the drill."""
    text = answer.get("confirmation") or f"actions: {', '.join(answer.get('actions', ())) or 'none'}"
    return f"Recorded in {drill}: {text}" if answer.get("is_record") else f"{drill}: {text}"
