"""The team's own words in a scenario's texts: `{journey}` becomes checkout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gameday.model import CourseEntry, Cue, Environment, Expectation, Scenario

_BRACES = re.compile(r"\{([a-z][a-z0-9_-]*)\}")


def substitute(text: str, words: Mapping[str, str]) -> str:
    """`text` with each `{word}` replaced; a word that is not there stays as it is."""
    return _BRACES.sub(lambda found: words.get(found[1], found[0]), text) if "{" in text else text


def placeholders_in(text: str) -> Iterator[str]:
    """The words that a text wants filled."""
    return (found[1] for found in _BRACES.finditer(text))


def substitute_scenario(scenario: Scenario, environment: Environment) -> Scenario:
    """The scenario with all texts filled: the environment's words before the scenario's defaults."""
    words = {**scenario.needs.words, **environment.words}

    def said(text: str) -> str:
        return substitute(text, words)

    def told(expectations: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
        return tuple(replace(one, tells=said(one.tells)) for one in expectations)

    return replace(
        scenario,
        needs=replace(
            scenario.needs, words=words, targets={name: said(text) for name, text in scenario.needs.targets.items()}
        ),
        hypothesis=said(scenario.hypothesis),
        holds=told(scenario.holds),
        steady_state=told(scenario.steady_state),
        mitigated=told(scenario.mitigated),
        trail=told(scenario.trail),
        page=replace(scenario.page, say=said(scenario.page.say)) if scenario.page else None,
        course=tuple(_line(entry, words) for entry in scenario.course),
        debrief=tuple(said(text) for text in scenario.debrief),
    )


def _line(entry: CourseEntry, words: Mapping[str, str]) -> CourseEntry:
    play = entry.play
    if isinstance(play, Cue):
        play = replace(play, look_for=substitute(play.look_for, words))
    return replace(entry, say=substitute(entry.say, words), play=play)
