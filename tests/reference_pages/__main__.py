"""`python -m reference_pages`: write the generated parts of docs/reference again; `make reference` runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reference_pages import (
    commands,
    exit_codes,
    gameday_yaml,
    glossary,
    json_output,
    kinds,
    log,
    roster_yaml,
    schedules_yaml,
)
from reference_pages.markdown import replace_generated

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
GENERATORS: dict[str, Callable[[], str]] = {
    "commands.md": commands.generate,
    "exit-codes.md": exit_codes.generate,
    "gameday-yaml.md": gameday_yaml.generate,
    "glossary.md": glossary.generate,
    "json.md": json_output.generate,
    "kinds.md": kinds.generate,
    "log.md": log.generate,
    "roster-yaml.md": roster_yaml.generate,
    "schedules-yaml.md": schedules_yaml.generate,
}


def generate_page(name: str) -> str:
    """Return the page with its generated part made from the current code."""
    return replace_generated((FOLDER / name).read_text(encoding="utf-8"), GENERATORS[name]())


if __name__ == "__main__":
    for page in GENERATORS:
        (FOLDER / page).write_text(generate_page(page), encoding="utf-8")
