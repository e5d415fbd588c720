"""Bindings that a scenario needs and an environment lacks, in the order of the prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from gameday.errors import InvalidFiles
from gameday.files import rules
from gameday.files.rules import Kinds, faults, terms
from gameday.files.schema_validation import validate_schema
from gameday.files.terms import find_placeholders, substitute
from gameday.files.yaml_document import YamlDocument
from gameday.model import Comparison, Environment, Expectation, Json, RequiredSignal, Scenario, SignalKind
from gameday.units import format_expectation, format_time


class BindingKind(StrEnum):
    """Kinds of bindings."""

    TARGET = "target"
    SIGNAL = "signal"
    HEALTHY = "healthy"
    ACTION = "action"
    TERM = "term"
    LOAD = "load"
    RUNBOOK = "runbook"


@dataclass(frozen=True, slots=True)
class MissingBinding:
    """One missing binding.

    `path`: its place in the environment; `says`: its use in the scenario; `needed`: no drill starts without it."""

    what: BindingKind
    name: str
    path: tuple[str, ...]
    says: str
    needed: bool = True
    kind: SignalKind | None = None

    @override
    def __str__(self) -> str:
        named = f"the healthy limit of {self.name}" if self.what is BindingKind.HEALTHY else f"{self.what} {self.name}"
        label = "load" if self.what is BindingKind.LOAD else named
        return f"{label}: {self.says}" if self.says else label


def read_unbound_scenario(document: YamlDocument, kinds: Kinds) -> Scenario:
    """Return the scenario of a document whose terms the environment may still define.

    Raises InvalidFiles."""
    part = validate_schema(document, "scenario")
    for rule in rules.RULES if isinstance(document.data, dict) else ():
        rule(document)
    terms.check_terms(document, Environment("", {}, {}, {}, terms=dict.fromkeys(_terms(document.data), "...")))
    faults.check_fault_parameters(document, kinds)
    if document.problems or part is None:
        raise InvalidFiles(document.problems)
    from gameday.files.schema.scenario import ScenarioPart
    from gameday.files.schema_to_model import scenario_from_schema

    assert isinstance(part, ScenarioPart)
    return scenario_from_schema(part)


def find_missing(document: YamlDocument, scenario: Scenario, environment: Environment) -> tuple[MissingBinding, ...]:
    """Return the missing bindings; optional ones come last."""
    terms = {**scenario.requires.terms, **environment.terms}
    known = [*_missing_placeholders(document, scenario, environment), *_targets(scenario, environment, terms)]
    return (
        *known,
        *_signals(scenario, environment, terms),
        *_actions(scenario, environment, terms),
        *_load(scenario, environment),
        *_runbooks(scenario, environment),
    )


def _missing_placeholders(
    document: YamlDocument, scenario: Scenario, environment: Environment
) -> Iterator[MissingBinding]:
    for term in sorted(set(_terms(document.data)) - {*scenario.requires.terms, *environment.terms}):
        text = next(text for text in _texts(document.data) if term in find_placeholders(text))
        yield MissingBinding(BindingKind.TERM, term, ("terms", term), f'your own term, used in "{text}"')


def _targets(scenario: Scenario, environment: Environment, terms: dict[str, str]) -> Iterator[MissingBinding]:
    for name, means in scenario.requires.targets.items():
        if name not in environment.targets:
            yield MissingBinding(BindingKind.TARGET, name, ("targets", name), substitute(means, terms))


def _signals(scenario: Scenario, environment: Environment, terms: dict[str, str]) -> Iterator[MissingBinding]:
    for name, signal in scenario.requires.signals.items():
        bound, kind = environment.signals.get(name), signal.kind
        if bound is None:
            says = _describe_signal(scenario, name, signal, terms)
            yield MissingBinding(BindingKind.SIGNAL, name, ("signals", name), says, kind=kind)
        if (bound is None or bound.healthy is None) and _uses_healthy(scenario, name):
            says = "used by the steady-state check before and after the fault"
            yield MissingBinding(BindingKind.HEALTHY, name, ("signals", name, "healthy"), says, kind=kind)


def _actions(scenario: Scenario, environment: Environment, terms: dict[str, str]) -> Iterator[MissingBinding]:
    reasons = {step.action: "run in rehearsals" for step in scenario.script if step.action}
    for name, means in {**reasons, **scenario.requires.actions}.items():
        if name not in environment.actions:
            use = "; mitigation: restores service" if name in scenario.mitigations else ""
            yield MissingBinding(BindingKind.ACTION, name, ("actions", name), substitute(means, terms) + use)


def _load(scenario: Scenario, environment: Environment) -> Iterator[MissingBinding]:
    load = scenario.requires.load
    if load and environment.load is None:
        says = f"started when {load.signal} has fewer than {load.at_least:g} samples/s"
        says += "; its clients must retry" if load.clients == "retry" else ""
        yield MissingBinding(BindingKind.LOAD, "load", ("load",), says, needed=False)


def _runbooks(scenario: Scenario, environment: Environment) -> Iterator[MissingBinding]:
    for name in scenario.runbooks:
        if name not in environment.runbooks:
            yield MissingBinding(BindingKind.RUNBOOK, name, ("runbooks", name), "link for the responders", needed=False)


def _expectations(scenario: Scenario) -> Iterator[tuple[str, Expectation]]:
    yield from (("hypothesis", expectation) for expectation in scenario.expect)
    yield from (("steady state", expectation) for expectation in scenario.steady_state)
    yield from (("mitigated when", expectation) for expectation in scenario.mitigated_when)
    yield from (("effect of the fault", fault.shows) for fault in scenario.faults if fault.shows)
    yield from (("clue", expectation) for expectation in scenario.clues)
    for rail in scenario.guardrails:
        yield "guardrail", rail.expectation


def _describe_signal(scenario: Scenario, name: str, signal: RequiredSignal, terms: dict[str, str]) -> str:
    """Describe kind, meaning and each use: `a ratio: attempts that succeed; hypothesis: at least 97% over 1 min`."""
    uses = [f"{where}: {_use(use, terms)}" for where, use in _expectations(scenario) if use.signal == name]
    if scenario.page and scenario.page.alert == name:
        uses.append(f"pages the responders (fallback: {format_time(scenario.page.fallback)})")
    if (load := scenario.requires.load) and load.signal == name:
        uses.append(f"load: at least {load.at_least:g}/s")
    means = f": {substitute(signal.means, terms)}" if signal.means else ""
    return "; ".join([f"{'an' if signal.kind is SignalKind.ALERT else 'a'} {signal.kind}{means}", *uses])


def _use(expectation: Expectation, terms: dict[str, str]) -> str:
    means = f" ({substitute(expectation.means, terms)})" if expectation.means else ""
    return format_expectation(expectation).removeprefix(f"{expectation.signal} ") + means


def _uses_healthy(scenario: Scenario, name: str) -> bool:
    """Return True if an expectation uses the environment's limit for this signal."""
    tests = (Comparison.IS_HEALTHY, Comparison.NOT_HEALTHY)
    return any(expectation.signal == name and expectation.test in tests for _, expectation in _expectations(scenario))


def _texts(data: Json) -> Iterator[str]:
    """Yield every text that contains a term."""
    if isinstance(data, str):
        if re.search(r"\{[a-z]", data):
            yield data
    elif isinstance(data, dict | list):
        for child in data.values() if isinstance(data, dict) else data:
            yield from _texts(child)


def _terms(data: Json) -> Iterator[str]:
    return (term for text in _texts(data) for term in find_placeholders(text))
