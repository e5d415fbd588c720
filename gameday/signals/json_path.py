"""Values in a JSON answer: `journey.p95`, `pools.0.wait`, or a JSONPath that begins with `$`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gameday.plugins.probe import MeasurementError

ABSENT = object()
"""Result of a path that leads nowhere."""
Finder = Callable[[Any], list[Any]]


def compile_path(path: str) -> Finder:
    """Return a function that finds all values at the path. Raises ValueError for an invalid JSONPath."""
    if not path.startswith("$"):
        return lambda answer: [] if (value := _follow(answer, path)) is ABSENT else [value]
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.ext.parser import parse

    try:
        parsed = parse(path)
    except JSONPathError as error:
        raise ValueError(f"invalid JSONPath {path}: {error}") from None
    return lambda answer: [match.value for match in parsed.find(answer)]


def _follow(value: Any, path: str) -> Any:
    """Return the value at a dotted path, or ABSENT."""
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return ABSENT
    return value


class NumberAt:
    """The number at a path. Raises ValueError for an invalid path."""

    def __init__(self, path: str) -> None:
        self._path, self._find = path, compile_path(path)

    def read(self, answer: Any) -> float:
        """Return the number. Raises MeasurementError."""
        values = self._find(answer)
        if not values:
            raise MeasurementError(f"the response has no {self._path}")
        if len(values) > 1:
            raise MeasurementError(f"{self._path} matches {len(values)} values instead of one")
        value = values[0]
        if value is None:
            raise MeasurementError(f"{self._path} is empty")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise MeasurementError(f"{self._path} is not a number")
        try:
            return float(value)
        except OverflowError:
            raise MeasurementError(f"{self._path} is too large") from None
