"""Which real engines are here; a test that needs another one skips with a reason, or fails where it must be there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


def required(engine: str) -> bool:
    """Whether GAMEDAY_REQUIRE_ENGINES names it (`toxiproxy,docker`)."""
    return engine in os.environ.get("GAMEDAY_REQUIRE_ENGINES", "").split(",")


def toxiproxy_server() -> Path:
    """Toxiproxy's own server: GAMEDAY_TOXIPROXY_SERVER, else on PATH, else where the engines' scripts put it; skips
    or fails the test without one."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    engines = Path(os.environ.get("GAMEDAY_ENGINES") or cache / "gameday-engines")
    named = os.environ.get("GAMEDAY_TOXIPROXY_SERVER") or shutil.which("toxiproxy-server")
    for found in (Path(named) if named else None, engines / "bin" / "toxiproxy-server"):
        if found is not None and found.exists():
            return found
    missing = "no Toxiproxy server: put toxiproxy-server on PATH, or name it with GAMEDAY_TOXIPROXY_SERVER"
    if required("toxiproxy"):
        pytest.fail(missing)
    pytest.skip(missing)
