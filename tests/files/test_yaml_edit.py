"""A new entry in an existing file: every byte of the file is kept, and exactly the entry is added."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.files.yaml_document import parse_document
from gameday.files.yaml_edit import CannotInsert, insert_entry
from gameday.files.yaml_format import MAX_LINE
from gameday.model import Json

EXAMPLE = (Path(__file__).parents[2] / "examples" / "gameday.yaml").read_text(encoding="utf-8")
HERE = ("environments", "staging")
TARGET: Json = {"injector": "toxiproxy", "url": "http://127.0.0.1:8474", "proxy": "cache"}
texts = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=60)
values = texts | st.booleans() | st.integers(0, 9999) | st.lists(texts, min_size=1, max_size=4)


def lines_gone(before: str, after: str) -> list[str]:
    compared = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line[2:] for line in compared if line.startswith("- ")]


def test_entry_is_added_after_its_siblings() -> None:
    made = insert_entry(EXAMPLE, (*HERE, "targets", "cache"), TARGET)
    line = '      cache: {injector: toxiproxy, url: "http://127.0.0.1:8474", proxy: cache}'
    before, _, after = made.partition(line + "\n")
    assert before + after == EXAMPLE and before.endswith("proxy: orders-db}\n")


@pytest.mark.parametrize(("text", "made"), [
    ("a:\n  b: {}   # why\n    # c: d\n", "a:\n  b:      # why\n    new: {x: 1}\n    # c: d\n"),
    ("a:\n  b: {c: 1}  # why", "a:\n  b: {c: 1, new: {x: 1}}  # why"),
    ("a: {b: {c: 1,}}\n", "a: {b: {c: 1, new: {x: 1},}}\n"),
    ("a: {z: {}}\n", "a: {z: {}, b: {new: {x: 1}}}\n"),
    ("a:\n  z: 1\n# the end\n", "a:\n  z: 1\n  b:\n    new: {x: 1}\n# the end\n"),
    ("a:\n  z:\n    y: 1\n    # more of z\n  # b: or this\n",
     "a:\n  z:\n    y: 1\n    # more of z\n  b:\n    new: {x: 1}\n  # b: or this\n"),
    ("a:\r\n  b:\r\n    c: 1\r\nz: 2\r\n", "a:\r\n  b:\r\n    c: 1\r\n    new: {x: 1}\r\nz: 2\r\n"),
    ("\ufeffa:\n    b:\n        c: 1", "\ufeffa:\n    b:\n        c: 1\n        new: {x: 1}\n"),
    ("a:\n  b:\n    c: |\n      one\n      two\nz: 1\n",
     "a:\n  b:\n    c: |\n      one\n      two\n    new: {x: 1}\nz: 1\n"),
    ("a:\n  b:\n    c:\n    - 1\n    - 2\n", "a:\n  b:\n    c:\n    - 1\n    - 2\n    new: {x: 1}\n"),
])  # fmt: skip
def test_entry_is_added_in_every_style_of_file(text: str, made: str) -> None:
    assert insert_entry(text, ("a", "b", "new"), {"x": 1}) == made


@pytest.mark.parametrize("text", [
    "a:\n  b: {new: 1}\n",
    "a: [1]\n",
    "",
    "a: {b: {c: 1}\n",
    "a: &it {b: {c: 1}}\nz: *it\n",
    "z: &it {c: 1}\na:\n  b: *it\n",
    "a:\n  b:\n    c: |+\n      one\n\n\nz: 1\n",
])  # fmt: skip
def test_no_entry_is_added_without_its_section(text: str) -> None:
    with pytest.raises(CannotInsert):
        insert_entry(text, ("a", "b", "new"), {"x": 1})


@given(
    section=st.sampled_from(["targets", "signals", "actions", "terms", "runbooks", "elsewhere"]),
    name=texts.filter(lambda text: text.strip() == text),
    value=st.dictionaries(texts, values, min_size=1, max_size=8) | values,
    empty=st.booleans(),
)
def test_edit_keeps_every_line_and_adds_exactly_the_entry(section: str, name: str, value: Json, empty: bool) -> None:
    text = (
        EXAMPLE.replace("    terms: {journey: checkout, customer: shopper}\n", "    terms: {}\n") if empty else EXAMPLE
    )
    made = insert_entry(text, (*HERE, section, name), value)
    intended: Json = parse_document(text, "").data
    assert isinstance(intended, dict)
    intended["environments"]["staging"].setdefault(section, {})[name] = value  # type: ignore[index, call-overload, union-attr]  # a YAML tree
    assert parse_document(made, "").data == intended and not parse_document(made, "").problems
    assert len(lines_gone(text, made)) <= 1  # a one-line map or `{}` that it went into
    # and once more: what was made can be added to in the same way
    assert parse_document(insert_entry(made, (*HERE, section, name + "2"), value), "").problems == []


def test_long_entry_is_wrapped() -> None:
    value: Json = {f"key{number}": "x" * 20 for number in range(9)}
    made = insert_entry(EXAMPLE, (*HERE, "signals", "long"), value)
    new = [line for line in made.splitlines() if line not in EXAMPLE.splitlines()]
    assert len(new) > 1 and max(map(len, new)) <= MAX_LINE
    assert {len(line) - len(line.lstrip()) for line in new[1:]} == {new[0].index("{") + 1}
    data = cast("dict[str, Json]", parse_document("\n".join(new), "").data)
    assert json.dumps(value, sort_keys=True) == json.dumps(data["long"], sort_keys=True)
