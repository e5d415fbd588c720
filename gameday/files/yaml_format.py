"""Formatting of YAML entries: a one-line map where it fits, as people write them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from gameday.files.scenario_template import format_scalar
from gameday.model import Json

MAX_LINE = 118


def to_flow_style(value: Json) -> str:
    """Format the value on one line, valid inside a one-line map. Texts must be printable."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if ":" in value or value.strip() != value else format_scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{to_flow_style(key)}: {to_flow_style(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(to_flow_style(item) for item in value) + "]"
    return json.dumps(value)


def format_entry(key: str, value: Json, indent: int) -> list[str]:
    """Return the lines of `key: value`, indented by `indent`; a map of maps has a line per entry."""
    begun = f"{' ' * indent}{to_flow_style(key)}:"
    if not isinstance(value, Mapping) or not value:
        return [f"{begun} {to_flow_style(value)}"]
    if all(isinstance(item, Mapping) for item in value.values()):
        return [begun, *(line for name, item in value.items() for line in format_entry(name, item, indent + 2))]
    return list(
        _wrapped(f"{begun} {{", [f"{to_flow_style(name)}: {to_flow_style(item)}" for name, item in value.items()])
    )


def _wrapped(begun: str, parts: list[str]) -> Iterator[str]:
    """Wrap the entries of a map to lines, aligned below the first."""
    line, indent, last = begun, len(begun), len(parts) - 1
    for index, part in enumerate(parts):
        closed = part + ("}" if index == last else ",")
        if index and len(line) + 1 + len(closed) > MAX_LINE:
            yield line
            line = " " * indent
        elif index:
            line += " "
        line += closed
    yield line
