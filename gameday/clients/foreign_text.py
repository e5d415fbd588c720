"""Text of servers and commands: one short line that is safe on any screen and in any file."""

from __future__ import annotations

from gameday import printable

MAX_CHARS = 200


def shorten_line(text: str | bytes, limit: int = MAX_CHARS) -> str:
    """Return the text on one line without control characters, at most `limit` characters of it."""
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    start = decoded[: 20 * limit]  # looking at every character of a megabyte would take a second
    line = " ".join(printable.single_line(start).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def last_line(output: bytes, limit: int = MAX_CHARS) -> str:
    """Return the last line with text: where a command says why it failed."""
    lines = (shorten_line(line, limit) for line in reversed(output.splitlines()))
    return next((line for line in lines if line), "")
