"""Texts about events as neutral spans: a terminal, a page and Markdown each render them in their own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gameday.printable import single_line

SignalKinds = Mapping[str, str]
"""The kind of each signal (ratio, duration, count, alert), by its name: with it a value has its unit."""


class Style(StrEnum):
    """Style of a span; the renderer decides how it looks."""

    PLAIN = "plain"
    CODE = "code"
    STRONG = "strong"
    QUOTE = "quote"
    """Text as a person spoke or wrote it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one style."""

    text: str
    style: Style = Style.PLAIN


Text = tuple[Span, ...]
NO_TEXT: Text = ()


def code(text: str) -> Span:
    return Span(text, Style.CODE)


def strong(text: str) -> Span:
    return Span(text, Style.STRONG)


def quote(text: str) -> Span:
    return Span(text, Style.QUOTE)


def spans(*parts: str | Span | Text) -> Text:
    """Return the parts as one text; a plain string is a plain span, and empty parts are left out."""
    spans: list[Span] = []
    for part in parts:
        spans += part if isinstance(part, tuple) else (Span(part) if isinstance(part, str) else part,)
    return tuple(span for span in spans if span.text)


def with_detail(prefix: str, detail: str, style: Style = Style.PLAIN) -> Text:
    """Return `prefix: detail`, or the prefix alone where there is no detail."""
    return spans(f"{prefix}: ", Span(detail, style)) if detail else spans(prefix)


def format_plain(text: Text) -> str:
    """Return the text as one line without markup; spoken words stand in straight quotes."""
    words = "".join(f'"{span.text}"' if span.style is Style.QUOTE else span.text for span in text)
    return " ".join(single_line(words).split())
