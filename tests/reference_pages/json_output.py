"""Documents of `--format json`, from the classes that the commands print."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from reference_pages.markdown import table

from gameday.cli import follow_up_documents
from gameday.cli import json_documents as documents
from gameday.cli.rotation_report import PlannedDrillDocument
from gameday.scorecards import scorecard_json

COMMANDS: dict[str, tuple[str, type[documents.JsonDocument] | None]] = {
    "list": ("array", documents.ScenarioDocument),
    "plan FILE": ("object", documents.PlanDocument),
    "run FILE --rehearse": ("object", documents.RehearsalDocument),
    "rotation plan": ("array", PlannedDrillDocument),
    "schedule list": ("array", documents.ScheduleDocument),
    "action-items list": ("array", follow_up_documents.ActionItemDocument),
    "action-items due": ("array", follow_up_documents.ActionItemDocument),
    "review due": ("array", follow_up_documents.DueReviewDocument),
    "status": ("array", documents.StatusDocument),
    "log [DRILL]": ("one object per line", documents.LogDocument),
    "show SCENARIO": ("object", documents.ScenarioDetails),
    "show [DRILL]": ("object", None),
    "show --all": ("array", None),
    "check FILE": ("array", documents.ProblemDocument),
    "doctor": ("object", documents.DoctorDocument),
    "demo status": ("object", documents.DemoDocument),
}
"""JSON document of each command; None for the scorecard."""
SCORECARD_PARTS = {
    "Scorecard": "The scorecard of a drill. Each time and share is with its sample size.",
    "Evaluation": "Evaluation of an expectation or a clue.",
    "FiredAlert": "An alert that fired.",
    "FaultOutcome": "Outcome of a fault.",
    "Difficulty": "Hints given: they describe the scenario, not the team's skill.",
    "ObjectiveResult": "Result of an objective.",
    "ResponseTime": "A time between two moments.",
    "SignalSummary": "Readings of a signal.",
}
"""Introduction of a section of the page, for the objects without a class in json_documents."""


def generate() -> str:
    """Return the table of commands, and a section for each kind of object."""
    sections = [_section(name, schema) for name, schema in sorted(_schemas().items())]
    rows = [(f"`gameday {command}`", f"{shape}: {_link(kind)}") for command, (shape, kind) in COMMANDS.items()]
    return "\n\n".join([table(("command", "prints"), rows), *sections])


def _link(kind: type[documents.JsonDocument] | None) -> str:
    name = "Scorecard" if kind is None else _title(kind.__name__)
    return f"[{name}](#{name.lower()})"


def _title(name: str) -> str:
    return name.removesuffix("Document")


def _schemas() -> dict[str, dict[str, Any]]:
    types = [kind for _, kind in COMMANDS.values() if kind is not None]
    _, components = msgspec.json.schema_components(types, ref_template="{name}")
    card: dict[str, Any] = dict(scorecard_json.schema())
    parts = {part["title"]: part for part in _objects(card["properties"].values())}
    return {**components, "Scorecard": card, **parts}


def _objects(nodes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the objects that the fields of the scorecard hold."""
    for node in nodes:
        part = node.get("items", node)
        if part.get("type") == "object":
            yield part


def _section(name: str, schema: dict[str, Any]) -> str:
    printed = {kind.__name__: kind for _, kind in COMMANDS.values() if kind}
    kind = printed.get(name) or getattr(documents, name, None)
    about = inspect.getdoc(kind) if kind else SCORECARD_PARTS[name]
    required = schema.get("required", ())
    rows = [
        (f"`{field}`", _type(part) + ("" if field in required else ", optional"), part.get("description", ""))
        for field, part in schema["properties"].items()
    ]
    return "\n\n".join([f"## {_title(name)}", about or "", table(("field", "type", "meaning"), rows)])


def _type(schema: dict[str, Any]) -> str:
    """Return the type in words: `array of string`, `string or null`."""
    if "anyOf" in schema:
        return _join(_type(part) for part in schema["anyOf"])
    if "title" in schema:
        return f"[{schema['title']}](#{schema['title'].lower()})"
    if "$ref" in schema:
        return f"[{_title(schema['$ref'])}](#{_title(schema['$ref']).lower()})"
    if "const" in schema or "enum" in schema:
        return _join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items') or {})}"
    return str(schema.get("type", "any"))


def _join(parts: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(parts))
