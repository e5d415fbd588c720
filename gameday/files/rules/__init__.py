"""Rules of a scenario beyond its schema. Each reads raw data, so that all problems come at once."""

from __future__ import annotations

from collections.abc import Callable

from gameday.files.rules import bindings, exclusive_keys, faults, placeholders, references, times
from gameday.files.rules.faults import Kinds
from gameday.files.yaml_document import Document
from gameday.model import Environment

__all__ = ["RULES", "Kinds", "of_scenario"]

RULES: tuple[Callable[[Document], None], ...] = (
    exclusive_keys.expectations,
    exclusive_keys.guardrails,
    exclusive_keys.objectives,
    exclusive_keys.messages,
    exclusive_keys.rehearsal,
    exclusive_keys.guardrail_inside_effect,
    references.signals,
    references.limits,
    references.targets,
    references.actions,
    references.without_faults,
    references.unique_ids,
    times.timebox,
    times.warnings,
    times.moments,
    times.lasting,
    times.adjustments,
)


def of_scenario(document: Document, environment: Environment | None = None, kinds: Kinds | None = None) -> None:
    """Note all problems of a scenario, and with an environment also what that environment lacks.

    Kinds that the environment does not allow are left to `faults.allowed_kinds`: the file itself is valid."""
    if not isinstance(document.data, dict):
        return
    for rule in RULES:
        rule(document)
    placeholders.terms(document, environment)
    if environment is not None:
        bindings.bindings(document, environment)
        bindings.actions(document, environment)
    if kinds is not None:
        faults.parameters(document, kinds, environment)
