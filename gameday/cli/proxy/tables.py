"""Proxies and toxics as plain tables, for a person."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

PROXY = ("name", "listen", "upstream", "enabled", "toxics")
TOXIC = ("toxic", "type", "stream", "toxicity", "attributes", "ends by itself")


def proxies_table(proxies: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line each, by name."""
    rows = [
        (
            printable_cell(one.get("name")),
            printable_cell(one.get("listen")),
            printable_cell(one.get("upstream")),
            enabled(one),
            _names(one),
        )
        for one in sorted(proxies, key=lambda one: str(one.get("name")))
    ]
    return table(PROXY, rows)


def toxics_table(toxics: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    rows = [
        (
            printable_cell(one.get("name")),
            printable_cell(one.get("type")),
            printable_cell(one.get("stream")),
            printable_cell(one.get("toxicity")),
            attributes(one),
            lease_remaining(one) or "no",
        )
        for one in toxics
    ]
    return table(TOXIC, rows)


def enabled(proxy: Mapping[str, Any]) -> str:
    """`yes`, `no`, or `no, for 12 s` where it comes back by itself."""
    if proxy.get("enabled") is True:
        return "yes"
    return f"no, for {time}" if (time := lease_remaining(proxy)) else "no"


def attributes(toxic: Mapping[str, Any]) -> str:
    found = toxic.get("attributes")
    return (
        " ".join(f"{printable_cell(key)}={printable_cell(value)}" for key, value in found.items())
        if isinstance(found, dict)
        else ""
    )


def lease_remaining(one: Mapping[str, Any]) -> str:
    """How long it still has; empty where nothing ends it by itself."""
    from gameday.units import format_duration

    seconds = one.get("expires_in")
    return format_duration(seconds) if isinstance(seconds, int | float) else ""


def printable_cell(value: object) -> str:
    """What a server says, on one line of a terminal: nothing in it moves the cursor."""
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def of_a_drill(names: Iterable[str]) -> list[str]:
    """Those that a drill has put there, each once."""
    from gameday.proxy.tombstones import OURS

    return sorted({printable_cell(name) for name in names if name.startswith(OURS)})


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as what stands in them, two blanks between. On a terminal that is too narrow for them, a block
    of lines each; what is read by a program stays a line each."""
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    if (room := _columns()) and sum(widths) + 2 * (len(widths) - 1) > room:
        yield from _blocks(titles, rows)
        return
    for row in (titles, *rows):
        yield "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()


def wrap_line(line: str, indent: int) -> list[str]:
    """A long line as several, on a terminal."""
    room = _columns()
    return textwrap.wrap(line, room, subsequent_indent=" " * indent) if room else [line]


def _blocks(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    width = max(len(title) for title in titles)
    for number, row in enumerate(rows):
        if number:
            yield ""
        for title, text in zip(titles, row, strict=True):
            yield f"{title:<{width}}  {text}".rstrip()


def _columns() -> int:
    """Of the terminal; 0 where there is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def _names(proxy: Mapping[str, Any]) -> str:
    return ", ".join(printable_cell(toxic["name"]) for toxic in proxy["toxics"]) or "none"
