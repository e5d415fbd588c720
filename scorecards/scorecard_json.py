"""The scorecard as JSON. Its schema is drawn from the dataclasses, so there is one place that says what it holds."""

from __future__ import annotations

import dataclasses
import types
import typing

from gameday.model import Json
from gameday.scorecards.scorecard import Scorecard

VERSION = 1

_PLAIN: dict[object, str] = {str: "string", float: "number", int: "integer", bool: "boolean", types.NoneType: "null"}


def encode(card: Scorecard) -> dict[str, Json]:
    """The scorecard as JSON; numbers rounded to microseconds."""
    return {"scorecard": VERSION, **_fields(card)}


def schema() -> dict[str, Json]:
    """The JSON Schema of what encode returns."""
    drawn = _draw(Scorecard)
    properties = drawn["properties"]
    assert isinstance(properties, dict)
    drawn["properties"] = {"scorecard": {"const": VERSION}, **properties}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "gameday scorecard", **drawn}


def _fields(record: object) -> dict[str, Json]:
    assert dataclasses.is_dataclass(record)
    return {field.name: _value(getattr(record, field.name)) for field in dataclasses.fields(record)}


def _value(value: object) -> Json:
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, float):
        return round(value, 6)
    assert value is None or isinstance(value, bool | int | str)
    return str(value) if isinstance(value, str) else value


def _draw(meant: object) -> dict[str, Json]:
    if meant in _PLAIN:
        return {"type": _PLAIN[meant]}
    origin, parts = typing.get_origin(meant), typing.get_args(meant)
    if origin is tuple:
        return {"type": "array", "items": _draw(parts[0])}
    if origin is typing.Literal:
        return {"enum": list(parts)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_draw(part) for part in parts]}
    assert isinstance(meant, type) and dataclasses.is_dataclass(meant), f"no JSON for {meant}"
    hints = typing.get_type_hints(meant)
    names = [field.name for field in dataclasses.fields(meant)]
    properties: dict[str, Json] = {name: _draw(hints[name]) for name in names}
    return {"type": "object", "properties": properties, "required": list(names), "additionalProperties": False}
