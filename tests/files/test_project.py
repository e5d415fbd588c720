"""gameday.yaml is read into environments; mistakes are reported with their position."""

from __future__ import annotations

from pathlib import Path

import pytest

from gameday.files.project import find_project, parse_project, read_project
from gameday.model import Action, Comparison, Expectation, Limit, Load, SignalKind

EXAMPLE = Path(__file__).parents[2] / "examples" / "gameday.yaml"
TEXT = EXAMPLE.read_text()


def test_example_project_is_read() -> None:
    project = read_project(EXAMPLE)
    staging, folder = project.environments["staging"], EXAMPLE.parent
    assert project.default_env == "staging" and project.roster == EXAMPLE.parent / "roster.yaml"
    assert staging.targets["database"].injector == "toxiproxy"
    assert staging.targets["database"].settings == {"url": "http://127.0.0.1:8474", "proxy": "orders-db"}
    assert staging.actions["restart-database"] == Action("restart-database", (f"{folder}/restart", "database"))
    assert staging.actions["read-from-cache"].undo == (f"{folder}/switch", "read-cache", "off")
    assert staging.load == Load((f"{folder}/load", "up"), (f"{folder}/load", "down"))
    assert staging.kinds == {"latency", "outage"} and staging.charter == {"swarm": 300}
    assert staging.allows_drills and not staging.production


def test_signals_are_bound_with_their_defaults() -> None:
    signals = read_project(EXAMPLE).environments["staging"].signals
    success, cpu = signals["journey-success"], signals["database-cpu"]
    assert success.healthy == Expectation(
        "journey-success", Comparison.AT_LEAST, Limit(0.99, relative=False, text="99%")
    )
    assert (success.kind, success.probe, success.every, success.min_samples) == (SignalKind.RATIO, "http", 1.0, 5)
    counters = {"good_count": "journey.good", "total_count": "journey.total"}
    assert success.settings == {"url": "http://127.0.0.1:9000/stats", **counters, "timeout": 2.0}
    assert (cpu.every, cpu.min_samples, cpu.healthy) == (5.0, 1, None)


@pytest.mark.parametrize(
    ("says", "allowed"),
    [("production: true", False), ("production: true\n    allows_drills: true", True), ("production: false", True)],
)
def test_production_allows_drills_only_explicitly(says: str, allowed: bool) -> None:
    project = parse_project(TEXT.replace("production: false", says), "gameday.yaml")
    assert project.environments["staging"].allows_drills is allowed


def test_project_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert find_project() is None
    (tmp_path / "gameday.yaml").write_text(TEXT)
    assert find_project() == Path("gameday.yaml")
    monkeypatch.setenv("GAMEDAY_FILE", "/else/where.yaml")
    assert find_project() == Path("/else/where.yaml")


def test_default_environment_is_the_demo() -> None:
    assert parse_project("gameday: 1\nenvironments: {}\n", "gameday.yaml").default_env == "demo"
