"""Commands that people give in Slack: by an emoji, or by the beginning of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from gameday.plugins.channel import ChatCommand

STOP, END = "stop", "end"
STATEMENTS = {
    "acknowledge": "acknowledged", "declare": "declared", "help": "help", "restored": "mitigation-reported",
    "hold-stop": "stop-held", "severity": "severity", "update": "update", "theory": "theory", "decision": "decision",
    "note": "note", "predict": "prediction", "claim": "role-claimed",
}  # fmt: skip
"""Each command that records a statement, with the kind of its event."""
COMMANDS = (STOP, END, *STATEMENTS)
REACTIONS = {
    "octagonal_sign": STOP, "checkered_flag": END, "eyes": "acknowledge", "rotating_light": "declare", "sos": "help",
    "raised_hand": "hold-stop",
}  # fmt: skip
REPLIES = {
    name: name for name in ("decision", "theory", "note", "update", "severity", "predict", "help", "restored", "claim")
}
_EMOJI = re.compile(r":([a-z0-9_+'-]+(?:::[a-z0-9-]+)?):")
_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def parse_command(
    event: Mapping[str, Any], conversation: str, reactions: Mapping[str, str], replies: Mapping[str, str]
) -> ChatCommand | None:
    """Return the command of an event of Slack's Events API; None for one that is none, or happened elsewhere.

    A text that is one emoji counts as that reaction. What the program posted is no command.
    Events: https://docs.slack.dev/reference/events/message and .../reaction_added"""
    user = event.get("user")
    if not isinstance(user, str) or event.get("bot_id") or event.get("subtype"):
        return None
    if event.get("type") == "reaction_added":
        item = event.get("item")
        place = item.get("channel") if isinstance(item, dict) else None
        text, stamp = f":{event.get('reaction')}:", event.get("event_ts")
    elif event.get("type") == "message":
        place, text, stamp = event.get("channel"), str(event.get("text", "")).strip(), event.get("ts")
    else:
        return None
    command = _command(text, reactions, replies) if place == conversation else None
    if command is None:
        return None
    name, words = command
    return ChatCommand(user, STATEMENTS.get(name, name), words, _seconds(stamp))


def _command(text: str, reactions: Mapping[str, str], replies: Mapping[str, str]) -> tuple[str, str] | None:
    if emoji := _EMOJI.fullmatch(text):
        command = reactions.get(emoji[1].partition("::")[0])  # without the tone of a skin
        return None if command is None else (command, "")
    beginning, colon, rest = text.partition(":")
    command = replies.get(beginning.strip().casefold()) if colon else None
    return None if command is None else (command, plain_text(rest).strip())


def plain_text(text: str) -> str:
    """Return the text of a message without Slack's markup; people that it mentions are not named.

    Markup: https://docs.slack.dev/messaging/formatting-message-text"""
    return unescape(_REFERENCE.sub(_reference_text, text))


def _reference_text(match: re.Match[str]) -> str:
    sign, target, label = match[1], match[2], match[3] or ""
    return {"@": "@somebody", "#": f"#{label or 'channel'}", "!": f"@{target.partition('^')[0]}"}.get(
        sign, label or target
    )


def _seconds(stamp: Any) -> float:
    """Return the time of a message (seconds since the epoch) from Slack's `1355517523.000005`; 0 if it has none."""
    try:
        return float(stamp)
    except (TypeError, ValueError):
        return 0.0
