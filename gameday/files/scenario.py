"""Reading of scenario files: all problems at once, or a complete Scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gameday.errors import InvalidFiles, Refused
from gameday.files import rules
from gameday.files.rules import approvals, faults
from gameday.files.rules.faults import Kinds
from gameday.files.scenario_constants import CHARTER, CHARTER_SECONDS
from gameday.files.schema_validation import validate_schema
from gameday.files.terms import substitute_scenario
from gameday.files.yaml_document import YamlDocument, parse_document, read_document
from gameday.model import Environment, Scenario


def adapt_to_environment(scenario: Scenario, environment: Environment) -> Scenario:
    """Return the scenario with the environment's charter and terms filled in."""
    return substitute_scenario(fill_charter_times(scenario, environment), environment)


if TYPE_CHECKING:
    from gameday.files.schema.scenario import ScenarioPart

__all__ = [
    "CHARTER",
    "build_scenario",
    "fill_charter_times",
    "parse_scenario",
    "read_fitting_scenario",
    "read_scenario",
]


def read_scenario(path: Path) -> Scenario:
    """Read the scenario file. Raises InvalidFiles with all of its problems."""
    return build_scenario(read_document(path))


def read_fitting_scenario(path: Path, environment: Environment, kinds: Kinds, day: date | None = None) -> Scenario:
    """Read a scenario file that fits the environment.

    Raises InvalidFiles with all problems, and Refused if the environment does not allow one of its kinds, or with
    `day` if the owner of a target has not approved one for that day."""
    document = read_document(path)
    scenario = build_scenario(document, environment, kinds)
    faults.check_allowed_kinds(document, environment)
    if document.problems:
        allow = f"Choose another kind, or allow it in {environment.name} under `kinds`."
        raise Refused(_join(document), allow)
    if day is not None:
        approvals.check_fault_approvals(document, environment, day)
    if document.problems:
        raise Refused(_join(document), "An approval names targets, kinds and a last day, and no scenario.")
    return scenario


def _join(document: YamlDocument) -> str:
    return "\n  ".join(str(problem) for problem in document.problems)


def parse_scenario(text: str, name: str) -> Scenario:
    """Parse a scenario from `text`. Problems show `name` as the file. Raises InvalidFiles."""
    return build_scenario(parse_document(text, name))


def build_scenario(
    document: YamlDocument, environment: Environment | None = None, kinds: Kinds | None = None
) -> Scenario:
    """Return the scenario of a document; with an environment, one that fits it.

    Raises InvalidFiles."""
    part = validate_schema(document, "scenario")
    rules.check_scenario_rules(document, environment, kinds)
    if document.problems or part is None:
        raise InvalidFiles(document.problems)
    from gameday.files.schema_to_model import scenario_from_schema

    return scenario_from_schema(cast("ScenarioPart", part))


def fill_charter_times(scenario: Scenario, environment: Environment) -> Scenario:
    """Replace each `by: charter` with the environment's own time for that objective."""
    return replace(
        scenario,
        objectives=tuple(
            replace(objective, by=replace(objective.by, after=environment.charter.get(objective.id, CHARTER_SECONDS)))
            if objective.by and objective.by.after == CHARTER
            else objective
            for objective in scenario.objectives
        ),
    )
