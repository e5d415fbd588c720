"""A runtime folder for the links of each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator

import pytest
from support.web_pages import WebDrill, open_drill


@pytest.fixture(autouse=True)
def _runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tempfile.mkdtemp(prefix="gd-", dir="/tmp")
    monkeypatch.setenv("GAMEDAY_RUNTIME", folder)
    yield
    shutil.rmtree(folder)


@pytest.fixture
def drill() -> WebDrill:
    """Return the pages of a drill with people that has just started."""
    return open_drill()
