"""Foreign text made safe for terminals, logs, files and pages.

Text of files, servers and people may move the cursor, erase lines, reverse what follows, or seem to be more lines than
one. Every output passes through one of these functions."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"
"""Invisible, but part of words in some scripts, and of emoji."""
_CONTROLS = frozenset({"Cc", "Zl", "Zp"})
_HIDDEN = _CONTROLS | {"Cf", "Cs"}
"""Categories of characters that control a terminal, reverse the text, cannot be seen or cannot be encoded."""
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def single_line(text: str) -> str:
    """Return the text on one line without hidden characters; a line break or control character becomes a space."""
    if text.isprintable():
        return text
    return strip_hidden("".join(" " if unicodedata.category(char) in _CONTROLS else char for char in text))


def strip_hidden(text: str) -> str:
    """Return the text without hidden characters; line breaks and tabs stay."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char in "\n\t" or not _is_hidden(char))


def escape_hidden(json: str) -> str:
    """Return a JSON text with its hidden characters as \\u escapes, which mean the same to a parser."""
    if json.isprintable():
        return json
    return "".join(_escape(char) if char not in "\n\t" and _is_hidden(char) else char for char in json)


def find_control(text: str) -> str:
    """Return the first character that no text needs, as `U+001B`; empty if there is none.

    Needed are line breaks, tabs, and the invisible characters that do not reverse what follows."""
    if text.isprintable():
        return ""
    return next((f"U+{ord(char):04X}" for char in text if _is_control(char)), "")


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN and char not in JOINERS


def _is_control(char: str) -> bool:
    return char in _BIDI_CONTROLS or (char not in "\t\n" and unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"))


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
