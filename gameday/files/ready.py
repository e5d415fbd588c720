"""A scenario made ready for one environment: the team's own thresholds and its own words in it."""

from __future__ import annotations

from gameday.files.scenario import bind_charter
from gameday.files.words import with_words
from gameday.model import Environment, Scenario


def ready_for(scenario: Scenario, environment: Environment) -> Scenario:
    """The scenario as it is played there."""
    return with_words(bind_charter(scenario, environment), environment)
