"""Names and texts use the vocabulary: meaningless names and phrases of the project's own are refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest
from support.source_tree import ROOT, tracked

NAMES = {
    "one", "found", "there", "weres", "whys", "told", "said", "asked", "given", "made", "tried", "was", "were",
    "theirs", "ours", "hand", "hands", "door", "reach", "room", "gone", "stands", "standing", "taken", "took",
    "put_back", "MOST",
}  # fmt: skip
"""Each has a noun or a verb that says which thing is meant."""
PHRASES = (
    "told by", "taken back", "put back", "read back", "nothing of ours", "stands for", "users served",
    "holds again", "was not looked at", "it is so", "was so already", "points to act",
    "help is asked", "this is none", "answers no more", "like beside like", "partly deaf", "were in trouble for",
    "nobody knows", "way out", "ways out", "without us",
)  # fmt: skip
PACKAGES = ("gameday", "injectors", "scorecards")


def sources() -> list[PurePath]:
    return [path for path in tracked() if path.parts[0] in PACKAGES and path.suffix == ".py"]


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case _:
                pass


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, " ".join(node.value.casefold().split())


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_stands_for_nothing(package: str) -> None:
    refused = [
        f"{path}:{line}: {name}"
        for path in sources()
        if path.parts[0] == package
        for line, name in names(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if name.lstrip("_") in NAMES
    ]
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize("package", PACKAGES)
def test_texts_and_docstrings_use_the_terms_of_the_field(package: str) -> None:
    refused = [
        f"{path}:{line}: {phrase}"
        for path in sources()
        if path.parts[0] == package
        for line, text in texts(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        for phrase in PHRASES
        if phrase in text
    ]
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_pages_use_the_terms_of_the_field(page: Path) -> None:
    text = " ".join(page.read_text(encoding="utf-8").casefold().split())
    assert not [phrase for phrase in PHRASES if phrase in text]


def test_a_name_and_a_phrase_would_be_refused() -> None:
    tree = ast.parse('def told(one): return "taken  back"')
    assert {name for _, name in names(tree)} == {"told", "one"}
    assert [text for _, text in texts(tree)] == ["taken back"]
