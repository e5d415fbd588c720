"""Every key of a roster, from the schema."""

from __future__ import annotations

from reference_pages.gameday_yaml import key_table
from reference_pages.markdown import sentence

from gameday.files.schema_validation import json_schema

HEADINGS = {"PersonPart": "A person"}


def generate() -> str:
    """Return a table for each part of the file."""
    schema = json_schema("roster")
    person = schema["$defs"]["PersonPart"]
    return "\n\n".join(
        [
            f"## The file\n\n{key_table(schema, HEADINGS)}",
            f"## {HEADINGS['PersonPart']}\n\n{sentence(person['description'])}\n\n{key_table(person, HEADINGS)}",
        ]
    )
