"""The scorecard as JSON; its schema is derived from the dataclasses, which alone say what it holds."""

from __future__ import annotations

import dataclasses
import types
import typing

from gameday.errors import Exit
from gameday.model import Json
from gameday.scorecards.scorecard import Scorecard

VERSION = 1

_TYPE_NAMES: dict[object, str] = {
    str: "string", float: "number", int: "integer", bool: "boolean", types.NoneType: "null", Exit: "integer",
}  # fmt: skip


def encode(card: Scorecard) -> dict[str, Json]:
    """Return the scorecard as JSON; numbers are rounded to microseconds."""
    return {"scorecard": VERSION, **_fields(card)}


def schema() -> dict[str, Json]:
    """Return the JSON Schema of what `encode` returns."""
    derived = _derive(Scorecard)
    properties = derived["properties"]
    assert isinstance(properties, dict)
    derived["properties"] = {"scorecard": {"const": VERSION}, **properties}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "gameday scorecard", **derived}


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
    if isinstance(value, Exit):
        return int(value)
    assert value is None or isinstance(value, bool | int | str)
    return str(value) if isinstance(value, str) else value


def _derive(hint: object) -> dict[str, Json]:
    if hint in _TYPE_NAMES:
        return {"type": _TYPE_NAMES[hint]}
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _derive(arguments[0])}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_derive(argument) for argument in arguments]}
    assert isinstance(hint, type) and dataclasses.is_dataclass(hint), f"no JSON for {hint}"
    hints = typing.get_type_hints(hint)
    names = [field.name for field in dataclasses.fields(hint)]
    properties: dict[str, Json] = {name: _derive(hints[name]) for name in names}
    return {"type": "object", "properties": properties, "required": list(names), "additionalProperties": False}
