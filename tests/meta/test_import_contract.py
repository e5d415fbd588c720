"""The import contract is kept, and docs/explanation/architecture.md shows the same packages in the same order."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from support.source_tree import ROOT, read


def contract() -> list[set[str]]:
    """Return the layers of pyproject.toml from the top, each as a set of packages."""
    settings = tomllib.loads(read(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in settings if one["type"] == "layers")
    return [{name.strip().removeprefix("gameday.") for name in layer.split("|")} for layer in layers]


def documented() -> list[set[str]]:
    table = read(Path("docs/explanation/architecture.md")).split("| packages, from the top |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    return [set(re.findall(r"`([a-z_]+)`", row)) for row in rows if "`" in row]


def test_the_page_shows_the_contract() -> None:
    assert documented() == contract()


def test_every_room_is_on_the_page() -> None:
    rooms = {path.name for path in (ROOT / "gameday").iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    apart = {"proxy", "demo"}
    assert rooms - apart <= set().union(*documented())
    settings = tomllib.loads(read(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
    forbidden = next(contract for contract in settings if "gameday.proxy" in contract.get("source_modules", ()))
    assert {name.removeprefix("gameday.") for name in forbidden["source_modules"]} == apart


def test_the_contract_is_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
