"""No view of responders shows a text that is not for everyone, whatever the kind of the event."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.events import bodies

from gameday.boards.responder_board import ResponderBoard
from gameday.events import Body, Event, format_plain
from gameday.model import Role, Source

SECRET = "planted-secret"


def shown(body: Body) -> str:
    """Everything that responders see of one event: their board and the event's text for them."""
    board = ResponderBoard()
    board.event(Event(1, "gd-7f3a", 1.0, 1.0, 1.0, Source.HUMAN, Role.OPS, 1, "boot", body))
    messages = [*board.pages, *board.messages, *board.statements]
    return " ".join([format_plain(body.responder_text()), *(f"{message.who} {message.what}" for message in messages)])


def is_for_everyone(body: Body) -> bool:
    return SECRET in str(body.visible_to(None, ended=False))


@given(bodies(st.just(SECRET)))
def test_responders_see_no_text_that_is_not_for_everyone(body: Body) -> None:
    assert SECRET not in shown(body) or is_for_everyone(body), body


@given(bodies(st.just(SECRET)))
def test_a_role_sees_before_the_end_only_what_its_audience_allows(body: Body) -> None:
    for role in (None, *Role):
        visible = SECRET in str(body.visible_to(role, ended=False))
        assert not visible or body.audience.includes(role, ended=False), (role, body)
