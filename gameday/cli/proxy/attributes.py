"""A toxic's attributes as typed, held to what both servers bear: some numbers end the original, which takes any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gameday.errors import BadArguments, Refused

MOST = 2_147_483_647
_FLAGS = {"true": True, "false": False}


def attributes_of(given: Iterable[str]) -> dict[str, int | bool]:
    """`latency=400` as number, `connect=true` as flag. Raises BadArguments."""
    found: dict[str, int | bool] = {}
    for one in given:
        key, equals, text = one.partition("=")
        if not equals or not key or not text:
            raise BadArguments(f"{one!r} is no attribute", "Write it as in --attribute latency=400")
        found[key] = _FLAGS[text] if text in _FLAGS else _number(key, text)
    return found


def refuse_what_ends_a_server(type_: str, attributes: Mapping[str, Any]) -> None:
    """Pieces without a size, or that vary by as much as it: the original would cut for ever. A latency that varies by
    more than itself is taken: it is what comes at once."""
    if type_ != "slicer":
        return
    size, variation = attributes.get("average_size", 0), attributes.get("size_variation", 0)
    if not (isinstance(size, int) and isinstance(variation, int)) or size < 1 or variation >= size:
        raise BadArguments(
            "a slicer needs an average_size of 1 or more, and a size_variation below it",
            "Write it as in -a average_size=100 -a size_variation=20",
        )


def seconds_of(text: str, version: Mapping[str, Any], url: str) -> float:
    """Raises BadArguments, or Refused where the server would pass it over and the toxic stay for ever."""
    from gameday.injectors.toxiproxy.answers import can
    from gameday.units import duration

    try:
        seconds = duration(text)
    except ValueError as error:
        raise BadArguments(f"--expires-in: {error}") from None
    if not can(version, "expires_in"):
        raise Refused(f"no toxic ends by itself at {url}", "The server that comes with gameday can; else leave it out.")
    return seconds


def _number(key: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > MOST:
        raise BadArguments(f"{key}={text}: a whole number from 0 to {MOST} is needed, or true or false")
    return int(text)
