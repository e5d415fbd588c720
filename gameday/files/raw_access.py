"""Looking into what a file says before it is known to be right: nothing here raises."""

from __future__ import annotations

from collections.abc import Iterator

from gameday import units
from gameday.files.yaml_document import KeyPath
from gameday.model import Json, Limit, Range

EXPECTATIONS: tuple[KeyPath, ...] = (("hypothesis", "holds"), ("steady_state",), ("mitigated",), ("trail",))


def get_path(data: Json, *path: str | int) -> Json:
    """What stands at `path`, or None."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def get_map(data: Json, *path: str | int) -> dict[str, Json]:
    """The map at `path`, or an empty one."""
    found = get_path(data, *path)
    return found if isinstance(found, dict) else {}


def iter_texts(data: Json, *path: str | int) -> Iterator[tuple[KeyPath, str]]:
    """The texts in the list at `path`, each with its own path."""
    found = get_path(data, *path)
    for index, one in enumerate(found if isinstance(found, list) else []):
        if isinstance(one, str):
            yield (*path, index), one


def iter_maps(data: Json, *path: str | int) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    """The maps in the list at `path`, each with its own path."""
    found = get_path(data, *path)
    for index, one in enumerate(found if isinstance(found, list) else []):
        if isinstance(one, dict):
            yield (*path, index), one


def expectations(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    """Every expectation of a scenario, wherever it stands; guardrails are not among them."""
    for place in EXPECTATIONS:
        yield from iter_maps(data, *place)
    for path, fault in iter_maps(data, "faults"):
        if isinstance(expect := fault.get("expect"), dict):
            yield (*path, "expect"), expect


def text(value: Json) -> str:
    """The text, or an empty one where there is something else."""
    return value if isinstance(value, str) else ""


def parse_duration(value: Json) -> float | None:
    """Seconds in a duration, or None when it is none."""
    try:
        return units.duration(value) if isinstance(value, str) else None
    except ValueError:
        return None


def parse_range(value: Json) -> Range | None:
    """The range in `100ms..800ms`, or None when it is none."""
    try:
        return units.duration_range(value) if isinstance(value, str) else None
    except ValueError:
        return None


def parse_limit(value: Json) -> Limit | None:
    """The limit, or None when it is none."""
    try:
        return units.limit(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except ValueError:
        return None
