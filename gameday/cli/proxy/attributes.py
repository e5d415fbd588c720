"""A toxic's attributes as typed, held to what the toxic has and both servers bear.

The servers take any name and do nothing with it, and some numbers end the original: so it is looked at here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gameday.errors import BadArguments

MOST = 2_147_483_647
"""As in `gameday.proxy.toxics.base`, which would load asyncio for a command that is over at once; a test compares."""
_FLAGS = {"true": True, "false": False}
_WITH_UNIT = re.compile(r"\d+(\.\d+)?\s*[A-Za-z%][A-Za-z/]*")
_UNITS = {
    "latency": "ms", "jitter": "ms", "timeout": "ms", "delay": "ms", "time": "ms", "chance": "percent",
    "rate": "KB/s", "bytes": "bytes", "average_size": "bytes", "size_variation": "bytes",
}  # fmt: skip
_IDLE: dict[str, tuple[tuple[str, ...], ...]] = {
    "latency": (("latency", "jitter"),),
    "slow_close": (("delay",),),
    "stall": (("chance",), ("time",)),
}
"""Toxics that do nothing as long as they have no more than zeros: one name of each group has to be given."""


def typed(given: Iterable[str]) -> dict[str, str]:
    """`latency=400` as name and text; a name counts in capitals too, as for the servers. Raises BadArguments."""
    found: dict[str, str] = {}
    for one in given:
        key, equals, text = one.partition("=")
        if not equals or not key or not text:
            raise BadArguments(f"{one!r} is no attribute", "Write it as in --attribute latency=400")
        if found.setdefault(key.lower(), text) != text:
            raise BadArguments(f"{key} is given twice, as {found[key.lower()]} and as {text}", "Say it once.")
    return found


def attributes_of(type_: str, given: Mapping[str, str]) -> dict[str, int | bool]:
    """Numbers, and `true` or `false` for flags. A type that we do not know is the server's to judge. Raises
    BadArguments on a name that the toxic has not, for it would be passed over, and on what is no value of it."""
    from gameday.proxy.toxics import TYPES

    kind = TYPES.get(type_)
    if kind is None:
        return {key: _FLAGS[text] if text in _FLAGS else _number(type_, key, text) for key, text in given.items()}
    known = (*kind.attributes, *kind.flags)
    for key in given:
        if key not in known:
            has = f"{type_} has: {', '.join(known)}" if known else f"{type_} has no attributes."
            raise BadArguments(f"{key!r} is no attribute of {type_}", has)
    return {key: _flag(key, text) if key in kind.flags else _number(type_, key, text) for key, text in given.items()}


def refuse_what_does_nothing(type_: str, attributes: Mapping[str, Any]) -> None:
    """A new toxic that would stand there and change nothing. A zero that was typed is meant. Raises BadArguments."""
    groups = _IDLE.get(type_, ())
    if any(not set(group) & set(attributes) for group in groups):
        needed = " and ".join(" or ".join(group) for group in groups)
        example = " ".join(f"-a {group[0]}=50" for group in groups)
        raise BadArguments(f"a {type_} without {needed} does nothing", f"Write it as in {example}")


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


def _flag(key: str, text: str) -> bool:
    if text not in _FLAGS:
        raise BadArguments(f"{key}={text}: true or false is needed")
    return _FLAGS[text]


def _number(type_: str, key: str, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and int(text) <= MOST:
        return int(text)
    wrong = f"{key}={text}: a whole number from 0 to {MOST} is needed"
    unit = "microseconds" if (type_, key) == ("slicer", "delay") else _UNITS.get(key)
    if unit is None or not _WITH_UNIT.fullmatch(text):
        raise BadArguments(wrong)
    number = _in(unit, text)
    raise BadArguments(wrong, f"{key} is in {unit}: write {'the number alone' if number is None else number}")


def _in(unit: str, text: str) -> int | None:
    """`2s` in ms: 2000. None where it is no time."""
    from gameday.units import duration

    per_second = {"ms": 1000, "microseconds": 1_000_000}.get(unit)
    try:
        return None if per_second is None else round(duration(text) * per_second)
    except ValueError:
        return None
