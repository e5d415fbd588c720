"""Parsing and validation of typed toxic attributes.

Servers accept any name and ignore it, and some numbers crash Toxiproxy: so both are checked here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gameday.errors import BadArguments

MAX_ATTRIBUTE = 2_147_483_647
"""As in `gameday.proxy.toxics.base`, whose import would load asyncio; a test compares."""
_BOOLEANS = {"true": True, "false": False}
_WITH_UNIT = re.compile(r"\d+(\.\d+)?\s*[A-Za-z%][A-Za-z/]*")
_UNITS = {
    "latency": "ms", "jitter": "ms", "timeout": "ms", "delay": "ms", "time": "ms", "chance": "percent",
    "rate": "KB/s", "bytes": "bytes", "average_size": "bytes", "size_variation": "bytes",
}  # fmt: skip
_REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "latency": (("latency", "jitter"),),
    "slow_close": (("delay",),),
    "stall": (("chance",), ("time",)),
}
"""Toxics with no effect while all attributes are 0: one name of each group must be given."""


def split_attributes(arguments: Iterable[str]) -> dict[str, str]:
    """Split `latency=400` into name and text. Raises BadArguments. Names are case-insensitive, as for the servers."""
    attributes: dict[str, str] = {}
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals or not key or not text:
            raise BadArguments(f"invalid attribute {argument!r}", "Example: --attribute latency=400")
        if attributes.setdefault(key.lower(), text) != text:
            values = f"{attributes[key.lower()]} and {text}"
            raise BadArguments(f"attribute {key} is given twice: {values}", "Give it once.")
    return attributes


def parse_attributes(type_: str, texts: Mapping[str, str]) -> dict[str, int | bool]:
    """Parse whole numbers and flags. Raises BadArguments for a name that the toxic does not have.

    The attributes of an unknown type are left to the server."""
    from gameday.proxy.toxics import TYPES

    kind = TYPES.get(type_)
    if kind is None:
        return {key: _BOOLEANS[text] if text in _BOOLEANS else _number(type_, key, text) for key, text in texts.items()}
    known = (*kind.attributes, *kind.flags)
    for key in texts:
        if key not in known:
            hint = f"Attributes of {type_}: {', '.join(known)}" if known else f"{type_} has no attributes."
            raise BadArguments(f"{type_} has no attribute {key!r}", hint)
    return {key: _flag(key, text) if key in kind.flags else _number(type_, key, text) for key, text in texts.items()}


def require_effect(type_: str, attributes: Mapping[str, Any]) -> None:
    """Raise BadArguments for a new toxic that would change nothing; an explicit zero is accepted."""
    groups = _REQUIRED.get(type_, ())
    if any(not set(group) & set(attributes) for group in groups):
        missing = " and ".join(" or ".join(group) for group in groups)
        example = " ".join(f"-a {group[0]}=50" for group in groups)
        raise BadArguments(f"{type_} without {missing} has no effect", f"Example: {example}")


def require_safe_slicer(type_: str, attributes: Mapping[str, Any]) -> None:
    """Raise BadArguments for slicer sizes that send Toxiproxy into an endless loop."""
    if type_ != "slicer":
        return
    size, variation = attributes.get("average_size", 0), attributes.get("size_variation", 0)
    if not (isinstance(size, int) and isinstance(variation, int)) or size < 1 or variation >= size:
        raise BadArguments(
            "slicer requires an average_size of at least 1, and a size_variation below it",
            "Example: -a average_size=100 -a size_variation=20",
        )


def _flag(key: str, text: str) -> bool:
    if text not in _BOOLEANS:
        raise BadArguments(f"{key}={text}: must be true or false")
    return _BOOLEANS[text]


def _number(type_: str, key: str, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_ATTRIBUTE)) and int(text) <= MAX_ATTRIBUTE:
        return int(text)
    problem = f"{key}={text}: must be a whole number from 0 to {MAX_ATTRIBUTE}"
    unit = "microseconds" if (type_, key) == ("slicer", "delay") else _UNITS.get(key)
    if unit is None or not _WITH_UNIT.fullmatch(text):
        raise BadArguments(problem)
    number = _convert_duration(text, unit)
    raise BadArguments(problem, f"{key} is in {unit}: write {'the number alone' if number is None else number}")


def _convert_duration(text: str, unit: str) -> int | None:
    """Convert `2s` to the unit, as 2000 for ms.

    None if it is not a duration."""
    from gameday.units import parse_duration

    per_second = {"ms": 1000, "microseconds": 1_000_000}.get(unit)
    try:
        return None if per_second is None else round(parse_duration(text) * per_second)
    except ValueError:
        return None
