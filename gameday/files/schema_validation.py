"""Validation of a document against its schema: each error as a plain sentence at its place."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from gameday.files.password_rule import check_passwords
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.suggestions import closest_words, did_you_mean, one_of

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

FileKind = Literal["scenario", "gameday", "roster", "schedules"]
_MODELS = {
    "scenario": ("scenario", "ScenarioPart"),
    "gameday": ("project", "ProjectPart"),
    "roster": ("roster", "RosterPart"),
    "schedules": ("schedules", "SchedulesPart"),
}
MAX_SUGGESTIONS = 200
"""Problems of a file with a suggestion: a search for similar words takes longer than all other checks of a key."""
MISSPELLED = 0.8
"""Similarity, from 0 to 1, from which on an unknown key is read as the one that was meant."""
_ERROR_TEXT = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a map (key: value)",
    "model_type": "must be a map (key: value)",
    "model_attributes_type": "must be a map (key: value)",
}


def validate_schema(document: YamlDocument, kind: FileKind) -> BaseModel | None:
    """Validate a document; return None with the errors noted in it.

    A misspelled key is then read as the key that was meant, so that it hides no other error and causes none."""
    if document.root is None:
        return None
    check_passwords(document)
    part, misfits = _validate(document, kind)
    noted: set[tuple[int, int]] = set()
    while corrections := _note_unknown_keys(document, kind, misfits, noted):
        for path, key in corrections:
            document.rename_key(path, key)
        _, misfits = _validate(document, kind)
    for misfit in misfits:
        if misfit["type"] != "extra_forbidden":
            _add_schema_problem(document, misfit)
    return part


def _validate(document: YamlDocument, kind: FileKind) -> tuple[BaseModel | None, list[ErrorDetails]]:
    from pydantic import ValidationError

    try:
        return schema_model(kind).model_validate(document.data), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _note_unknown_keys(
    document: YamlDocument, kind: FileKind, misfits: list[ErrorDetails], noted: set[tuple[int, int]]
) -> list[tuple[KeyPath, str]]:
    """Note each unknown key once; return those that are clearly misspelled, with the key that was meant."""
    corrections: dict[KeyPath, KeyPath] = {}
    for misfit in misfits:
        path, place = misfit["loc"], document.locate(misfit["loc"], key=True)
        if misfit["type"] != "extra_forbidden" or place in noted:
            continue
        noted.add(place)
        is_first = len(document.problems) < MAX_SUGGESTIONS
        known = _known_keys(kind, path[:-1]) if is_first else []
        close = closest_words(path[-1], known)
        document.add_problem(path, f"unknown key {path[-1]!r}", did_you_mean(path[-1], close), key=True, is_masked=True)
        for meant in closest_words(path[-1], close, cutoff=MISSPELLED):
            if document.node_at((*path[:-1], meant)) is None:
                corrections.setdefault((*path[:-1], meant), path)
    return [(path, str(meant[-1])) for meant, path in corrections.items()]


@cache
def schema_model(kind: FileKind) -> type[BaseModel]:
    """Return the pydantic model of a kind of file, loaded on first use."""
    module, name = _MODELS[kind]
    part: type[BaseModel] = getattr(importlib.import_module(f"gameday.files.schema.{module}"), name)
    return part


@cache
def json_schema(kind: FileKind) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) for editors."""
    schema = _without_null(schema_model(kind).model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _without_null(schema: Any) -> Any:
    """Drop pydantic's `or null`: a key may be left out, but not be empty."""
    if isinstance(schema, list):
        return [_without_null(option) for option in schema if option != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    cleaned = {key: _without_null(value) for key, value in schema.items() if (key, value) != ("default", None)}
    if len(options := cleaned.get("anyOf", ())) == 1:
        del cleaned["anyOf"]
        return {**options[0], **cleaned}
    return cleaned


def _add_schema_problem(document: YamlDocument, misfit: ErrorDetails) -> None:
    path, of_key = list(misfit["loc"]), False
    if path and path[-1] == "[key]":
        path, of_key = path[:-1], True
    if misfit["type"] == "missing":
        where = path[:-1]
        place = f" in {_format_path(where)}" if where else ""
        document.add_problem(where, f"missing key {path[-1]!r}{place}", is_masked=True)
    else:
        wrong, suggestion = _error_text(misfit, document.value_as_written(path))
        name = "the key " + repr(path[-1]) if of_key else _format_path(path)
        if misfit["type"] == "value_error":  # a validator's own message quotes the value
            wrong = document.without_quoted_secrets(wrong, path)
        document.add_problem(path, f"{name}: {wrong}" if path else wrong, suggestion, key=of_key, is_masked=True)


@lru_cache(maxsize=1024)
def _known_keys(kind: FileKind, path: tuple[str | int, ...]) -> list[str]:
    return keys_at(json_schema(kind), list(path))


def _error_text(misfit: ErrorDetails, written: object) -> tuple[str, str]:
    kind, value, context = misfit["type"], misfit["input"], misfit.get("ctx", {})
    if isinstance(value, str) and isinstance(written, str):
        value = written  # with its variables: a shortened value could not be redacted
    shown = written if isinstance(value, bool | int | float) and isinstance(written, str) else _short(value)
    if kind == "value_error":
        return str(context["error"]), ""
    if kind in ("enum", "literal_error"):
        return _unknown_word(value, shown, str(context["expected"]))
    if kind == "string_pattern_mismatch":
        return f"invalid name {shown}", "use letters, digits, -, _ and ., starting with a letter or digit"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        return (
            f"{shown} is {'below the minimum' if kind.startswith('g') else 'above the maximum'} ({bound})",
            "",
        )
    if kind in ("too_short", "string_too_short"):
        return "must not be empty", ""
    if value is None:
        return "is empty", "set a value or remove the key"
    quotes = "put it in quotes" if kind == "string_type" and isinstance(value, bool | int | float) else ""
    return f"{_ERROR_TEXT.get(kind, 'must be a valid value')}, not {shown}", quotes


def _unknown_word(value: object, shown: str, expected: str) -> tuple[str, str]:
    expected = expected.replace("True", "true")
    known = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
    if value is None:
        return "is empty", one_of(known)
    if not isinstance(value, str):
        return f"invalid value {shown}", one_of(known)
    return f"unknown value {value!r}", did_you_mean(value, known) or one_of(known)


def _format_path(path: list[str | int]) -> str:
    """Format a path as `requires.targets` or `messages[3].say`, counted from 1."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def keys_at(schema: Mapping[str, Any], path: list[str | int]) -> list[str]:
    """Return the keys that a map at `path` may have, in the order of the schema."""
    parts = [schema]
    for step in path:
        parts = [inner for part in parts for inner in _inside(schema, part, step)]
    return [key for part in parts for whole in _resolve(schema, part) for key in whole.get("properties", {})]


def _inside(schema: Mapping[str, Any], part: Mapping[str, Any], step: str | int) -> list[Mapping[str, Any]]:
    parts: list[Mapping[str, Any]] = []
    for whole in _resolve(schema, part):
        if isinstance(step, int):
            inner = whole.get("items")
        else:
            by_pattern = next(iter(whole.get("patternProperties", {}).values()), None)
            inner = whole.get("properties", {}).get(step) or by_pattern or whole.get("additionalProperties")
        if isinstance(inner, Mapping):
            parts.append(inner)
    return parts


def _resolve(schema: Mapping[str, Any], part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "$ref" in part:
        return [schema["$defs"][part["$ref"].rpartition("/")[2]]]
    if "anyOf" in part:
        return [whole for option in part["anyOf"] for whole in _resolve(schema, option)]
    return [part]
