"""Outside `events`, an event is known by its class: a misspelt kind in a text would match nothing, in silence."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import pytest
from support.source_tree import modules, read

from gameday.events import EVENT_TYPES

MODULES = [path for path in modules() if not str(path).startswith("gameday/events/")]


def literal_kinds(source: str) -> Iterator[int]:
    """Yield the lines that compare `.kind` with the text of an event's kind, or look for one with `..._of_kind`."""
    sides: Sequence[ast.AST]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            is_about_kinds = any(isinstance(side, ast.Attribute) and side.attr == "kind" for side in sides)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            sides, is_about_kinds = list(node.args), name.endswith("of_kind")
        elif isinstance(node, ast.MatchClass):
            sides = [pattern for word, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True) if word == "kind"]
            is_about_kinds = True
        else:
            continue
        if is_about_kinds and any(_has_kind(side) for side in sides):
            yield node.lineno


def _has_kind(part: ast.AST) -> bool:
    return any(isinstance(node, ast.Constant) and node.value in EVENT_TYPES for node in ast.walk(part))


def test_no_event_is_compared_with_a_text() -> None:
    """Use isinstance, of_type or a Moment."""
    assert not [f"{path}:{line}" for path in MODULES for line in literal_kinds(read(path))]


@pytest.mark.parametrize(
    "source",
    [
        'event.kind == "end"', 'draft.kind in ("stop", "halt")', 'first_time_of_kind(events, Moment.END, "reverting")',
        "match event:\n    case Event(kind='end'):\n        pass",
    ],
)  # fmt: skip
def test_the_search_finds_each_form(source: str) -> None:
    assert list(literal_kinds(source))


@pytest.mark.parametrize("source", ["event.kind == Moment.IMPACT", 'fault.kind == "latency"', "of_kind(events, name)"])
def test_the_search_lets_others_be(source: str) -> None:
    assert not list(literal_kinds(source))
