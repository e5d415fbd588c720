"""The pictures of README and docs are what `make pictures` writes from the current code."""

from __future__ import annotations

import re

import pytest
from pictures.rendering import PICTURES
from support.docs_pages import ROOT

FOLDER = ROOT / "docs" / "pictures"


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_current(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PICTURES[name](), "run `make pictures`"


def test_no_picture_loads_anything() -> None:
    for path in FOLDER.glob("*.svg"):
        assert not re.search(r"(href|src|url)\s*[=(]\s*[\"']?https?:", path.read_text(encoding="utf-8")), path.name


def test_every_picture_is_made_and_shown() -> None:
    assert {path.name for path in FOLDER.glob("*.svg")} == set(PICTURES)
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    texts = " ".join(page.read_text(encoding="utf-8") for page in pages)
    assert all(f"pictures/{name}" in texts for name in PICTURES)
