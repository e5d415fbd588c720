"""What a person writes as gameday.yaml has it: `{probe: http, url: ...}`."""

from __future__ import annotations

from gameday.model import Json


def read_map(text: str) -> dict[str, Json]:
    """A one-line map; raises ValueError."""
    from gameday.files.document import parse_document

    found = parse_document(text, "")
    if found.problems:
        raise ValueError(found.problems[0].wrong)
    if not isinstance(found.data, dict):
        raise ValueError("this is no map: write it as in {name: value}")
    return found.data
