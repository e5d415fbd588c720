"""Proxies and toxics as text tables."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gameday.printable import single_line

PROXY_TITLES = ("name", "listen", "upstream", "enabled", "toxics")
TOXIC_TITLES = ("toxic", "type", "stream", "toxicity", "attributes", "expires in")


def format_proxies(proxies: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Format one row for each proxy, ordered by name."""
    return format_table(
        PROXY_TITLES, [_proxy_row(proxy) for proxy in sorted(proxies, key=lambda proxy: str(proxy.get("name")))]
    )


def format_toxics(toxics: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Format one row for each toxic."""
    return format_table(TOXIC_TITLES, [_toxic_row(toxic) for toxic in toxics])


def format_enabled(proxy: Mapping[str, Any]) -> str:
    """Return `yes`, `no`, or `no, for 12 s` if a lease ends the outage."""
    if proxy.get("enabled") is True:
        return "yes"
    return f"no, for {lease}" if (lease := format_lease_remaining(proxy)) else "no"


def format_attributes(toxic: Mapping[str, Any]) -> str:
    """Format a toxic's attributes as `name=value`, separated by blanks."""
    attributes = toxic.get("attributes")
    if not isinstance(attributes, dict):
        return ""
    return " ".join(f"{format_cell(key)}={format_cell(value)}" for key, value in attributes.items())


def format_lease_remaining(fault: Mapping[str, Any]) -> str:
    """Format the time until a toxic or an outage expires; empty if it does not."""
    from gameday.units import format_duration

    seconds = fault.get("expires_in")
    return format_duration(seconds) if isinstance(seconds, int | float) else ""


def format_cell(value: object) -> str:
    """Format a server's value on one line, without control characters."""
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    return single_line(text)


def list_drill_markers(names: Iterable[str]) -> list[str]:
    """Return the names that are a drill's markers, sorted, without duplicates."""
    from gameday.proxy.fault_lifetime import DRILL_PREFIX

    return sorted({format_cell(name) for name in names if name.startswith(DRILL_PREFIX)})


def format_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Format aligned columns, or a block of lines for each row if the terminal is too narrow.

    Without a terminal, each row is one line, however long."""
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    if (terminal_width := _terminal_width()) and sum(widths) + 2 * (len(widths) - 1) > terminal_width:
        yield from _blocks(titles, rows)
        return
    for row in (titles, *rows):
        yield "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()


def wrap_line(line: str, indent: int) -> list[str]:
    """Wrap a line to the width of the terminal, if there is one."""
    width = _terminal_width()
    return textwrap.wrap(line, width, subsequent_indent=" " * indent) if width else [line]


def _proxy_row(proxy: Mapping[str, Any]) -> Sequence[str]:
    cells = [format_cell(proxy.get(key)) for key in ("name", "listen", "upstream")]
    toxics = ", ".join(format_cell(toxic["name"]) for toxic in proxy["toxics"])
    return [*cells, format_enabled(proxy), toxics or "none"]


def _toxic_row(toxic: Mapping[str, Any]) -> Sequence[str]:
    cells = [format_cell(toxic.get(key)) for key in ("name", "type", "stream", "toxicity")]
    return [*cells, format_attributes(toxic), format_lease_remaining(toxic) or "never"]


def _blocks(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    width = max(len(title) for title in titles)
    for number, row in enumerate(rows):
        if number:
            yield ""
        for title, text in zip(titles, row, strict=True):
            yield f"{title:<{width}}  {text}".rstrip()


def _terminal_width() -> int:
    """Return the terminal's columns; 0 without a terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
