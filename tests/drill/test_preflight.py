"""Preflight, before a real proxy: a fault where nothing passes would teach nothing, and is refused untouched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.available_engines import toxiproxy_server
from support.proxy import Proxied, original, ours

from gameday.errors import Exit
from gameday.store.sqlite import Store

pytestmark = pytest.mark.starts_processes

SCENARIO = """\
gameday: 1
id: late
timebox: 10s
requires: {targets: {db: what orders need}, signals: {order-time: {kind: duration}}}
hypothesis: {statement: "Orders go on.", expect: [{signal: order-time, at_most: 2s}]}
steady_state: [{signal: order-time, is: healthy}]
faults: [{id: slow, kind: latency, target: db, delay: 200ms}]
guardrails: [{signal: order-time, above: 5s, for: 5s}]
rehearsal: {responders: [{at: fault+1s, do: declared}]}
"""
GAMEDAY = """\
gameday: 1
default_env: staging
environments:
  staging:
    targets: {{db: {{injector: toxiproxy, url: "{url}", proxy: shop-db}}}}
    signals: {{order-time: {{kind: duration, probe: process, run: [echo, "0.1 12"], every: 200ms,
                          healthy: at_most 500ms}}}}
"""


@pytest.fixture(params=["ours", pytest.param("original", marks=pytest.mark.engine("toxiproxy"))])
def proxied(request: pytest.FixtureRequest) -> Iterator[Proxied]:
    started = ours() if request.param == "ours" else original(str(toxiproxy_server()))
    with started as server, server.proxied("shop-db") as one:
        yield one


def rehearse(folder: Path, proxied: Proxied) -> subprocess.CompletedProcess[str]:
    for name, text in (("late.yaml", SCENARIO), ("gameday.yaml", GAMEDAY.format(url=proxied.http.base_url))):
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short: sockets lie in it
        bare = {name: value for name, value in os.environ.items() if not name.startswith("GAMEDAY_")}
        own = {**bare, "GAMEDAY_STORE": str(folder / "store"), "GAMEDAY_RUNTIME": runtime}
        command = [sys.executable, "-m", "gameday", "run", "late.yaml", "--rehearse"]
        return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)


def kinds(folder: Path) -> list[str]:
    store = Store(folder / "store" / "gameday.db")
    try:
        return [event.kind for drill in store.drills() for event in store.events(drill)]
    finally:
        store.close()


def test_proxy_without_clients_is_refused(proxied: Proxied, tmp_path: Path) -> None:
    before = proxied.shown()
    done = rehearse(tmp_path, proxied)
    assert done.returncode == Exit.REFUSED, done.stdout + done.stderr
    assert "no client is connected to proxy shop-db" in done.stderr and "it carries no traffic" in done.stderr
    assert "carries no traffic" not in done.stdout, "said once, where it is said what to do"
    assert "A fault without traffic has no effect: start some load." in done.stderr
    assert proxied.shown() == before
    assert "check" in kinds(tmp_path) and "intended" not in kinds(tmp_path)


def test_target_without_traffic_is_named_beside_the_signal_that_has_no_value(tmp_path: Path) -> None:
    with ours() as server, server.proxied("shop-db") as proxied:
        here = GAMEDAY.format(url=proxied.http.base_url).replace(
            '[echo, "0.1 12"]', '[sh, -c, "echo closed >&2; exit 1"]'
        )
        (tmp_path / "gameday.yaml").write_text(here, encoding="utf-8")
        done = rehearse(tmp_path, proxied)
    assert done.returncode == Exit.REFUSED, done.stdout + done.stderr
    assert "no client is connected to proxy shop-db" in done.stderr
    assert "signal order-time cannot be read" in done.stderr and "closed" in done.stderr


def test_drill_begins_with_one_client(proxied: Proxied, tmp_path: Path) -> None:
    before = proxied.shown()
    with proxied.pair():
        done = rehearse(tmp_path, proxied)
    assert "carries no traffic" not in done.stderr
    assert {"intended", "fault", "reverted"} <= set(kinds(tmp_path)), done.stdout + done.stderr
    assert proxied.shown() == before


def test_guardrail_breached_before_the_start_is_refused_untouched(tmp_path: Path) -> None:
    with ours() as server, server.proxied("shop-db") as proxied, proxied.pair():
        breached = SCENARIO.replace("above: 5s, for: 5s", "above: 50ms, for: 5s")
        (tmp_path / "late.yaml").write_text(breached, encoding="utf-8")
        before = proxied.shown()
        done = rehearse(tmp_path, proxied)
        assert proxied.shown() == before
    assert done.returncode == Exit.REFUSED, done.stdout + done.stderr
    assert "guardrail order-time above 50ms: already breached" in done.stderr
    assert "intended" not in kinds(tmp_path)


@pytest.mark.parametrize("load_signal", ["order-time", "other-time"])
def test_load_of_environment_is_started_where_there_is_none(tmp_path: Path, load_signal: str) -> None:
    """Nothing can be measured then, and no probe is wrong; the signal of the load may still have samples."""
    with ours() as server, server.proxied("shop-db") as proxied, proxied.pair():
        signals = "order-time: {kind: duration}, other-time: {kind: duration}"
        needs = f"signals: {{{signals}}}, load: {{signal: {load_signal}, at_least: 5/s}}"
        idle = SCENARIO.replace("signals: {order-time: {kind: duration}}", needs)
        (tmp_path / "late.yaml").write_text(idle, encoding="utf-8")
        here = GAMEDAY.format(url=proxied.http.base_url).replace('[echo, "0.1 12"]', "[cat, figures]")
        other = 'other-time: {kind: duration, probe: process, run: [echo, "0.1 12"], healthy: at_most 500ms}'
        here = here.replace("signals: {", f"signals: {{{other}, ")
        load = '    load: {start: [sh, -c, "echo 0.1 12 > figures"], stop: [sh, -c, "echo 0 0 > figures"]}\n'
        (tmp_path / "gameday.yaml").write_text(here + load, encoding="utf-8")
        (tmp_path / "figures").write_text("0 0\n", encoding="utf-8")
        done = rehearse(tmp_path, proxied)
    assert {"load-started", "fault", "reverted", "cleanup"} <= set(kinds(tmp_path)), done.stdout + done.stderr
    assert (tmp_path / "figures").read_text(encoding="utf-8") == "0 0\n", "handed back"
