"""The reference pages are what `make reference` writes from the current code."""

from __future__ import annotations

import re

import pytest
from reference_pages import kinds, markdown
from reference_pages.__main__ import FOLDER, GENERATORS, generate_page
from reference_pages.vocabulary import VOCABULARY

from gameday.errors import Exit
from gameday.model import Role
from gameday.moments import Moment
from gameday.signals.probe_table import PROBE_KEYS


@pytest.mark.parametrize("name", GENERATORS)
def test_the_page_is_current(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == generate_page(name), "run `make reference`"


@pytest.mark.parametrize("name", GENERATORS)
def test_every_row_of_a_table_has_a_meaning(name: str) -> None:
    rows = [line for line in generate_page(name).splitlines() if line.startswith("| ")]
    assert not [row for row in rows if row.endswith("|  |")]


def test_every_exit_code_has_a_meaning_and_an_advice_for_schedulers() -> None:
    page = (FOLDER / "exit-codes.md").read_text(encoding="utf-8")
    codes = {code.value for code in Exit}
    assert {int(code) for code in re.findall(r"^\| (\d) \| [A-Z_]+ \| .+\. \|$", page, re.MULTILINE)} == codes
    advice = page.split("## What a scheduler does")[1]
    rows = re.findall(r"^\| ([\d, ]+) \|", advice, re.MULTILINE)
    assert {int(code) for row in rows for code in row.split(",")} == codes


def test_every_role_and_moment_is_in_the_glossary() -> None:
    glossary = (FOLDER / "glossary.md").read_text(encoding="utf-8")
    assert all(f"`{moment}`" in glossary for moment in Moment)
    assert all(re.search(rf"\b{role}\b", VOCABULARY["roles"], re.IGNORECASE) for role in Role)


def test_every_probe_and_every_injector_is_on_a_page() -> None:
    page = (FOLDER / "gameday-yaml.md").read_text(encoding="utf-8")
    assert all(f"### {probe}\n" in page for probe in PROBE_KEYS)
    assert all((FOLDER / details).exists() for details in kinds.PAGES.values())


def test_only_the_generated_part_of_a_page_changes() -> None:
    page = f"# A\n\n{markdown.BEGIN}\nold\n{markdown.END}\n\nB\n"
    assert markdown.replace_generated(page, "new") == f"# A\n\n{markdown.BEGIN}\n\nnew\n\n{markdown.END}\n\nB\n"
    with pytest.raises(ValueError, match="no part between"):
        markdown.replace_generated("# A\n", "new")
