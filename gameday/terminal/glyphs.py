"""Glyphs of the screens with ASCII replacements, and text made safe for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from gameday.printable import single_line
from gameday.terminal.line_wrapping import wrap_for_terminal


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of glyphs.

    `bars`: heights of a sparkline, from low to high; `unread`: a reading without a value.
    """

    done: str
    coming: str
    waiting: str
    skipped: str
    outside: str
    unread: str
    active: str
    inactive: str
    bars: str
    gap: str
    rule: str
    dot: str
    more: str
    selected: str
    ascii_only: bool = False


UNICODE = Glyphs("✓", "▸", "·", "–", "!", "?", "●", "○", "▁▂▃▄▅▆▇█", "×", "─", "·", "…", "»")
ASCII = Glyphs("x", ">", ".", "-", "!", "?", "*", "o", "_.-=*#", "?", "-", "-", "..", "*", ascii_only=True)

BAR_ROUNDING = 0.07
"""Part of a step of a sparkline by which a value is rounded up: one within 1% of the top has the full bar."""
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
_ASCII_REPLACEMENTS = str.maketrans(
    {"≥": ">=", "≤": "<=", "×": "x", "…": "...", "—": "-", "–": "-", "−": "-", "·": "-", "•": "*", "→": "->",
     "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "µ": "u"}
)  # fmt: skip


def select_glyphs(encoding: str | None, environ: Mapping[str, str]) -> Glyphs:
    """Return Unicode glyphs if stream, locale and terminal support them."""
    locale = environ.get("LC_ALL") or _locale_ctype(environ) or environ.get("LANG") or ""
    unicode_locale = "utf-8" in locale.lower() or "utf8" in locale.lower()
    unicode_stream = (encoding or "").lower().replace("-", "").startswith("utf")
    return UNICODE if unicode_locale and unicode_stream and environ.get("TERM") != "linux" else ASCII


def _locale_ctype(environ: Mapping[str, str]) -> str:
    """Return LC_CTYPE as the user set it; in the C locale Python sets it (PEP 538)."""
    locale = environ.get("LC_CTYPE", "")
    return "" if locale in _COERCED and environ.get("LANG") in ("C", "POSIX") else locale


def sanitize(text: str, glyphs: Glyphs) -> str:
    """Return one line without control characters, which could move the cursor; in ASCII if required."""
    visible = single_line(text)
    return to_ascii(visible) if glyphs.ascii_only else visible


def write_line(text: str, stream: TextIO) -> None:
    """Write and flush one line, in glyphs that the stream can encode; a terminal gets it wrapped at words."""
    encoding = (stream.encoding or "ascii").lower().replace("-", "")
    line = sanitize(text, UNICODE if encoding.startswith("utf") else ASCII)
    print(wrap_for_terminal(line, stream), file=stream, flush=True)


def to_ascii(text: str) -> str:
    """Return the closest ASCII text; a character without one becomes a question mark."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII_REPLACEMENTS))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace").decode("ascii")


def sparkline(values: Sequence[float | None], top: float, glyphs: Glyphs) -> str:
    """Draw one character per reading, from zero to `top`; None is a reading that failed.

    Only values near the top have the full bar: a ratio of 98% is seen to be less than 100%.
    """
    return "".join(glyphs.gap if value is None else _bar(value, top, glyphs.bars) for value in values)


def _bar(value: float, top: float, bars: str) -> str:
    share = min(1.0, max(0.0, value / top)) if top > 0 else 0.0
    return bars[int(share * (len(bars) - 1) + BAR_ROUNDING)]
