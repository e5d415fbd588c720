"""What must be true of a scenario beyond its shape. Each rule reads the raw data, so that all problems come at once."""

from __future__ import annotations

from collections.abc import Callable

from gameday.files import rules_choices, rules_environment, rules_faults, rules_names, rules_times, rules_words
from gameday.files.document import Document
from gameday.files.rules_faults import Kinds
from gameday.model import Environment

__all__ = ["RULES", "Kinds", "of_scenario"]

RULES: tuple[Callable[[Document], None], ...] = (
    rules_choices.expectations,
    rules_choices.guardrails,
    rules_choices.course,
    rules_choices.rehearsal,
    rules_choices.guardrail_inside_effect,
    rules_names.signals,
    rules_names.limits,
    rules_names.targets,
    rules_names.unique_ids,
    rules_times.timebox,
    rules_times.warnings,
    rules_times.dials,
)


def of_scenario(found: Document, environment: Environment | None = None, kinds: Kinds | None = None) -> None:
    """Note what is wrong with a scenario; with an environment also what that environment lacks. What it does not allow
    is `rules_faults.allowed_kinds`: no fault of the file's."""
    if not isinstance(found.data, dict):
        return
    for rule in RULES:
        rule(found)
    rules_words.words(found, environment)
    if environment is not None:
        rules_environment.bindings(found, environment)
        rules_environment.actions(found, environment)
    if kinds is not None:
        rules_faults.parameters(found, kinds, environment)
