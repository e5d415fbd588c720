"""Body of a webhook's request: the environment's template, filled in with a message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gameday.clients.foreign_text import shorten_line
from gameday.model import Json
from gameday.plugins.channel import ChannelMessage

DEFAULT_BODY: Mapping[str, Json] = {"text": "{text}"}
TEXT = "{text}"
PLACEHOLDERS = ("text", "drill", "environment", "kind", "sender")
MAX_TEXT_CHARS = 1900
"""Within the limits of the usual chats, of which Discord's is the lowest with 2000."""
_PLACEHOLDER = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
_WORD = re.compile(r"(?<!\$)\{([A-Za-z_]\w*)\}")
_MENTION_OF_ALL = re.compile(r"<(?=[!@#]|users/|subteam)|@(?=(?:channel|here|all|everyone)\b)", re.IGNORECASE)
_HARMLESS = {"<": "‹", "@": "＠"}


def fill_body(template: Json, message: ChannelMessage) -> Json:
    """Return the template with the message in place of `{text}` and the other placeholders."""
    values = {
        "text": message.line, "drill": message.drill, "environment": message.environment,
        "kind": message.kind.value, "sender": message.sender,
    }  # fmt: skip
    return _fill(
        template, {name: shorten_line(neutralize_mentions(value), MAX_TEXT_CHARS) for name, value in values.items()}
    )


def has_text(template: Json) -> bool:
    """Return True if the marked text of the message stands somewhere in the template."""
    if isinstance(template, str):
        return TEXT in template
    items = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
    return any(map(has_text, items))


def unknown_placeholders(template: Json) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each `{word}` that no message fills in, with its place in the template; a variable is none."""
    if isinstance(template, str):
        yield from (((), name) for name in _WORD.findall(template) if name not in PLACEHOLDERS)
    lists = enumerate(template) if isinstance(template, list) else ()
    for key, item in template.items() if isinstance(template, dict) else lists:
        yield from (((key, *keys), name) for keys, name in unknown_placeholders(item))


def _fill(template: Json, values: Mapping[str, str]) -> Json:
    if isinstance(template, str):
        return _PLACEHOLDER.sub(lambda match: values[match[1]], template)
    if isinstance(template, list):
        return [_fill(item, values) for item in template]
    if isinstance(template, dict):
        return {key: _fill(item, values) for key, item in template.items()}
    return template


def neutralize_mentions(text: str) -> str:
    """Return the text without what calls everyone in a chat: a scenario of another team may contain it."""
    return _MENTION_OF_ALL.sub(lambda match: _HARMLESS[match[0]], text)
