"""Bindings that a scenario lacks in an environment: all of them, with the scenario's meanings, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from gameday.errors import InvalidFiles
from gameday.files.missing_bindings import BindingKind, MissingBinding, find_missing, read_unbound_scenario
from gameday.files.project import parse_project
from gameday.files.scenario_library import list_library
from gameday.files.yaml_document import parse_document
from gameday.injectors.common.proxy_faults.response_faults import Latency
from gameday.model import Environment, SignalKind

SHIPPED = list_library()["db-slowdown"].read_text(encoding="utf-8")
EXAMPLE = (Path(__file__).parents[2] / "examples" / "gameday.yaml").read_text(encoding="utf-8")
NOTHING = Environment("staging", {}, {}, {})


def lacks(text: str, environment: Environment) -> list[MissingBinding]:
    found = parse_document(text, "one.yaml")
    return list(find_missing(found, read_unbound_scenario(found, KINDS), environment))


KINDS = {"toxiproxy": {"latency": Latency}}


def test_empty_environment_lacks_every_binding() -> None:
    found = lacks(SHIPPED, NOTHING)
    assert [one.name for one in found if one.what is BindingKind.TARGET] == ["database"]
    assert [one.name for one in found if one.what is BindingKind.SIGNAL] == [
        "journey-success", "journey-p95", "neighbour-success", "database-wait", "database-cpu", "journey-slow",
    ]  # fmt: skip
    assert [one.name for one in found if one.what is BindingKind.HEALTHY] == ["journey-success", "journey-p95"]
    assert [one.name for one in found if one.what is BindingKind.ACTION] == [
        "shed-optional-work", "read-from-cache", "restart-database",
    ]  # fmt: skip
    assert [(one.what, one.name) for one in found if not one.needed] == [
        (BindingKind.LOAD, "load"), (BindingKind.RUNBOOK, "slow-journey"),
    ]  # fmt: skip
    assert not [one for one in found if one.what is BindingKind.TERM]  # the scenario has defaults


def test_missing_binding_has_the_meaning_from_the_scenario() -> None:
    said = {one.name: one for one in lacks(SHIPPED, NOTHING) if one.what is not BindingKind.HEALTHY}
    assert str(said["database"]) == "target database: the database that the main journey writes to"
    assert said["journey-success"].kind is SignalKind.RATIO
    assert said["journey-success"].says.startswith(
        "a ratio: share of checkout attempts that succeed; hypothesis: at least 97% over 1 min; steady state: is healt"
    )
    assert "clue: above 2x baseline (requests wait for the database)" in said["database-wait"].says
    assert said["journey-slow"].says.startswith("an alert: the team's own alert for a slow checkout; ")
    assert "pages the responders (fallback: impact + 3 min)" in said["journey-slow"].says
    assert said["restart-database"].says == "restart the database"
    assert said["read-from-cache"].says == "serve reads from the cache; mitigation: restores service"
    assert said["load"].says == "started when journey-success has fewer than 5 samples/s"


def test_example_environment_lacks_nothing() -> None:
    assert lacks(SHIPPED, parse_project(EXAMPLE, "gameday.yaml").environments["staging"]) == []


def test_existing_binding_is_not_missing() -> None:
    text = EXAMPLE.replace("healthy: at_most 800ms", "every: 2s").replace("    load:", "    #")
    found = lacks(SHIPPED, parse_project(text, "gameday.yaml").environments["staging"])
    assert [(one.what, one.name) for one in found] == [(BindingKind.HEALTHY, "journey-p95"), (BindingKind.LOAD, "load")]
    assert found[0].path == ("signals", "journey-p95", "healthy")


def test_term_without_a_default_is_missing() -> None:
    text = SHIPPED.replace("{customers}", "{guest}s")
    word = lacks(text, NOTHING)[0]
    assert (word.what, word.name, word.needed) == (BindingKind.TERM, "guest", True) and "{guest}s report" in word.says
    environment = Environment("staging", {}, {}, {}, terms={"guest": "reader"})
    assert lacks(text, environment)[0].what is BindingKind.TARGET


def test_invalid_scenario_is_an_error() -> None:
    with pytest.raises(InvalidFiles, match="did you mean 'guardrails'"):
        lacks(SHIPPED.replace("guardrails:", "guardrials:"), NOTHING)
