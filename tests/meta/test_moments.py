"""One table of moments: the same word in files, commands, events, screens, scorecard and review."""

from __future__ import annotations

import re

import pytest
from support.events import body
from support.source_tree import ROOT

from gameday.events import EVENT_TYPES, STATEMENT_TYPES
from gameday.files.schema_validation import json_schema
from gameday.moments import HUMAN_MOMENTS, MOMENTS, Moment

WORDS = {moment.value for moment in Moment}
IN_ORDER = [
    "start", "fault", "impact", "alert", "paged", "acknowledged", "declared", "ic-announced", "assembled", "update",
    "theory", "help", "handover", "severity", "mitigated", "recovered", "fault-end", "reverted", "end",
]  # fmt: skip


def test_the_table_itself() -> None:
    assert [moment.value for moment in Moment] == IN_ORDER
    assert set(MOMENTS) == set(Moment)


def test_events() -> None:
    assert set(EVENT_TYPES) >= WORDS
    assert {moment.value for moment in HUMAN_MOMENTS} <= set(STATEMENT_TYPES)


def test_files() -> None:
    """Wherever a scenario names a moment, it may be any of them."""
    definitions = json_schema("scenario")["$defs"]
    assert isinstance(definitions, dict)
    assert definitions["Moment"]["enum"] == IN_ORDER


def test_the_shipped_scenario_uses_them() -> None:
    text = (ROOT / "scenarios/db-slowdown.yaml").read_text(encoding="utf-8")
    used = set(re.findall(r"\b(?:at|by|ends|fallback|unless|moment): ([a-z][a-z-]+)\b", text)) - {"charter"}
    assert used and used <= WORDS


@pytest.mark.parametrize("page", ["docs/reference/log.md", "docs/reference/scenario.md"])
def test_docs(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert not [word for word in IN_ORDER if f"`{word}`" not in text]


def test_screens_and_review_have_words_for_each() -> None:
    for word in IN_ORDER:
        content = body(word)
        assert content.log_text({}) and content.review_text({}), word


def test_scorecard_measures_between_moments() -> None:
    """Each time on the scorecard is from one of our words to another."""
    text = (ROOT / "docs/how-to/review.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z-]+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    rows = [row for row in rows if row[0] != "time"]
    assert rows
    for _, start, _to in rows:
        assert start in WORDS | {"reverting"}, start
