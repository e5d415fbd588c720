"""Messages of a team's chat, read from a Slack export or from pasted text.

Export: one folder for each channel with a file for each day, a JSON list of messages
(https://slack.com/help/articles/220556107); conversations.history returns the same messages in an object.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from gameday.notify.slack.commands import plain_text
from gameday.plugins.channel import MARK

MAX_TEXT_LENGTH = 2000
"""Characters of one message in a review."""
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_TIME = rf"\[?(?:(?P<day>\d{{4}}-\d{{2}}-\d{{2}})[ T])?{_CLOCK}\]?"
_LINE = re.compile(rf"^{_TIME}\s+(?P<author>[^:\n]{{1,60}}):\s+(?P<text>\S.*)$")
"""`[14:07] Ana: slow`, `2026-12-01 14:07:30 Ana: slow`."""
_HEADING = re.compile(rf"^(?P<author>\S.{{0,59}}?)\s+{_TIME}$")
"""`Ana Lima  2:07 PM`, with the text in the lines below it, as Slack copies it."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a person. `at`: seconds since the epoch; `author`: their id or name in the chat.

    `key`: the same for the same message, however often it is read; `names`: what the author is called."""

    at: float
    author: str
    text: str
    key: str
    names: tuple[str, ...] = ()


def parse_export(content: bytes) -> list[ChatMessage]:
    """Return the messages of people in one JSON file of an export. Raises ValueError."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("the file is not valid JSON") from None
    entries = data.get("messages") if isinstance(data, dict) else data
    if not isinstance(entries, list):
        raise ValueError("the file has no list of messages, as a Slack export has")
    return [message for entry in entries if isinstance(entry, dict) for message in _exported(entry)]


def _exported(entry: Mapping[str, Any]) -> Iterator[ChatMessage]:
    user, text, stamp = entry.get("user"), entry.get("text"), entry.get("ts")
    is_person = entry.get("type") == "message" and not entry.get("bot_id") and not entry.get("subtype")
    if not is_person or not (isinstance(user, str) and isinstance(text, str) and isinstance(stamp, str)):
        return
    try:
        at = float(stamp)
    except ValueError:
        return
    if (shown := _one_line(plain_text(text))) and not shown.startswith(MARK):
        yield ChatMessage(at, user, shown, f"slack-{stamp}", tuple(_profile_names(entry.get("user_profile"))))


def _profile_names(profile: Any) -> Iterator[str]:
    for key in ("real_name", "display_name", "first_name", "name") if isinstance(profile, dict) else ():
        if isinstance(name := profile.get(key), str) and name.strip():
            yield name.strip()


def parse_pasted(text: str, began: datetime) -> list[ChatMessage]:
    """Return the messages of pasted text. `began`: when the drill began, in the zone of its clock times.

    A time without a day is on the day of the drill, or the next one if it would be hours before it."""
    messages: list[ChatMessage] = []
    heading: re.Match[str] | None = None
    lines: list[str] = []
    for line in [*text.splitlines(), None]:
        match = _LINE.match(line.strip()) if line is not None else None
        next_heading = _HEADING.match(line.strip()) if line is not None and match is None else None
        if line is not None and match is None and next_heading is None:
            lines.append(line)
            continue
        if heading is not None:
            messages += _pasted(heading, " ".join(lines), began)
        if match is not None:
            messages += _pasted(match, match["text"], began)
        heading, lines = next_heading, []
    return messages


def _pasted(match: re.Match[str], text: str, began: datetime) -> Iterator[ChatMessage]:
    shown, at = _one_line(text), _time(match, began)
    if at is None or not shown or shown.startswith(MARK):
        return
    author = match["author"].strip()
    key = hashlib.sha256(f"{at.timestamp():.0f} {shown}".encode()).hexdigest()[:16]
    yield ChatMessage(at.timestamp(), author, shown, f"text-{key}", (author,))


def _time(match: re.Match[str], began: datetime) -> datetime | None:
    """Return the time of a pasted message; None for one that no clock shows."""
    hour, half = int(match["hour"]), (match["half"] or "").casefold()
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    try:
        day = datetime.fromisoformat(match["day"]).date() if match["day"] else began.date()
        clock = time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError:
        return None
    at = datetime.combine(day, clock, began.tzinfo)
    is_next_day = not match["day"] and at < began - timedelta(hours=12)
    return at + timedelta(days=1) if is_next_day else at


def _one_line(text: str) -> str:
    return " ".join(text.split())[:MAX_TEXT_LENGTH]
