"""The demo as containers, on a real engine: the whole stack up, three scenarios as they stand, and nothing left."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import support.demo as look
import yaml
from support.docker import Docker, docker_here

from gameday.demo.containers import services
from gameday.demo.http_json import ask

COMPOSE = Path(__file__).parents[2] / "examples" / "compose"
EVERY = ("dependency-outage", "cache-loss", "db-slowdown", "db-slowdown-busy")
SHOWN = EVERY if os.environ.get("GAMEDAY_MATRIX") else EVERY[:1]
"""All of them in `make crash`: each is a minute."""

Types = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def engine() -> Docker:
    return docker_here()


@pytest.fixture
def types(engine: Docker, tmp_path: Path) -> Iterator[Types]:
    """Who types in examples/compose, with a store of their own, while the stack is up."""
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short: sockets lie in it
        places = {
            "HOME": str(tmp_path),
            "GAMEDAY_RUNTIME": runtime,
            "GAMEDAY_STORE": str(tmp_path / "store"),
            "CI": "true",
        }
        own = {**os.environ, **places, "GAMEDAY_PROXY_TOKEN": services.TOKEN, "DOCKER_HOST": engine.url}

        def typed(*words: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "gameday", *words]
            return subprocess.run(command, cwd=COMPOSE, env=own, capture_output=True, text=True, check=False)

        assert not left(engine), "the demo's containers are up: gameday demo down --docker"
        up = typed("demo", "up", "--docker")
        assert up.returncode == 0, up.stderr
        yield typed
        assert typed("demo", "down", "--docker").returncode == 0
        assert not left(engine)


def left(engine: Docker) -> str:
    """Containers and networks of the stack that are there."""
    ours = ("--filter", "label=gameday.demo=1", "-q")
    return engine("ps", "-a", *ours) + engine("network", "ls", *ours)


def test_compose_says_the_same_services_as_we_start() -> None:
    told = yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
    assert told["name"] == services.PROJECT
    assert told["services"].keys() == {one.name for one in services.SERVICES}
    for one in services.SERVICES:
        there = told["services"][one.name]
        assert (there["image"], there["command"]) == (services.IMAGE, [one.name])
        assert there["container_name"] == one.container
        assert there["ports"] == [f"127.0.0.1:{outside}:{inside}" for outside, inside in one.ports]


def test_the_page_names_what_the_stack_asks_for() -> None:
    page = (COMPOSE / "README.md").read_text(encoding="utf-8")
    assert f"export GAMEDAY_PROXY_TOKEN={services.TOKEN}\n" in page
    assert f'export SHOP_DSN="{services.dsn()}"\n' in page
    for one in (services.SHOP, services.LOAD, services.PROXY):
        assert f"http://127.0.0.1:{one.outside}" in page


def test_it_binds_what_the_demo_binds() -> None:
    from gameday.demo.demo_record import Demo
    from gameday.demo.environment import environment_yaml

    demo = yaml.safe_load(environment_yaml(Demo(Path("/nowhere"), "")))["environments"]["demo"]
    stack = yaml.safe_load((COMPOSE / "gameday.yaml").read_text(encoding="utf-8"))["environments"]["compose"]
    for part in ("targets", "actions", "runbooks"):
        assert demo[part].keys() == stack[part].keys()
    assert _but_where(demo["signals"]) == _but_where(stack["signals"])


def _but_where(signals: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    return {name: {key: value for key, value in one.items() if key != "url"} for name, one in signals.items()}


@pytest.mark.engine("docker")
def test_the_stack(engine: Docker, types: Types) -> None:
    """One test, because its ports and names are fixed: two at once would meet."""
    up_again_starts_nothing_anew(engine, types)
    for scenario in SHOWN:
        a_scenario_of_the_demo_runs_unchanged(engine, types, scenario)
    a_database_that_is_started_again_has_its_orders(engine)
    down_removes_nobody_elses(engine, types)


def up_again_starts_nothing_anew(engine: Docker, types: Types) -> None:
    before = engine("ps", "-q", "--no-trunc", "--filter", "label=gameday.demo=1")
    assert types("demo", "up", "--docker").returncode == 0
    assert engine("ps", "-q", "--no-trunc", "--filter", "label=gameday.demo=1") == before
    assert types("demo", "status", "--docker").returncode == 0


def a_scenario_of_the_demo_runs_unchanged(engine: Docker, types: Types, scenario: str) -> None:
    look.until(lambda: (_journeys()["p95"] or 9.0) < 0.6, within=120)
    run = types("run", f"{scenario}.yaml", "--env", "compose", "--rehearse", "--first-way-out")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Hypothesis  held" in run.stdout
    for one in services.SERVICES:
        assert one.container not in _lent_networks(engine), "a side container was left"


def a_database_that_is_started_again_has_its_orders(engine: Docker) -> None:
    before = _order()
    engine("restart", "-t", "1", services.DATABASE.container)
    good = _journeys()["good"]
    look.until(lambda: _journeys()["good"] > good + 3, within=120)
    assert _order() > before


def down_removes_nobody_elses(engine: Docker, types: Types) -> None:
    decoy = engine("create", "--label", f"com.docker.compose.project={services.PROJECT}", services.IMAGE, "cache")
    another = ("--label", "gameday.demo=1", "--label", "gameday.demo.user=4711")
    theirs = engine("create", *another, services.IMAGE, "cache")
    try:
        assert types("demo", "down", "--docker").returncode == 0
        assert left(engine) == theirs[:12]
        refused = types("demo", "up", "--docker")
        assert refused.returncode == 3 and "of another user are here (number 4711)" in refused.stderr
        for one in (decoy, theirs):
            assert engine("inspect", "-f", "{{.State.Status}}", one) == "created"
    finally:
        engine("rm", "-f", decoy, theirs)


def _lent_networks(engine: Docker) -> str:
    """The containers in whose networks a container of ours stands."""
    ours = engine("ps", "-a", "-q", "--filter", "label=gameday.mark").split()
    modes = [engine("inspect", "-f", "{{.HostConfig.NetworkMode}}", one, code=None) for one in ours]
    lent = [mode.removeprefix("container:") for mode in modes if mode.startswith("container:")]
    return " ".join(engine("inspect", "-f", "{{.Name}}", one, code=None) for one in lent)


def _order() -> int:
    """The number of an order made now: they only grow, as long as the database has its data."""
    return int(ask(f"http://127.0.0.1:{services.SHOP.outside}/checkout", {}, timeout=10.0)["page"])


def _journeys() -> dict[str, float]:
    found: dict[str, float] = ask(f"http://127.0.0.1:{services.LOAD.outside}/stats")["journey"]
    return found
