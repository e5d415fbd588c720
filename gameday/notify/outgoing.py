"""Messages that channels send of a drill's events: what every responder may see, and nothing more."""

from __future__ import annotations

import re

from gameday.events import Event, Statement, format_plain
from gameday.model import MessageKind
from gameday.plugins.channel import ChannelMessage
from gameday.printable import single_line
from gameday.units import format_role

PAGE = "PAGE"
_JOIN_TOKEN = re.compile(r"/join/\S+")


def outgoing_message(event: Event, environment: str) -> ChannelMessage | None:
    """Return the message of an event; None if channels send none."""
    body = event.body.visible_to(None)
    if body is None or body.message_kind is None or not body.is_sent():
        return None
    text = format_plain(body.responder_text())
    sender = format_role(event.role) if isinstance(body, Statement) and event.role else body.sender()
    if body.message_kind is MessageKind.PAGE:
        sender = f"{PAGE}, {sender}" if sender else PAGE
    return ChannelMessage(event.drill, environment, body.message_kind, single_line(sender), text) if text else None


def without_links(text: str) -> str:
    """Return a text for the log, without the token of a link in it."""
    return _JOIN_TOKEN.sub("/join/...", text)
