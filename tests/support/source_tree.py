"""The checkout as git sees it, for tests that look at all of it."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePath

ROOT = Path(__file__).parents[2]
CODE = ("gameday/", "injectors/", "scorecards/")


def tracked() -> list[Path]:
    """Return every tracked text file, links left out; paths seen from the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [Path(name) for name in listed.split("\0") if name and not name.endswith(".gz")]
    return [path for path in paths if (ROOT / path).is_file() and not (ROOT / path).is_symlink()]


def modules() -> list[Path]:
    """Every Python file of the program itself."""
    return [path for path in tracked() if path.suffix == ".py" and str(path).startswith(CODE)]


def read(path: PurePath) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
