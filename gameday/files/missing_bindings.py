"""What an environment lacks for one scenario, in the order in which a person would be asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from gameday.errors import InvalidFiles
from gameday.files import rules
from gameday.files.placeholders import placeholders_in, substitute
from gameday.files.rules import Kinds, faults, placeholders
from gameday.files.schema_validation import validate_schema
from gameday.files.yaml_document import Document
from gameday.model import Environment, Expectation, Json, Scenario, SignalKind, Test
from gameday.units import format_duration, format_expectation


class BindingKind(StrEnum):
    """What can be lacking."""

    TARGET = "target"
    SIGNAL = "signal"
    GOOD = "good"
    ACTION = "action"
    WORD = "word"
    LOAD = "load"
    RUNBOOK = "runbook"


@dataclass(frozen=True, slots=True)
class MissingBinding:
    """One thing to bind. `path`: where in the environment it belongs; `says`: what the scenario says about it;
    `needed`: no drill begins without it."""

    what: BindingKind
    name: str
    path: tuple[str, ...]
    says: str
    needed: bool = True
    kind: SignalKind | None = None

    @override
    def __str__(self) -> str:
        named = f"what is good for {self.name}" if self.what is BindingKind.GOOD else f"{self.what} {self.name}"
        said = "load" if self.what is BindingKind.LOAD else named
        return f"{said}: {self.says}" if self.says else said


def read_unbound_scenario(found: Document, kinds: Kinds) -> Scenario:
    """The scenario of a document; a word that it uses may be the environment's to give. Raises BadFiles."""
    part = validate_schema(found, "scenario")
    for rule in rules.RULES if isinstance(found.data, dict) else ():
        rule(found)
    placeholders.words(found, Environment("", {}, {}, {}, words=dict.fromkeys(_words(found.data), "...")))
    faults.parameters(found, kinds)
    if found.problems or part is None:
        raise InvalidFiles(found.problems)
    from gameday.files.scenario_mapping import scenario
    from gameday.files.schema.scenario import ScenarioPart

    assert isinstance(part, ScenarioPart)
    return scenario(part)


def find_missing(found: Document, scenario: Scenario, environment: Environment) -> tuple[MissingBinding, ...]:
    """What to ask for; a thing that is only better to have comes last."""
    words = {**scenario.needs.words, **environment.words}
    known = [*_missing_placeholders(found, scenario, environment), *_targets(scenario, environment, words)]
    return (
        *known,
        *_signals(scenario, environment, words),
        *_actions(scenario, environment),
        *_load(scenario, environment),
        *_runbooks(scenario, environment),
    )


def _missing_placeholders(found: Document, scenario: Scenario, environment: Environment) -> Iterator[MissingBinding]:
    for word in sorted(set(_words(found.data)) - {*scenario.needs.words, *environment.words}):
        text = next(text for text in _texts(found.data) if word in placeholders_in(text))
        yield MissingBinding(BindingKind.WORD, word, ("words", word), f'your own word for it in "{text}"')


def _targets(scenario: Scenario, environment: Environment, words: dict[str, str]) -> Iterator[MissingBinding]:
    for name, means in scenario.needs.targets.items():
        if name not in environment.targets:
            yield MissingBinding(BindingKind.TARGET, name, ("targets", name), substitute(means, words))


def _signals(scenario: Scenario, environment: Environment, words: dict[str, str]) -> Iterator[MissingBinding]:
    for name, kind in scenario.needs.signals.items():
        bound = environment.signals.get(name)
        if bound is None:
            yield MissingBinding(
                BindingKind.SIGNAL, name, ("signals", name), _describe_signal(scenario, name, kind, words), kind=kind
            )
        if (bound is None or bound.good is None) and _uses_is_good(scenario, name):
            says = "steady state asks for it, before the fault and after it"
            yield MissingBinding(BindingKind.GOOD, name, ("signals", name, "good"), says, kind=kind)


def _actions(scenario: Scenario, environment: Environment) -> Iterator[MissingBinding]:
    told = [(name, "a way out: it ends the users' trouble") for name in scenario.ways_out]
    told += [(entry.when, f'when it is taken: "{entry.say}"') for entry in scenario.course if entry.when]
    told += [(step.action, "a rehearsal takes it") for step in scenario.script if step.action]
    first = dict(reversed(told))
    for name in dict.fromkeys(name for name, _ in told):
        if name not in environment.actions:
            yield MissingBinding(BindingKind.ACTION, name, ("actions", name), first[name])


def _load(scenario: Scenario, environment: Environment) -> Iterator[MissingBinding]:
    needs = scenario.needs
    if needs.load_of and environment.load is None:
        says = f"started when {needs.load_of} has less than {needs.load_at_least:g}/s"
        yield MissingBinding(BindingKind.LOAD, "load", ("load",), says, needed=False)


def _runbooks(scenario: Scenario, environment: Environment) -> Iterator[MissingBinding]:
    for name in scenario.runbooks:
        if name not in environment.runbooks:
            yield MissingBinding(
                BindingKind.RUNBOOK, name, ("runbooks", name), "its link, for the responders", needed=False
            )


def _expectations(scenario: Scenario) -> Iterator[tuple[str, Expectation]]:
    for one in scenario.holds:
        yield "hypothesis", one
    for one in scenario.steady_state:
        yield "steady state", one
    for one in scenario.mitigated:
        yield "mitigated", one
    for fault in scenario.faults:
        if fault.expect:
            yield "the fault shows", fault.expect
    for one in scenario.trail:
        yield "trail", one
    for rail in scenario.guardrails:
        yield "guardrail", rail.expectation


def _describe_signal(scenario: Scenario, name: str, kind: SignalKind, words: dict[str, str]) -> str:
    """A kind, and each use of it: `a ratio; hypothesis: at least 97% over 1 min`."""
    uses = [f"{where}: {_use(one, words)}" for where, one in _expectations(scenario) if one.signal == name]
    if scenario.page and scenario.page.alert == name:
        uses.append(f"it pages, within {format_duration(scenario.page.else_after)} of {scenario.page.of}")
    if scenario.needs.load_of == name:
        uses.append(f"load: at least {scenario.needs.load_at_least:g}/s")
    return "; ".join([f"{'an' if kind is SignalKind.ALERT else 'a'} {kind}", *uses])


def _use(one: Expectation, words: dict[str, str]) -> str:
    tells = f" ({substitute(one.tells, words)})" if one.tells else ""
    return format_expectation(one).removeprefix(f"{one.signal} ") + tells


def _uses_is_good(scenario: Scenario, name: str) -> bool:
    return any(one.signal == name and one.test is Test.IS_HEALTHY for _, one in _expectations(scenario))


def _texts(data: Json) -> Iterator[str]:
    """Every text that has a word to fill."""
    if isinstance(data, str):
        if re.search(r"\{[a-z]", data):
            yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _texts(one)


def _words(data: Json) -> Iterator[str]:
    return (word for text in _texts(data) for word in placeholders_in(text))
