"""The real engines on this machine. A test skips with a reason without one, or fails where it is required."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

requested: set[str] = set()
"""The engines that the markers of the running test name."""


def require_marker(engine: str) -> None:
    """Fail a test that uses an engine without its marker: it would run in the wrong lane."""
    assert engine in requested, f'mark the test with pytest.mark.engine("{engine}"): it runs in the lane `engines`'


def is_required(engine: str) -> bool:
    """Return True if GAMEDAY_REQUIRE_ENGINES names the engine (`toxiproxy,docker`)."""
    return engine in os.environ.get("GAMEDAY_REQUIRE_ENGINES", "").split(",")


def toxiproxy_server() -> Path:
    """Return the path of Toxiproxy's own server; skip or fail the test without one."""
    require_marker("toxiproxy")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    engines = Path(os.environ.get("GAMEDAY_ENGINES") or cache / "gameday-engines")
    named = os.environ.get("GAMEDAY_TOXIPROXY_SERVER") or shutil.which("toxiproxy-server")
    for server in (Path(named) if named else None, engines / "bin" / "toxiproxy-server"):
        if server is not None and server.exists():
            return server
    why = "no Toxiproxy server: put toxiproxy-server on PATH, or name it with GAMEDAY_TOXIPROXY_SERVER"
    return missing("toxiproxy", why)


def postgresql() -> Path:
    """Return the folder of initdb, pg_ctl and pgbench: on PATH, Debian's, or the demo's; skip or fail without."""
    from gameday.demo.postgres import find_binaries
    from gameday.errors import Refused

    initdb = shutil.which("initdb")
    folders = [Path(initdb).parent] if initdb else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    with suppress(Refused):
        folders.append(find_binaries())
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "createdb", "pgbench")):
            return folder
    return missing("postgresql", "no PostgreSQL with pgbench: put its initdb on PATH")


def chromium() -> tuple[Path, Path]:
    """Return Chromium and its driver, for which the tests have Selenium; skip or fail the test without them."""
    require_marker("chromium")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if browser and driver and importlib.util.find_spec("selenium"):
        return Path(browser), Path(driver)
    return missing("chromium", "no Chromium with its driver: put chromium and chromedriver on PATH")


def go_module(folder: Path) -> str:
    """Return the `go` command, and download what the module in `folder` needs; skip or fail without."""
    require_marker("go")
    go = shutil.which("go")
    if go is None:
        return missing("go", "no go on PATH: Toxiproxy's Go client and toxiproxy-cli cannot be built")
    download = subprocess.run([go, "mod", "download"], cwd=folder, capture_output=True, text=True, check=False)
    if download.returncode == 0:
        return go
    return missing("go", f"the Go modules cannot be downloaded: {download.stderr.strip()[-200:]}")


def missing(engine: str, why: str) -> NoReturn:
    """Fail the test where the engine is required, else skip it."""
    if is_required(engine):
        pytest.fail(why)
    pytest.skip(why)
