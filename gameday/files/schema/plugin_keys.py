"""Keys of the built-in probes, channels, servers and incident sources in the JSON Schema, each where it is named.

The keys are those that the rules of `check` know; keys of other plugins are theirs, and stay free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gameday.clients.connection import CONNECTION_KEYS
from gameday.files.schema.key_descriptions import (
    APPRISE_DESCRIPTIONS,
    CONNECTION_DESCRIPTIONS,
    INCIDENT_DESCRIPTIONS,
    PROBE_DESCRIPTIONS,
    REQUIRE_DESCRIPTIONS,
    SLACK_DESCRIPTIONS,
    WEBHOOK_DESCRIPTIONS,
)
from gameday.incidents.source_table import SOURCE_KEYS
from gameday.signals.alert_sources import SOURCES
from gameday.signals.http_requirement import REQUIREMENT_KEYS
from gameday.signals.probe_table import PROBE_KEYS

JsonSchema = dict[str, Any]

_TEXT: JsonSchema = {"type": "string", "minLength": 1}
_FILE: JsonSchema = {
    "type": "object", "properties": {"file": _TEXT}, "required": ["file"], "additionalProperties": False,
}  # fmt: skip
_SECRET: JsonSchema = {"anyOf": [{"type": "string", "pattern": r"\$\{"}, _FILE]}
_SCALAR: JsonSchema = {"type": ["string", "number", "boolean"]}
_STATUS: JsonSchema = {
    "anyOf": [{"type": "integer", "minimum": 100, "maximum": 599}, {"type": "string", "pattern": "^[1-5]xx$"}]
}


def _map_of(values: JsonSchema) -> JsonSchema:
    return {"type": "object", "additionalProperties": values, "minProperties": 1}


_REQUIREMENTS: Mapping[str, JsonSchema] = {
    "status": {"anyOf": [*_STATUS["anyOf"], {"type": "array", "items": _STATUS}]},
    "header": _map_of(_TEXT),
    "json": _map_of(_SCALAR),
}
_CONNECTION: Mapping[str, JsonSchema] = {
    "headers": _map_of({"anyOf": [_TEXT, _FILE]}),
    "bearer": _SECRET,
    "basic": {
        "type": "object", "properties": {"user": _TEXT, "password": _SECRET}, "required": ["user", "password"],
        "additionalProperties": False,
    },
    "verify": {"type": "boolean"},
}  # fmt: skip
SLACK_COMMANDS = (
    "stop", "end", "acknowledge", "declare", "help", "restored", "hold-stop", "severity", "update", "theory",
    "decision", "note", "predict", "claim",
)  # fmt: skip
"""Those of the channel, which this package does not import."""
_CHAT_COMMANDS: JsonSchema = {
    "type": "object", "additionalProperties": {"anyOf": [{"enum": list(SLACK_COMMANDS)}, {"type": "null"}]},
}  # fmt: skip
_SLACK_VALUES: Mapping[str, JsonSchema] = {
    "bot_token": _SECRET, "app_token": _SECRET, "private": {"type": "boolean"}, "archive": {"type": "boolean"},
    "reactions": _CHAT_COMMANDS, "replies": _CHAT_COMMANDS,
}  # fmt: skip
_PROBE_VALUES: Mapping[str, JsonSchema] = {
    "run": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "labels": _map_of(_SCALAR),
    "from": {"enum": list(SOURCES)},
}


def _described(
    keys: Iterable[str], descriptions: Mapping[str, str], values: Mapping[str, JsonSchema]
) -> dict[str, JsonSchema]:
    """Return a schema for each key; a key without one of its own is text."""
    return {key: {**values.get(key, _TEXT), "description": descriptions[key]} for key in keys}


_CONNECTION_PROPERTIES = _described(CONNECTION_KEYS, CONNECTION_DESCRIPTIONS, _CONNECTION)


def _requirement() -> JsonSchema:
    properties = _described(REQUIREMENT_KEYS, REQUIRE_DESCRIPTIONS, _REQUIREMENTS)
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}


def _properties_of_probe(probe: str) -> dict[str, JsonSchema]:
    keys = PROBE_KEYS[probe]
    values = {**_PROBE_VALUES, "require": _requirement()}
    connection = _CONNECTION_PROPERTIES if keys.has_url else {}
    return {**_described(keys.names, PROBE_DESCRIPTIONS[probe], values), **connection}


def _only_where(
    part: JsonSchema, key: str, plugin: str, properties: Mapping[str, JsonSchema], required: Iterable[str]
) -> JsonSchema:
    """Return the rule that a part which names `plugin` has these properties and those of the part, and no other."""
    every_part_has = dict.fromkeys(part["properties"], True)
    rule = {"properties": {**every_part_has, **properties}, "required": list(required), "additionalProperties": False}
    return {"if": {"properties": {key: {"const": plugin}}, "required": [key]}, "then": rule}


def add_probe_keys(part: JsonSchema) -> None:
    """Add the keys of each built-in probe to the schema of a signal."""
    part["allOf"] = [
        _only_where(part, "probe", probe, _properties_of_probe(probe), keys.required)
        for probe, keys in PROBE_KEYS.items()
    ]


def add_channel_keys(part: JsonSchema) -> None:
    """Add the keys of each channel of the program itself to the schema of a channel."""
    values: dict[str, JsonSchema] = {"url": {"anyOf": [_TEXT, _FILE]}, "body": {"type": "object", "minProperties": 1}}
    own = _described(WEBHOOK_DESCRIPTIONS, WEBHOOK_DESCRIPTIONS, values)
    slack = _described(SLACK_DESCRIPTIONS, SLACK_DESCRIPTIONS, _SLACK_VALUES)
    part["allOf"] = [
        _only_where(part, "channel", "webhook", {**own, **_CONNECTION_PROPERTIES}, ["url"]),
        _only_where(part, "channel", "slack", slack, ["bot_token"]),
        _only_where(part, "channel", "apprise", _described(("url",), APPRISE_DESCRIPTIONS, {"url": _SECRET}), ["url"]),
    ]


def add_incident_keys(part: JsonSchema) -> None:
    """Add the keys of each source of incidents."""
    part["allOf"] = [
        _only_where(part, "source", source, _properties_of_source(source), keys.required)
        for source, keys in SOURCE_KEYS.items()
    ]


def _properties_of_source(source: str) -> dict[str, JsonSchema]:
    keys = SOURCE_KEYS[source]
    values = {key: {"type": "array", "items": _TEXT, "minItems": 1} for key in keys.lists}
    connection = _CONNECTION_PROPERTIES if keys.is_http else {}
    return {**_described((*keys.required, *keys.optional), INCIDENT_DESCRIPTIONS[source], values), **connection}


def add_tracker_keys(part: JsonSchema) -> None:
    """Add the credentials and TLS of a tracker, which has no other keys."""
    part["properties"] |= _CONNECTION_PROPERTIES
    part["additionalProperties"] = False


def add_server_keys(part: JsonSchema) -> None:
    """Add the credentials and TLS of the injector whose target is a server with a `url`."""
    is_toxiproxy = {"properties": {"injector": {"const": "toxiproxy"}}, "required": ["injector"]}
    part["allOf"] = [{"if": is_toxiproxy, "then": {"properties": _CONNECTION_PROPERTIES}}]
