"""Which real engines are here; a test that needs another one skips with a reason, or fails where it must be there."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

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
    why = "no Toxiproxy server: put toxiproxy-server on PATH, or name it with GAMEDAY_TOXIPROXY_SERVER"
    return missing("toxiproxy", why)


def postgresql() -> Path:
    """The folder of initdb, pg_ctl and pgbench: on PATH, else where Debian puts them, else the demo's own; skips or
    fails without one."""
    from gameday.demo.postgres import binaries
    from gameday.errors import Refused

    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    with suppress(Refused):
        folders.append(binaries())
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "createdb", "pgbench")):
            return folder
    return missing("postgresql", "no PostgreSQL with pgbench: put its initdb on PATH")


def go_module(folder: Path) -> str:
    """The `go` command, with what the module in `folder` needs at hand; skips or fails the test without it."""
    go = shutil.which("go")
    if go is None:
        return missing("go", "no go on PATH: Toxiproxy's Go client and toxiproxy-cli cannot be built")
    got = subprocess.run([go, "mod", "download"], cwd=folder, capture_output=True, text=True, check=False)
    return go if got.returncode == 0 else missing("go", f"the Go modules cannot be had: {got.stderr.strip()[-200:]}")


def missing(engine: str, why: str) -> NoReturn:
    if required(engine):
        pytest.fail(why)
    pytest.skip(why)
