"""Forms of the pages, turned into requests to the running drill. What the drill answers is one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gameday.drill.control.client import STOP_CONFIRMATION, DrillClient
from gameday.model import Role
from gameday.units import format_role
from gameday.web.rights import CLAIMABLE, Action, PageRole, is_allowed, statements_of

Form = Mapping[str, str]


class Forbidden(Exception):
    """The role of the page may not do this."""


def perform(action: Action, role: PageRole, form: Form, client: DrillClient) -> str:
    """Send the request of a form and return the drill's answer. Raises Forbidden.

    `client` holds the facilitator's token, because everyone may pause; the rights of a role are checked here."""
    if not is_allowed(role, action):
        raise Forbidden(f"the page for {role.heading} may not do this")
    return _REQUESTS[action](role, form, client)


def is_rejection(answer: str) -> bool:
    """Return True if the drill did not do what the form asked for."""
    return answer.startswith(("Rejected", "NOT recorded", "Choose"))


def acting_role(role: PageRole, form: Form) -> Role | None:
    """Return the role that a statement has: that of the page, else the one that the person chose; None for neither."""
    chosen = form.get("role", "")
    return role.drill_role or (Role(chosen) if chosen in CLAIMABLE else None)


def _state(role: PageRole, form: Form, client: DrillClient) -> str:
    kind = form.get("kind", "")
    if kind not in statements_of(role):
        raise Forbidden(f"the page for {role.heading} cannot record this")
    return client.send_statement(kind, form.get("text", ""), acting_role(role, form), 0.0)


def _claim(kind: str) -> Callable[[PageRole, Form, DrillClient], str]:
    def send(_role: PageRole, form: Form, client: DrillClient) -> str:
        chosen = form.get("role", "")
        if chosen not in CLAIMABLE:
            return f"Choose a role: {', '.join(map(format_role, CLAIMABLE))}"
        return client.send_statement(kind, "", chosen, 0.0)

    return send


def _retract(_role: PageRole, form: Form, client: DrillClient) -> str:
    record = form.get("record", "")
    return client.retract(int(record)) if record.isascii() and record.isdigit() else "Choose a record of this page"


def _stop(client: DrillClient) -> str:
    """Stop the drill; the page itself shows how far the reverts are, so the answer does not."""
    answer = client.stop(on_page=True)
    return "You pressed STOP." if answer == STOP_CONFIRMATION else answer


_REQUESTS: dict[Action, Callable[[PageRole, Form, DrillClient], str]] = {
    Action.STOP: lambda _role, _form, client: _stop(client),
    Action.END: lambda _role, _form, client: client.end(),
    Action.PAUSE: lambda _role, form, client: client.send_intervention("pause", {"text": form.get("text", "")}),
    Action.RESUME: lambda _role, _form, client: client.send_intervention("resume", {}),
    Action.STATEMENT: _state,
    Action.CLAIM: _claim("role-claimed"),
    Action.HANDOVER: _claim("handover"),
    Action.RETRACT: _retract,
    Action.RUN_ACTION: lambda _role, form, client: client.request_action(form.get("action", "")),
}
