"""docs/reference/proxy.md names every toxic with its attributes, every extension and every flag."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from gameday.proxy.http_api import EXTENSIONS
from gameday.proxy.toxics import TYPES

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "proxy.md").read_text()


def test_every_toxic_has_row_with_all_attributes() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*)\|", _section("Toxics"), re.MULTILINE))
    named = {name: set(re.findall(r"`(\w+)`", attributes)) for name, attributes in rows.items()}
    assert named == {name: {*kind.attributes, *kind.flags} for name, kind in TYPES.items()}


def test_every_extension_is_named() -> None:
    listed = _section("Extensions").partition("under `extensions`:")[2].partition(".\n")[0]
    assert re.findall(r"`(\w+)`", listed) == EXTENSIONS


def test_every_flag_is_documented() -> None:
    line = [sys.executable, "-m", "gameday.proxy", "--help"]
    shown = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    flags = set(re.findall(r"--[a-z-]+", shown)) - {"--help"}
    assert len(flags) == 13
    assert {flag for flag in flags if flag not in PAGE and flag[1:] not in PAGE} == set()


def _section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
