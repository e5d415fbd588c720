"""Reading the data of an event by key."""

from __future__ import annotations

from collections.abc import Mapping

from gameday.model import Json


def text(data: Mapping[str, Json], key: str) -> str:
    """A word or a line; empty when it is not there."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def number(data: Mapping[str, Json], key: str) -> float | None:
    """A figure; None when it is not there (a truth value is no figure)."""
    value = data.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def integer(data: Mapping[str, Json], key: str) -> int:
    """A count, such as n; 0 when it is not there."""
    return int(number(data, key) or 0)


def flag(data: Mapping[str, Json], key: str) -> bool:
    return data.get(key) is True


def records(data: Mapping[str, Json], key: str) -> tuple[Mapping[str, Json], ...]:
    """The mappings in a list; anything else in it is left out."""
    value = data.get(key)
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list | tuple) else ()


def lines(data: Mapping[str, Json], key: str) -> tuple[str, ...]:
    """The lines of a list."""
    value = data.get(key)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
