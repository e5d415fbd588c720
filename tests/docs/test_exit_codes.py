"""docs/reference/exit-codes.md says what gameday.errors says."""

from __future__ import annotations

import ast
import inspect
import itertools
import re

from support.docs_pages import ROOT

from gameday import errors
from gameday.errors import Exit


def meanings() -> dict[str, str]:
    """Name -> the text under it, as the source has it."""
    nodes = ast.walk(ast.parse(inspect.getsource(errors)))
    body = next(node for node in nodes if isinstance(node, ast.ClassDef) and node.name == "Exit").body
    found: dict[str, str] = {}
    for node, after in itertools.pairwise(body):
        if isinstance(node, ast.Assign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            target = node.targets[0]
            assert isinstance(target, ast.Name)
            found[target.id] = " ".join(str(after.value.value).split())
    return found


def test_the_page_has_each_code_with_its_meaning() -> None:
    text = (ROOT / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| ([A-Z_]+) \| (.+) \|$", text, re.MULTILINE)
    assert [(code, name, means) for code, name, means in rows] == [
        (str(one.value), one.name, meanings()[one.name]) for one in Exit
    ]


def test_each_code_is_told_what_to_do_with() -> None:
    text = (ROOT / "docs/reference/exit-codes.md").read_text(encoding="utf-8").split("## What a scheduler does")[1]
    told = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", text, re.MULTILINE) for code in row.split(",")}
    assert told == {one.value for one in Exit}
