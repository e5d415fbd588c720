"""Access to raw file data before it is validated: nothing here raises."""

from __future__ import annotations

from collections.abc import Iterator

from gameday import units
from gameday.files.time_expressions import parse_time_range
from gameday.files.yaml_document import KeyPath
from gameday.model import Json, Limit, TimeExpression

EXPECTATIONS: tuple[KeyPath, ...] = (
    ("hypothesis", "expect"),
    ("steady_state",),
    ("mitigated_when",),
    ("clues",),
)


def get_path(data: Json, *path: str | int) -> Json:
    """Return the value at `path`, or None."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def get_map(data: Json, *path: str | int) -> dict[str, Json]:
    """Return the map at `path`, or an empty one."""
    value = get_path(data, *path)
    return value if isinstance(value, dict) else {}


def iter_texts(data: Json, *path: str | int) -> Iterator[tuple[KeyPath, str]]:
    """Yield the texts in the list at `path`, each with its own path."""
    values = get_path(data, *path)
    for index, value in enumerate(values if isinstance(values, list) else []):
        if isinstance(value, str):
            yield (*path, index), value


def iter_maps(data: Json, *path: str | int) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    """Yield the maps in the list at `path`, each with its own path."""
    values = get_path(data, *path)
    for index, value in enumerate(values if isinstance(values, list) else []):
        if isinstance(value, dict):
            yield (*path, index), value


def iter_expectations(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    """Yield every expectation of a scenario; guardrails are not among them."""
    for place in EXPECTATIONS:
        yield from iter_maps(data, *place)
    for path, fault in iter_maps(data, "faults"):
        if isinstance(shows := fault.get("shows"), dict):
            yield (*path, "shows"), shows


def text_or_empty(value: Json) -> str:
    """Return the value if it is text, else an empty text."""
    return value if isinstance(value, str) else ""


def parse_duration(value: Json) -> float | None:
    """Return the seconds in a duration, or None for anything else."""
    try:
        return units.parse_duration(value) if isinstance(value, str) else None
    except ValueError:
        return None


_TIMES: tuple[tuple[KeyPath, str], ...] = (
    (("faults",), "at"),
    (("objectives",), "by"),
    (("messages",), "at"),
    (("rehearsal", "responders"), "at"),
)


def iter_times(data: Json) -> Iterator[tuple[KeyPath, TimeExpression]]:
    """Yield every valid time of a scenario, with its path."""
    places: list[tuple[KeyPath, Json]] = [(("ends",), get_path(data, "ends"))]
    places.append((("page", "fallback"), get_path(data, "page", "fallback")))
    for place, key in _TIMES:
        places += [((*path, key), entry.get(key)) for path, entry in iter_maps(data, *place)]
    for path, expectation in iter_expectations(data):
        places += [((*path, key), expectation.get(key)) for key in ("by", "at")]
    for path, value in places:
        if (time := parse_time(value)) is not None:
            yield path, time


def parse_time(value: Json) -> TimeExpression | None:
    """Return the time in `impact+2m` or `start+0s..3m`, or None for anything else."""
    try:
        return parse_time_range(value) if isinstance(value, str) else None
    except ValueError:
        return None


def parse_quantity_range(value: Json) -> units.QuantityRange | None:
    """Return the range in `100ms..800ms`, or None for anything else."""
    try:
        return units.parse_quantity_range(value) if isinstance(value, str) else None
    except ValueError:
        return None


def parse_limit(value: Json) -> Limit | None:
    """Return the limit, or None for anything else."""
    try:
        return (
            units.parse_limit(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
        )
    except ValueError:
        return None
