"""Every key of gameday.yaml, from the schema; the probes' own keys are compared with the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reference_pages.markdown import sentence, table

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
from gameday.files.schema_validation import json_schema
from gameday.incidents.source_table import SOURCE_KEYS
from gameday.notify import apprise_channel
from gameday.notify.slack import settings as slack_settings
from gameday.notify.slack.commands import COMMANDS, REACTIONS, REPLIES
from gameday.notify.webhook_settings import KEYS
from gameday.signals import probe_table
from gameday.signals.http_requirement import REQUIREMENT_KEYS

HEADINGS = {
    "EnvironmentPart": "An environment",
    "TargetPart": "A target",
    "SignalPart": "A signal",
    "ActionPart": "An action",
    "LoadCommandsPart": "Load",
    "ChannelPart": "A channel",
    "IncidentSourcePart": "A source of incidents",
    "SilencePart": "A silence",
    "ApprovalPart": "An approval",
    "WebPart": "Pages for browsers",
    "FollowUpPart": "Follow-up",
    "TrackerPart": "A tracker",
}
_PROBES_WITH_URL = [f"`{probe}`" for probe, keys in probe_table.PROBE_KEYS.items() if keys.has_url]
CONNECTION_TEXT = (
    "These keys apply to the tracker and a silence, and to every signal, target, channel and source of incidents with "
    f"a `url`: the probes {', '.join(_PROBES_WITH_URL[:-1])} and {_PROBES_WITH_URL[-1]}, the injector "
    "`toxiproxy`, the channel `webhook`. A secret is `${NAME}` or `{file: PATH}`; a literal one in the "
    "file is refused. It is read again for each request, and appears in no plan, intent, log or message. Paths are "
    "relative to gameday.yaml. [How to authenticate probes](../how-to/authenticate-probes.md)."
)
CHANNELS_TEXT = (
    "From the start of the drill to its end, a channel gets the messages that every responder may see, each marked "
    "`[DRILL]`. Without a channel, nothing is sent. "
    "[How to send messages to a chat](../how-to/send-messages-to-chat.md)."
)

INCIDENTS_TEXT = (
    "While an incident of the team is open, no drill runs: preflight refuses it, a schedule skips the occurrence, and "
    "a running drill is halted. A source that does not answer counts like an open incident until the drill starts; "
    "during the drill it is only reported. "
    "[Drill every week](../how-to/weekly-drill.md#what-keeps-a-drill-from-running)."
)


def generate() -> str:
    """Return a table for each part of the file, and one for each probe."""
    schema = json_schema("gameday")
    parts = [f"## The file\n\n{key_table(schema, HEADINGS)}"]
    for name in [*HEADINGS, *(name for name in schema["$defs"] if name not in HEADINGS)]:
        part = schema["$defs"].get(name, {})
        if "properties" in part:
            about, keys = sentence(part.get("description", "")), key_table(part, HEADINGS)
            parts.append(f"## {HEADINGS.get(name, name)}\n\n{about}\n\n{keys}")
    channels = ["## Channels", CHANNELS_TEXT, _webhook(), _slack(), _apprise()]
    incidents = ["## Sources of incidents", INCIDENTS_TEXT, *_incident_sources()]
    credentials = ["## Credentials and TLS", CONNECTION_TEXT, _connection()]
    return "\n\n".join([*parts, "## Probes", *_probes(), *channels, *incidents, *credentials])


def key_table(part: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    """Return the table of a part's keys. `headings`: those of the page, by the name of a part."""
    required = part.get("required", ())
    rows = [(f"`{key}`", _value(of, headings), _default(key, of, required), sentence(of.get("description", "")))
            for key, of in part["properties"].items()]  # fmt: skip
    return table(("key", "value", "default", "meaning"), rows)


def _value(of: Mapping[str, Any], headings: Mapping[str, str] = HEADINGS) -> str:
    """Return what a value looks like, as a person would say it."""
    if reference := of.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"[{headings[name]}](#{_anchor(headings[name])})" if name in headings else _enum(name)
    if options := of.get("enum") or ([of["const"]] if "const" in of else []):
        return ", ".join(f"`{option}`" for option in options)
    if examples := of.get("examples"):
        return ", ".join(f"`{example}`" for example in examples)
    if of.get("type") == "array":
        return f"list of {_plural(_value(of.get('items', {}), headings))}"
    if of.get("type") == "object":
        named = of.get("additionalProperties")
        values = named if isinstance(named, dict) else next(iter(of.get("patternProperties", {}).values()), {})
        return f"map of names to {_plural(_value(values, headings))}"
    return {"string": "text", "boolean": "`true` or `false`", "integer": "whole number"}.get(of.get("type", ""), "")


def _enum(name: str) -> str:
    definitions = json_schema("roster")["$defs"] | json_schema("gameday")["$defs"]
    return _value(definitions[name])


def _plural(value: str) -> str:
    return "texts" if value == "text" else value


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _default(key: str, of: Mapping[str, Any], required: object) -> str:
    if isinstance(required, list) and key in required:
        return "required"
    default = of.get("default")
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, float):
        return f"`{default:g}s`"
    if isinstance(default, list):  # a host and its port
        default = ":".join(str(part) for part in default)
    return f"`{default}`" if default not in (None, "") else ""


def _probes() -> Iterator[str]:
    for probe, keys in ((probe, keys.names) for probe, keys in probe_table.PROBE_KEYS.items()):
        described = PROBE_DESCRIPTIONS[probe]
        assert set(described) == set(keys), f"describe the keys of the probe {probe}: {', '.join(keys)}"
        yield f"### {probe}\n\n" + _meanings({key: described[key] for key in keys})
        if "require" in keys:
            assert tuple(REQUIRE_DESCRIPTIONS) == REQUIREMENT_KEYS
            yield f"`require` has these keys:\n\n{_meanings(REQUIRE_DESCRIPTIONS)}"


def _incident_sources() -> Iterator[str]:
    for source, keys in SOURCE_KEYS.items():
        described = INCIDENT_DESCRIPTIONS[source]
        assert set(described) == {*keys.required, *keys.optional}, f"describe the keys of the source {source}"
        yield f"### {source}\n\n{_meanings(described)}"


def _slack() -> str:
    assert tuple(SLACK_DESCRIPTIONS) == slack_settings.KEYS
    defaults = "; ".join(f"`{name}` {command}" for name, command in REACTIONS.items())
    replies = ", ".join(f"`{name}:`" for name in REPLIES)
    return (
        f"### slack\n\n{_meanings(SLACK_DESCRIPTIONS)}\n\nCommands: {', '.join(map('`{}`'.format, COMMANDS))}. "
        f"By default, emoji: {defaults}; beginnings of a text: {replies}."
    )


def _apprise() -> str:
    assert tuple(APPRISE_DESCRIPTIONS) == apprise_channel.KEYS
    schemes = ", ".join(f"`{scheme}`" for scheme in apprise_channel.SCHEMES)
    return f"### apprise\n\n{_meanings(APPRISE_DESCRIPTIONS)}\n\nSchemes: {schemes}."


def _webhook() -> str:
    assert (*WEBHOOK_DESCRIPTIONS, *CONNECTION_KEYS) == KEYS
    return f"### webhook\n\n{_meanings(WEBHOOK_DESCRIPTIONS)}"


def _connection() -> str:
    assert tuple(CONNECTION_DESCRIPTIONS) == CONNECTION_KEYS
    return _meanings(CONNECTION_DESCRIPTIONS)


def _meanings(keys: Mapping[str, str]) -> str:
    return table(("key", "meaning"), [(f"`{key}`", meaning) for key, meaning in keys.items()])
