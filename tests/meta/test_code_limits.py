"""The habits of the house, held by looking at every file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from support.source_tree import modules, read, tracked

LONGEST_FILE = 250
LONGEST_FUNCTION = 40
HERE = Path(__file__)


def test_every_module_says_what_it_is() -> None:
    assert not [str(path) for path in modules() if not ast.get_docstring(ast.parse(read(path)))]


def test_no_module_is_long() -> None:
    sizes = {str(path): len(read(path).splitlines()) for path in modules()}
    assert not {path: size for path, size in sizes.items() if size > LONGEST_FILE}


def test_no_function_is_long() -> None:
    long = [(path, one) for path in modules() for one in functions(path) if lines(one) > LONGEST_FUNCTION]
    assert not [f"{path}:{one.lineno} {one.name}" for path, one in long]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(read(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def said(pattern: str) -> list[str]:
    """Return the places of the pattern in all tracked files except this one."""
    wanted = re.compile(pattern)
    found: list[str] = []
    for path in tracked():
        if path.name == HERE.name or path.suffix in (".png", ".lock"):
            continue
        found += [
            f"{path}:{n}: {line.strip()}" for n, line in enumerate(read(path).splitlines(), 1) if wanted.search(line)
        ]
    return found


def test_nothing_is_left_to_do() -> None:
    assert not said(r"\b(TODO|FIXME|XXX|HACK)\b(?!\w)")


def test_no_path_of_a_machine() -> None:
    assert not said(r"/(work|home|root|Users)/(main|shared|\.|[a-z]+/(src|git|work|code)\b)|/tmp/bg\b")
    assert not said(re.escape(str(Path.cwd() / "gameday")))


def test_no_registry_host() -> None:
    hosts = r"(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|docker\.io/|ghcr\.io|quay\.io|proxy\.golang\.org)"
    assert not said(hosts)
    locks = [path for path in tracked() if path.suffix == ".lock"]
    assert locks
    assert not [path for path in locks if re.search(r"://|index-url|find-links", read(path))]


def test_a_type_ignore_has_its_reason() -> None:
    bare = re.compile(r"# type: ignore(?!\[[a-z-]+(, ?[a-z-]+)*\]\s+# \S)")
    assert not [str(path) for path in modules() if bare.search(read(path))]
