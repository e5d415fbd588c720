"""The table of exit codes, from the docstrings of `Exit`."""

from __future__ import annotations

import ast
import inspect
import itertools

from reference_pages.markdown import table

from gameday import errors
from gameday.errors import Exit


def generate() -> str:
    """Return the table of codes, names and meanings."""
    meanings = _meanings()
    return table(("code", "name", "meaning"), [(str(code.value), code.name, meanings[code.name]) for code in Exit])


def _meanings() -> dict[str, str]:
    """Return the docstring below each member, by the member's name."""
    nodes = ast.walk(ast.parse(inspect.getsource(errors)))
    body = next(node for node in nodes if isinstance(node, ast.ClassDef) and node.name == "Exit").body
    meanings: dict[str, str] = {}
    for node, after in itertools.pairwise(body):
        if isinstance(node, ast.Assign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            target = node.targets[0]
            assert isinstance(target, ast.Name)
            meanings[target.id] = str(after.value.value)
    return meanings
