"""Use case `review merge-chat`: messages of the team's chat become lines of a finished drill's timeline."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gameday.errors import BadArguments

if TYPE_CHECKING:
    from pathlib import Path

    from gameday.app.finished_drills import FinishedDrill
    from gameday.events import Event, NewEvent
    from gameday.model import Role
    from gameday.people.roster import Person, Roster
    from gameday.review.chat_messages import ChatMessage

AFTERWARDS_S = 300.0
"""Messages of so long after the end still are about the drill."""
MAX_FILES = 400
"""Days of one channel."""
_REPEATED_WITHIN_S = 60.0
"""A message that says what a statement of the log says at about that time is that statement."""


@dataclass(frozen=True, slots=True)
class ChatMerge:
    """Numbers of messages: added, merged before or in the log already, and outside the time of the drill."""

    added: int
    known: int
    outside: int


@dataclass(frozen=True, slots=True)
class ChatNames:
    """Roles of the people of a chat, by what they are called there, and what replaces a name in a text."""

    roles: Mapping[str, Role]
    replacements: Mapping[str, str]


def merge_chat(finished: FinishedDrill, file: Path, zone: str | None, roster: Path | None) -> ChatMerge:
    """Append the messages of a drill's time that its log does not have. Raises BadArguments."""
    from gameday.events import ChatLine, of_type
    from gameday.store.open import open_store

    events = finished.events
    messages = _read(file, _local_start(events[0].wall, zone))
    names = _names(finished.drill, roster, messages)
    began, ended = _wall(events, events[0].happened), _end(events) + AFTERWARDS_S
    inside = [message for message in messages if began <= message.at <= ended]
    known = {event.body.key for event in of_type(events, ChatLine)}
    new = {message.key: message for message in inside if message.key not in known and not _is_recorded(message, events)}
    drafts = [_draft(message, events, names) for message in sorted(new.values(), key=lambda message: message.at)]
    if drafts:
        store = open_store()
        try:
            store.append(finished.drill, drafts, None)
        finally:
            store.close()
    return ChatMerge(len(drafts), len(inside) - len(drafts), len(messages) - len(inside))


def _read(file: Path, began: datetime) -> list[ChatMessage]:
    """Return the messages of a file, a folder of an export, or standard input. Raises BadArguments."""
    from gameday.review.chat_messages import parse_export, parse_pasted

    try:
        if str(file) == "-":
            return parse_pasted(sys.stdin.read(), began)
        contents = [_content(path) for path in sorted(file.glob("*.json"))[:MAX_FILES]] if file.is_dir() else []
        if file.is_dir() and not contents:
            raise BadArguments(f"{file} has no JSON files", "Name the folder of one channel of a Slack export.")
        if not file.is_dir() and file.suffix != ".json":
            messages = parse_pasted(_content(file).decode("utf-8", "replace"), began)
            return _require_messages(messages, file)
        return [message for content in contents or [_content(file)] for message in parse_export(content)]
    except (OSError, ValueError) as error:
        raise BadArguments(f"{file}: {getattr(error, 'strerror', None) or error}") from None


def _content(path: Path) -> bytes:
    from gameday.regular_file import read_regular_file

    return read_regular_file(path)


def _require_messages(messages: list[ChatMessage], file: Path) -> list[ChatMessage]:
    if not messages:
        raise BadArguments(f"{file} has no messages with a time", "Write them as `14:07 Ana: It is slow`.")
    return messages


def _local_start(wall: float, zone: str | None) -> datetime:
    from gameday.clock import parse_zone

    try:
        at = datetime.fromtimestamp(wall, UTC)
        return at.astimezone(parse_zone(zone)) if zone else at.astimezone()
    except ValueError as error:
        raise BadArguments(f"--timezone: {error}") from None


def _names(drill: str, roster: Path | None, messages: Sequence[ChatMessage]) -> ChatNames:
    """Return what people are called, from the roster and from the chat itself; each becomes a role, or a responder."""
    from gameday.model import Role
    from gameday.people.role_history import load_role_records
    from gameday.store.paths import data_folder
    from gameday.units import format_role

    people = _roster(roster)
    records = load_role_records(data_folder().role_history, people.team) if people else []
    held = {record.person: Role(record.role) for record in records if record.drill == drill}
    roles: dict[str, Role] = {}
    shown = {name: "responder" for message in messages for name in message.names}
    for person in people.people if people else ():
        for name in _called(person):
            shown[name] = format_role(held[person.id]) if person.id in held else "responder"
            if person.id in held:
                roles[name.casefold()] = held[person.id]
    return ChatNames(roles, shown)


def _called(person: Person) -> list[str]:
    first = person.name.partition(" ")[0]
    return [name for name in dict.fromkeys((person.id, person.name, first, person.slack, person.email)) if name]


def _roster(path: Path | None) -> Roster | None:
    from gameday.app.rotation import find_roster
    from gameday.files.roster import read_roster

    try:
        return read_roster(find_roster(path).path)
    except BadArguments:
        if path is not None:
            raise
        return None  # no roster: every name of the chat becomes a responder


def _is_recorded(message: ChatMessage, events: Sequence[Event]) -> bool:
    """Return True if the log has a statement with this text at about this time: it came from the chat."""
    from gameday.events import Statement, of_type

    beginning, _, rest = message.text.partition(":")
    return any(
        event.body.text and event.body.text in (message.text, rest.strip())
        and abs(_wall(events, event.happened) - message.at) < _REPEATED_WITHIN_S
        for event in of_type(events, Statement)
        if beginning
    )  # fmt: skip


def _draft(message: ChatMessage, events: Sequence[Event], names: ChatNames) -> NewEvent:
    """Return the event, on the clock of the drill: the machine may have been restarted since."""
    import time

    from gameday.events import ChatLine, NewEvent
    from gameday.model import Source
    from gameday.review.assemble import name_replacer

    text = name_replacer(names.replacements)(message.text)
    role = next((names.roles[name.casefold()] for name in (message.author, *message.names)
                 if name.casefold() in names.roles), None)  # fmt: skip
    now, first = time.time(), events[0]
    recorded = (first.at + now - first.wall, now)
    return NewEvent(
        ChatLine(text, message.key), first.at + message.at - first.wall, Source.HUMAN, role, recorded
    )  # fmt: skip


def _wall(events: Sequence[Event], happened: float) -> float:
    """Return the time on the wall (seconds since the epoch) of a time on the clock of the drill."""
    return events[0].wall + happened - events[0].at


def _end(events: Sequence[Event]) -> float:
    from gameday.events import Ended, of_type

    ends = [event.wall for event in of_type(events, Ended)]
    return max(ends) if ends else events[-1].wall
