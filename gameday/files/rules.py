"""What must be true of a scenario beyond its shape. Each rule reads the raw data, so that all problems come at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gameday.files import rules_choices, rules_environment, rules_names, rules_times, rules_words
from gameday.files.document import Document
from gameday.model import Environment, Json

Kinds = Mapping[str, Callable[[Mapping[str, Json]], object]]
"""The fault kinds that an injector can do, each with the reader of its parameters (raises ParamProblem)."""

RULES: tuple[Callable[[Document], None], ...] = (
    rules_choices.expectations,
    rules_choices.guardrails,
    rules_choices.course,
    rules_choices.rehearsal,
    rules_choices.guardrail_inside_effect,
    rules_names.signals,
    rules_names.limits,
    rules_names.targets,
    rules_names.twice,
    rules_times.timebox,
    rules_times.warnings,
    rules_times.dials,
)


def of_scenario(found: Document, environment: Environment | None = None, kinds: Kinds | None = None) -> None:
    """Note what is wrong with a scenario; with an environment also what that environment lacks."""
    if not isinstance(found.data, dict):
        return
    for rule in RULES:
        rule(found)
    rules_words.words(found, environment)
    if environment is not None:
        rules_environment.bindings(found, environment)
        rules_environment.actions(found, environment)
        rules_environment.allowed_kinds(found, environment)
    if kinds is not None:
        rules_environment.parameters(found, kinds)
