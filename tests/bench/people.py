"""People at the terminal: what they say from elsewhere, the screen for an hour, how soon the briefing is there."""

from __future__ import annotations

from collections.abc import Iterator

from bench import notes
from bench.figure import Figure
from bench.stack import stack


def figures() -> Iterator[Figure]:
    with stack() as place:
        place.every("100ms")
        yield from notes.figures(place)
