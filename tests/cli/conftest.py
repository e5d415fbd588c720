"""A folder with a scenario and a gameday.yaml that lacks something for it, a proxy to bind, and both servers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.proxy import Proxied, ours, server
from support.proxy_cli import db, fingers
from support.wizard import HEAD, SCENARIO

__all__ = ["db", "fingers", "late", "proxied", "server", "target"]


@pytest.fixture(autouse=True)
def no_running_drill(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use an own runtime folder: a drill of the same user would hide scenarios. A socket's path must be short."""
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:
        monkeypatch.setenv("GAMEDAY_RUNTIME", runtime)
        yield


@pytest.fixture
def late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GAMEDAY_FILE", "TOXIPROXY_URL", "PROMETHEUS_URL"):
        monkeypatch.delenv(name, raising=False)
    Path("late.yaml").write_text(SCENARIO, encoding="utf-8")
    Path("gameday.yaml").write_text(HEAD, encoding="utf-8")


@pytest.fixture
def proxied() -> Iterator[Proxied]:
    with ours() as server, server.proxied("shop-db") as one:
        yield one


@pytest.fixture
def target(proxied: Proxied) -> Iterator[list[str]]:
    """Return answers for a proxy that has a client."""
    with proxied.pair():
        yield ["toxiproxy", str(proxied.http.base_url), "shop-db", "keep"]
