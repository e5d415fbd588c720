"""Production is drilled when it says so in so many words, and its exact name was typed."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import pytest
from support.fake_injector import MadeEngine
from typing_extensions import override

from gameday.cli.main import run_command
from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.injector_registry import InjectorLookup, InjectorRegistry
from gameday.drill.planning import make_plan, require_drills_allowed
from gameday.drill.production_guard import refuse_aliased_production
from gameday.errors import Exit, Refused
from gameday.files.project import parse_project
from gameday.files.scenario import parse_scenario
from gameday.model import Binding, Environment, Mode
from gameday.plugins.types import Deadline


def environment(*, production: bool, allows_drills: bool) -> Environment:
    return Environment("live", {}, {}, {}, production=production, allows_drills=allows_drills)


SCENARIO = parse_scenario(
    """gameday: 1
id: slow
timebox: 5m
requires: {targets: {database: a database}, signals: {wait: {kind: duration}}}
hypothesis: {statement: x, expect: [{signal: wait, at_most: 1s, over: 5s}]}
steady_state: [{signal: wait, at_most: 1s}]
faults: [{id: slow, kind: latency, target: database, delay: 300ms, shows: {signal: wait, above: 50ms, by: fault+5s}}]
""",
    "slow.yaml",
)


def test_kind_that_the_environment_does_not_allow_is_refused_without_a_check_of_the_files() -> None:
    project = """gameday: 1
environments:
  staging:
    kinds: [outage]
    targets: {database: {injector: toxiproxy, url: "http://127.0.0.1:8474", proxy: db}}
    signals: {wait: {kind: duration, probe: process, run: [./wait]}}
"""
    place = parse_project(project, "gameday.yaml").environments["staging"]
    with pytest.raises(Refused, match="staging does not allow latency"):
        make_plan("gd-0001", SCENARIO, place, Mode.REHEARSAL, InjectorRegistry(), seed=1)


NOT_ITS_NAME = [None, "", "Live", "LIVE", "live ", " live", "liv", "live2", "yes", "true", "staging"]


@pytest.mark.parametrize("typed", NOT_ITS_NAME)
def test_wrong_production_name_is_refused(typed: str | None) -> None:
    with pytest.raises(Refused, match="marked production") as caught:
        require_drills_allowed(environment(production=True, allows_drills=True), typed)
    assert "--yes-production live" in caught.value.todo


def test_exact_production_name_is_accepted() -> None:
    require_drills_allowed(environment(production=True, allows_drills=True), "live")


@pytest.mark.parametrize("production", [True, False])
def test_production_without_allowed_drills_is_refused_despite_name(production: bool) -> None:
    with pytest.raises(Refused, match="does not allow drills"):
        require_drills_allowed(environment(production=production, allows_drills=False), "live")


@pytest.mark.parametrize("typed", NOT_ITS_NAME)
def test_non_production_needs_no_name(typed: str | None) -> None:
    require_drills_allowed(environment(production=False, allows_drills=True), typed)


@pytest.mark.parametrize("words", [[], ["--yes-production", ""], ["--yes-production", "yes"]])
def test_run_requires_the_production_name(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "gameday: 1\nenvironments:\n  live: {production: true, allows_drills: true}\n"
    (tmp_path / "gameday.yaml").write_text(text)
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short, because sockets lie in it
        monkeypatch.setenv("GAMEDAY_RUNTIME", runtime)
        assert run_command(["run", "db-slowdown", "--env", "live", "--rehearse", *words]) is Exit.REFUSED
    assert "environment live is marked production" in capsys.readouterr().err


PROJECT = """\
gameday: 1
environments:
  staging: {targets: {database: %s, queue: {injector: nobody-has-it, to: here}}}
  live: {production: true, targets: {orders: %s, mail: {injector: nobody-has-it, to: there}}}
"""


def look(staging: str, live: str, injectors: InjectorLookup) -> tuple[str, ...]:
    project = parse_project(PROJECT % (staging, live), "gameday.yaml")
    assert refuse_aliased_production(project, project.environments["live"], injectors) == ()
    return refuse_aliased_production(project, project.environments["staging"], injectors)


def test_address_resolving_to_production_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of a file asks nobody; a run does."""
    known = {"db.internal": "192.0.2.7", "192.0.2.7": "192.0.2.7", "192.0.2.8": "192.0.2.8"}

    def found(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(2, 1, 6, "", (known[host], port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    proxy = '{injector: toxiproxy, url: "http://%s:8474", proxy: %s}'
    with pytest.raises(Refused, match="target database of staging leads to target orders of live, which is marked"):
        look(proxy % ("db.internal", "a"), proxy % ("192.0.2.7", "a"), InjectorRegistry())
    look(proxy % ("db.internal", "a"), proxy % ("192.0.2.7", "b"), InjectorRegistry())
    look(proxy % ("db.internal", "a"), proxy % ("192.0.2.8", "a"), InjectorRegistry())


class Leading(MadeEngine):
    """Says where a target leads, and counts how often it is asked."""

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        return "nobody answers\n  What is there?" if binding.settings["to"] == "" else ""

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        self.calls.append(("resource_ids", binding.target))
        return frozenset(str(binding.settings["to"]).split())


def test_resource_ids_of_injectors_are_compared() -> None:
    engine = Leading()
    injectors = {"made": CheckedInjector(engine), "nobody-has-it": CheckedInjector(MadeEngine())}
    with pytest.raises(Refused, match="marked production"):
        look("{injector: made, to: one two}", "{injector: made, to: two three}", injectors)
    assert engine.calls == [("resource_ids", "database"), ("resource_ids", "orders")]
    look("{injector: made, to: one two}", "{injector: made, to: three}", injectors)
    look("{injector: made, to: ''}", "{injector: made, to: '', by: itself}", injectors)


def test_unreachable_production_is_reported_as_not_compared() -> None:
    injectors = {"made": CheckedInjector(Leading()), "nobody-has-it": CheckedInjector(Leading())}
    assert look("{injector: made, to: one}", "{injector: made, to: two}", injectors) == ()
    assert look("{injector: made, to: one}", "{injector: made, to: ''}", injectors) == (
        "could not compare with production environment live: target orders: nobody answers",
    )


def test_an_injector_that_fails_has_no_resource_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> frozenset[str]:
        raise ValueError("no idea")

    monkeypatch.setattr(MadeEngine, "resource_ids", failing)
    injectors = {"made": CheckedInjector(MadeEngine()), "nobody-has-it": CheckedInjector(Leading())}
    look("{injector: made, to: one}", "{injector: made, to: one, by: itself}", injectors)
