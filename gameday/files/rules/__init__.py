"""Rules of a scenario beyond its schema. Each reads raw data, so that all problems come at once."""

from __future__ import annotations

from collections.abc import Callable

from gameday.files.rules import bindings, exclusive_keys, faults, references, terms, times
from gameday.files.rules.faults import Kinds
from gameday.files.yaml_document import YamlDocument
from gameday.model import Environment

__all__ = ["RULES", "Kinds", "check_scenario_rules"]

RULES: tuple[Callable[[YamlDocument], None], ...] = (
    exclusive_keys.check_expectations,
    exclusive_keys.check_guardrails,
    exclusive_keys.check_objectives,
    exclusive_keys.check_messages,
    exclusive_keys.check_rehearsal_steps,
    exclusive_keys.check_guardrails_against_effects,
    references.check_signal_names,
    references.check_limit_types,
    references.check_target_names,
    references.check_action_names,
    references.check_drill_without_faults,
    references.check_unique_ids,
    times.check_timebox,
    times.check_guardrail_warnings,
    times.check_moment_order,
    times.check_fault_durations,
    times.check_adjustments,
    times.check_windows,
    times.check_rehearsed_windows,
)


def check_scenario_rules(
    document: YamlDocument, environment: Environment | None = None, kinds: Kinds | None = None
) -> None:
    """Note all problems of a scenario, and with an environment also what that environment lacks.

    Kinds that the environment does not allow are left to `faults.allowed_kinds`: the file itself is valid."""
    if not isinstance(document.data, dict):
        return
    for rule in RULES:
        rule(document)
    terms.check_terms(document, environment)
    if environment is not None:
        bindings.check_bindings(document, environment)
        bindings.check_healthy_limits(document, environment)
        bindings.check_action_bindings(document, environment)
        times.check_query_ranges(document, environment)
    if kinds is not None:
        faults.check_fault_parameters(document, kinds, environment)
