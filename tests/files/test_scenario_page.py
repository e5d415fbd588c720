"""docs/reference/scenario.md describes exactly the keys of the schema; its example is valid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gameday.files.scenario import parse_scenario
from gameday.files.schema_validation import FileKind, json_schema, keys_at
from gameday.moments import Moment

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "scenario.md").read_text()
SECTIONS = [section for section in re.split(r"(?m)^## ", PAGE)[1:] if "| key |" in section]


def path_of(heading: str) -> list[str | int]:
    """`rehearsal.responders[]` as a path into the schema."""
    if not heading.startswith("`"):
        return []
    steps: list[str | int] = []
    for step in heading.strip("`").split("."):
        steps += [step.removesuffix("[]"), 0] if step.endswith("[]") else [step]
    return steps


def rows(section: str) -> list[tuple[str, bool, str]]:
    found = re.findall(r"(?m)^\| `(\w+)` \| (yes)? ?\| (.+) \|$", section)
    return [(key, needed == "yes", meaning) for key, needed, meaning in found]


def part_at(path: list[str | int]) -> dict[str, Any]:
    schema = json_schema("scenario")
    wanted = keys_at(schema, path)
    return next(
        part for part in [schema, *schema["$defs"].values()] if list(part.get("properties", {})) == wanted and wanted
    )


@pytest.mark.parametrize("section", SECTIONS, ids=lambda text: text.splitlines()[0])
def test_a_section_tells_each_key_as_the_schema_does(section: str) -> None:
    part = part_at(path_of(section.splitlines()[0]))
    needed = part.get("required", [])
    assert rows(section) == [(key, key in needed, one["description"]) for key, one in part["properties"].items()]


def test_every_part_has_its_section() -> None:
    told = {part_at(path_of(section.splitlines()[0]))["title"] for section in SECTIONS}
    parts = [json_schema("scenario"), *json_schema("scenario")["$defs"].values()]
    assert told == {part["title"] for part in parts if "properties" in part}


def test_the_moments_are_the_table_of_moments() -> None:
    line = next(line for line in PAGE.splitlines() if line.startswith("Moments: "))
    assert re.findall(r"`([a-z-]+)`", line) == [moment.value for moment in Moment]


def test_the_smallest_scenario_is_read() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    scenario = parse_scenario(example[1], "smallest.yaml")
    assert scenario.mitigated_when[0].hold == 60
    assert [role.value for role in scenario.roles_required] == ["facilitator", "ic", "ops"]


@pytest.mark.parametrize("kind", ["scenario", "gameday", "roster"])
def test_no_key_of_a_schema_is_without_a_meaning(kind: FileKind) -> None:
    schema = json_schema(kind)
    for part in [schema, *schema["$defs"].values()]:
        for key, one in part.get("properties", {}).items():
            assert one.get("description"), f"{part['title']}.{key}"


def test_durations_are_published_as_text_with_a_pattern() -> None:
    timebox = json_schema("scenario")["properties"]["timebox"]
    assert timebox["type"] == "string"
    assert re.search(timebox["pattern"], "400ms") and not re.search(timebox["pattern"], "400")
