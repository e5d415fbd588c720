"""What sentences about events are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gameday.events.access import text
from gameday.model import Event

Kinds = Mapping[str, str]
"""The kind of each signal (ratio, duration, count, alert), by its name."""
Sentence = Callable[[Event, Kinds], str]

_SCRIPTED = "(scripted)"
"""How a rehearsal begins what its script says for the responders."""


def reason_suffix(why: str) -> str:
    return f": {why}" if why else ""


def text_renderer(prefix: str, key: str = "say") -> Sentence:
    """`prefix`, and after a colon what was said, if anything was."""

    def sentence(event: Event, _: Kinds) -> str:
        words = text(event.data, key)
        if words.startswith(_SCRIPTED):
            return f"{prefix} {_SCRIPTED}"
        return f"{prefix}: {words}" if words else prefix

    return sentence
