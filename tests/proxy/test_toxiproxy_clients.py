"""Toxiproxy's clients work unchanged: chaostoolkit-toxiproxy, the Go client, toxiproxy-cli."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.available_engines import go_module
from support.proxy import Server

GO_CLIENT = Path(__file__).parent / "go_client"
CLI = "github.com/Shopify/toxiproxy/v2/cmd/cli"
BUILDING = 300.0
"""Seconds; the first build of all on a busy machine."""


@pytest.mark.engine("go")
def test_the_go_client_works_unchanged(server: Server) -> None:
    go = go_module(GO_CLIENT)
    ran = _run([go, "test", "-count=1", "./..."], cwd=GO_CLIENT, GAMEDAY_PROXY_URL=str(server.http.base_url))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "no test files" not in ran.stdout


@pytest.mark.engine("go")
def test_toxiproxy_cli_works_unchanged(server: Server, tmp_path: Path) -> None:
    go, cli = go_module(GO_CLIENT), str(tmp_path / "toxiproxy-cli")
    built = _run([go, "build", "-o", cli, CLI], cwd=GO_CLIENT)
    assert built.returncode == 0, built.stderr

    def said(*words: str) -> str:
        ran = _run([cli, *words], TOXIPROXY_URL=str(server.http.base_url))
        assert (ran.returncode, ran.stderr) == (0, ""), ran
        return ran.stdout

    assert "Created new proxy cli" in said("create", "-l", "127.0.0.1:0", "-u", "127.0.0.1:1", "cli")
    assert "Added downstream latency toxic 'slow'" in said(
        "toxic", "add", "-t", "latency", "-n", "slow", "-tox", "0.5", "-a", "latency=7", "-a", "jitter=2", "cli"
    )
    assert "Updated toxic 'slow' on proxy 'cli'" in said("toxic", "update", "-n", "slow", "-a", "jitter=3", "cli")
    inspected = said("inspect", "cli")
    assert "slow" in inspected
    assert "jitter=3" in inspected
    assert "latency=7" in inspected
    assert "Proxy cli is now disabled" in said("toggle", "cli")
    assert server.http.get("/proxies/cli").json()["enabled"] is False
    assert "Proxy cli is now enabled" in said("toggle", "cli")
    assert "cli" in said("list")
    assert "Removed toxic 'slow' on proxy 'cli'" in said("toxic", "remove", "-n", "slow", "cli")
    assert "Deleted proxy cli" in said("delete", "cli")
    assert server.http.get("/proxies").json() == {}


@pytest.mark.filterwarnings("ignore")  # its own libraries are old
def test_chaostoolkit_toxiproxy_works_unchanged(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from chaostoxi.proxy import actions as proxies
    from chaostoxi.proxy import probes
    from chaostoxi.toxic import actions as toxics

    monkeypatch.setenv("chaos_PORT", "")  # it sets this, and it must not outlive the test
    where: dict[str, Any] = {"toxiproxy_url": str(server.http.base_url)}
    assert proxies.create_proxy("chaos", "127.0.0.1", 1, listen_host="127.0.0.1", configuration=where)
    assert where["chaos_PORT"] == server.http.get("/proxies/chaos").json()["listen"].rpartition(":")[2]
    assert probes.proxy_exist("chaos", configuration=where)
    assert toxics.create_latency_toxic("chaos", "slow", 5, 1, configuration=where)
    assert toxics.create_bandwith_degradation_toxic("chaos", "thin", 100, configuration=where)
    assert toxics.create_slow_connection_close_toxic("chaos", "late", 5, configuration=where)
    assert toxics.create_timeout_toxic("chaos", "silent", 5, configuration=where)
    assert toxics.create_slicer_toxic("chaos", "cut", 8, 2, 5, configuration=where)
    assert toxics.create_limiter_toxic("chaos", "short", 5, configuration=where)
    toxics.delete_toxic("chaos", "cut", configuration=where)
    there = [toxic["name"] for toxic in server.http.get("/proxies/chaos/toxics").json()]
    assert there == ["slow", "thin", "late", "silent", "short"]
    assert proxies.disable_proxy("chaos", configuration=where)
    assert probes.get_proxy_attribute("chaos", "enabled", configuration=where) is False
    assert proxies.enable_proxy("chaos", configuration=where)
    proxies.reset(configuration=where)
    assert server.http.get("/proxies/chaos/toxics").json() == []
    proxies.delete_proxy("chaos", configuration=where)
    assert not probes.proxy_exist("chaos", configuration=where)


def _run(command: list[str], cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, timeout=BUILDING, check=False
    )
