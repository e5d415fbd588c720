"""The team's own terms in a scenario's texts: `{journey}` becomes checkout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gameday.model import Environment, Expectation, Requirements, Scenario

_BRACES = re.compile(r"\{([a-z][a-z0-9_-]*)\}")


def substitute(text: str, terms: Mapping[str, str]) -> str:
    """Return `text` with each `{term}` replaced; an unknown term stays as it is."""
    return _BRACES.sub(lambda match: terms.get(match[1], match[0]), text) if "{" in text else text


def substitute_sentence(text: str, terms: Mapping[str, str]) -> str:
    """Return `text` with each `{term}` replaced, and a capital where a lower-case term begins it."""
    filled = substitute(text, terms)
    return filled[0].upper() + filled[1:] if text.startswith("{") and filled.split(" ")[0].islower() else filled


def find_placeholders(text: str) -> Iterator[str]:
    """Return the terms that a text uses."""
    return (match[1] for match in _BRACES.finditer(text))


def substitute_scenario(scenario: Scenario, environment: Environment) -> Scenario:
    """Return the scenario with all texts filled: the environment's terms before the scenario's defaults."""
    terms = {**scenario.requires.terms, **environment.terms}

    def filled(text: str) -> str:
        return substitute(text, terms)

    def all_filled(expectations: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
        return tuple(replace(expectation, means=filled(expectation.means)) for expectation in expectations)

    return replace(
        scenario,
        requires=_requirements(scenario.requires, terms),
        statement=filled(scenario.statement),
        expect=all_filled(scenario.expect),
        steady_state=all_filled(scenario.steady_state),
        mitigated_when=all_filled(scenario.mitigated_when),
        clues=all_filled(scenario.clues),
        page=replace(scenario.page, say=substitute_sentence(scenario.page.say, terms)) if scenario.page else None,
        messages=tuple(
            replace(message, say=substitute_sentence(message.say, terms), look_for=filled(message.look_for))
            for message in scenario.messages
        ),
        debrief=tuple(filled(text) for text in scenario.debrief),
    )


def _requirements(requires: Requirements, terms: Mapping[str, str]) -> Requirements:
    return replace(
        requires,
        terms=terms,
        targets={name: substitute(means, terms) for name, means in requires.targets.items()},
        signals={
            name: replace(signal, means=substitute(signal.means, terms)) for name, signal in requires.signals.items()
        },
        actions={name: substitute(means, terms) for name, means in requires.actions.items()},
    )
