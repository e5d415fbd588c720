"""A scenario made ready for one environment: the team's own thresholds and its own words in it."""

from __future__ import annotations

from gameday.files.scenario import bind_charter
from gameday.files.words import substitute_scenario
from gameday.model import Environment, Scenario


def adapt_to_environment(scenario: Scenario, environment: Environment) -> Scenario:
    """The scenario as it is played there."""
    return substitute_scenario(bind_charter(scenario, environment), environment)
