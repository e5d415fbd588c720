"""Every key of schedules.yaml, from the schema."""

from __future__ import annotations

from reference_pages.gameday_yaml import key_table
from reference_pages.markdown import sentence

from gameday.files.schema_validation import json_schema

HEADINGS = {"SchedulePart": "A schedule", "HostedPart": "A drill with people", "FreezePart": "A freeze"}


def generate() -> str:
    """Return a table for each part of the file."""
    schema = json_schema("schedules")
    parts = [f"## The file\n\n{key_table(schema, HEADINGS)}"]
    for name, heading in HEADINGS.items():
        part = schema["$defs"][name]
        parts.append(f"## {heading}\n\n{sentence(part['description'])}\n\n{key_table(part, HEADINGS)}")
    return "\n\n".join(parts)
