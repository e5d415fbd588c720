"""The demo as containers on a real engine: start, unchanged scenarios, stop with nothing left."""

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
from gameday.demo.http_json import request_json

COMPOSE = Path(__file__).parents[2] / "examples" / "compose"
SCENARIOS = ("dependency-outage", "cache-loss", "db-slowdown", "db-slowdown-busy")
TESTED = SCENARIOS if os.environ.get("GAMEDAY_MATRIX") else SCENARIOS[:1]
"""All of them in `make crash`, because each takes a minute."""

RunGameday = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def engine() -> Docker:
    return docker_here()


@pytest.fixture
def run_gameday(engine: Docker, tmp_path: Path) -> Iterator[RunGameday]:
    """Yield a function that runs gameday in examples/compose, with its own store, while the stack is up."""
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short, because socket paths are limited
        settings = {
            "HOME": str(tmp_path),
            "GAMEDAY_RUNTIME": runtime,
            "GAMEDAY_STORE": str(tmp_path / "store"),
            "CI": "true",
        }
        environment = {**os.environ, **settings, "GAMEDAY_PROXY_TOKEN": services.TOKEN, "DOCKER_HOST": engine.url}

        def run(*words: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "gameday", *words]
            return subprocess.run(command, cwd=COMPOSE, env=environment, capture_output=True, text=True, check=False)

        assert not leftovers(engine), "the demo's containers are up: gameday demo down --docker"
        up = run("demo", "up", "--docker")
        assert up.returncode == 0, up.stderr
        yield run
        assert run("demo", "down", "--docker").returncode == 0
        assert not leftovers(engine)


def leftovers(engine: Docker) -> str:
    """Return the ids of the stack's containers and networks."""
    filters = ("--filter", "label=gameday.demo=1", "-q")
    return engine("ps", "-a", *filters) + engine("network", "ls", *filters)


def test_compose_file_has_the_services_that_we_start() -> None:
    compose = yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["name"] == services.PROJECT
    assert compose["services"].keys() == {service.name for service in services.SERVICES}
    for service in services.SERVICES:
        written = compose["services"][service.name]
        assert (written["image"], written["command"]) == (services.IMAGE, [service.name])
        assert written["container_name"] == service.container
        assert written["ports"] == [f"127.0.0.1:{host}:{container}" for host, container in service.ports]


def test_the_readme_has_the_addresses_and_credentials_of_the_stack() -> None:
    page = (COMPOSE / "README.md").read_text(encoding="utf-8")
    assert f"export GAMEDAY_PROXY_TOKEN={services.TOKEN}\n" in page
    assert f'export SHOP_DSN="{services.dsn()}"\n' in page
    for service in (services.SHOP, services.LOAD, services.PROXY):
        assert f"http://127.0.0.1:{service.host_port}" in page


def test_the_stack_binds_the_same_names_as_the_demo() -> None:
    from gameday.demo.demo_record import Demo
    from gameday.demo.environment import environment_yaml

    demo = yaml.safe_load(environment_yaml(Demo(Path("/nowhere"), "")))["environments"]["demo"]
    stack = yaml.safe_load((COMPOSE / "gameday.yaml").read_text(encoding="utf-8"))["environments"]["compose"]
    for part in ("targets", "actions", "runbooks"):
        assert demo[part].keys() == stack[part].keys()
    assert _without_urls(demo["signals"]) == _without_urls(stack["signals"])


def _without_urls(signals: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    return {name: {key: value for key, value in signal.items() if key != "url"} for name, signal in signals.items()}


@pytest.mark.engine("docker")
def test_stack_starts_runs_scenarios_and_stops(engine: Docker, run_gameday: RunGameday) -> None:
    """Run all of it in one test: ports and names are fixed, so two at once would collide."""
    starting_again_changes_nothing(engine, run_gameday)
    for scenario in TESTED:
        a_demo_scenario_runs_unchanged(engine, run_gameday, scenario)
    a_restarted_database_keeps_its_orders(engine)
    stopping_leaves_foreign_containers(engine, run_gameday)


def starting_again_changes_nothing(engine: Docker, run_gameday: RunGameday) -> None:
    before = engine("ps", "-q", "--no-trunc", "--filter", "label=gameday.demo=1")
    assert run_gameday("demo", "up", "--docker").returncode == 0
    assert engine("ps", "-q", "--no-trunc", "--filter", "label=gameday.demo=1") == before
    assert run_gameday("demo", "status", "--docker").returncode == 0


def a_demo_scenario_runs_unchanged(engine: Docker, run_gameday: RunGameday, scenario: str) -> None:
    look.until(lambda: (_journeys()["p95"] or 9.0) < 0.6, within=120)
    run = run_gameday("run", f"{scenario}.yaml", "--env", "compose", "--rehearse", "--first-mitigation")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Hypothesis        held" in run.stdout
    for service in services.SERVICES:
        assert service.container not in _networks_with_sidecars(engine), "a sidecar was left"


def a_restarted_database_keeps_its_orders(engine: Docker) -> None:
    before = _place_order()
    engine("restart", "-t", "1", services.DATABASE.container)
    good = _journeys()["good"]
    look.until(lambda: _journeys()["good"] > good + 3, within=120)
    assert _place_order() > before


def stopping_leaves_foreign_containers(engine: Docker, run_gameday: RunGameday) -> None:
    unlabelled = engine("create", "--label", f"com.docker.compose.project={services.PROJECT}", services.IMAGE, "cache")
    labels = ("--label", "gameday.demo=1", "--label", "gameday.demo.user=4711")
    other_users = engine("create", *labels, services.IMAGE, "cache")
    try:
        assert run_gameday("demo", "down", "--docker").returncode == 0
        assert leftovers(engine) == other_users[:12]
        refused = run_gameday("demo", "up", "--docker")
        assert refused.returncode == 3 and "another user's demo is running on this engine (uid 4711)" in refused.stderr
        for container in (unlabelled, other_users):
            assert engine("inspect", "-f", "{{.State.Status}}", container) == "created"
    finally:
        engine("rm", "-f", unlabelled, other_users)


def _networks_with_sidecars(engine: Docker) -> str:
    """Return the names of containers whose network namespace a sidecar shares."""
    sidecars = engine("ps", "-a", "-q", "--filter", "label=gameday.marker").split()
    modes = [engine("inspect", "-f", "{{.HostConfig.NetworkMode}}", sidecar, code=None) for sidecar in sidecars]
    targets = [mode.removeprefix("container:") for mode in modes if mode.startswith("container:")]
    return " ".join(engine("inspect", "-f", "{{.Name}}", target, code=None) for target in targets)


def _place_order() -> int:
    """Place an order and return its number, which only grows while the database keeps its data."""
    return int(request_json(f"http://127.0.0.1:{services.SHOP.host_port}/checkout", {}, timeout=10.0)["page"])


def _journeys() -> dict[str, float]:
    journey: dict[str, float] = request_json(f"http://127.0.0.1:{services.LOAD.host_port}/stats")["journey"]
    return journey
