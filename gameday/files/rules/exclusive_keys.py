"""Keys of which exactly one is allowed, and guardrails that would halt every drill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gameday.files import raw_access
from gameday.files.scenario_constants import LIMIT_TESTS, TESTS, UPWARDS
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json
from gameday.moments import HUMAN_MOMENTS, Moment
from gameday.suggestions import did_you_mean, one_of

_EXPECTATION_KEYS = frozenset({"signal", *TESTS, "over", "for", "by", "at", "means"})
_GUARDRAIL_KEYS = frozenset({"signal", *LIMIT_TESTS, "for", "warn_at"})
_MESSAGE_KEYS = frozenset({"at", "when", "from", "hint", "unless", "say", "look_for"})
_OBJECTIVE_KEYS = frozenset({"id", "moment", "by", "every", "from"})


def check_expectations(document: YamlDocument) -> None:
    """Require exactly one test."""
    for path, expectation in raw_access.iter_expectations(document.data):
        _exactly_one(document, path, expectation, TESTS, _EXPECTATION_KEYS)


def check_guardrails(document: YamlDocument) -> None:
    """Require exactly one limit."""
    for path, guardrail in raw_access.iter_maps(document.data, "guardrails"):
        _exactly_one(document, path, guardrail, LIMIT_TESTS, _GUARDRAIL_KEYS)


def check_objectives(document: YamlDocument) -> None:
    """Require a time, or an interval with the moment that it counts from."""
    for path, objective in raw_access.iter_maps(document.data, "objectives"):
        _exactly_one(document, path, objective, ("by", "every"), _OBJECTIVE_KEYS)
        if "every" in objective and "from" not in objective:
            document.add_problem(path, "missing key 'from'", "name the moment that 'every' counts from: from: declared")
        if "from" in objective and "every" not in objective:
            document.add_problem(
                (*path, "from"), "'from' without 'every'", "add every: 15m, or use by: declared+5m", key=True
            )


def check_messages(document: YamlDocument) -> None:
    """Require a persona or a hint, and a time or an action."""
    for path, message in raw_access.iter_maps(document.data, "messages"):
        _exactly_one(document, path, message, ("from", "hint"), _MESSAGE_KEYS)
        _exactly_one(document, path, message, ("at", "when"), _MESSAGE_KEYS)
        if "look_for" in message and "hint" in message:
            document.add_problem(
                (*path, "look_for"), "'look_for' is only for messages from a persona", "remove it", key=True
            )


def check_rehearsal_steps(document: YamlDocument) -> None:
    """Require that each step does a human moment or takes an action."""
    human = sorted(moment.value for moment in HUMAN_MOMENTS)
    for path, step in raw_access.iter_maps(document.data, "rehearsal", "responders"):
        _exactly_one(document, path, step, ("do", "take"), frozenset({"at", "do", "take"}))
        moment = raw_access.text_or_empty(step.get("do"))
        if moment in set(Moment) and moment not in human:
            wrong = f"{moment!r} is measured, not done by responders"
            document.add_problem((*path, "do"), wrong, did_you_mean(moment, human) or one_of(human))


def check_guardrails_against_effects(document: YamlDocument) -> None:
    """Refuse a guardrail that the expected effect of a fault would breach."""
    effects = [
        (path, expectation) for path, expectation in raw_access.iter_expectations(document.data) if path[0] == "faults"
    ]
    for path, guardrail in raw_access.iter_maps(document.data, "guardrails"):
        if "warn_at" in guardrail:
            continue  # the facilitator is warned first and can act: a halt after a long effect may be meant
        for effect_path, effect in effects:
            if guardrail.get("signal") == effect.get("signal") and (test := _inside(guardrail, effect)):
                line, _ = document.locate(effect_path)
                wrong = f"the expected effect of the fault on line {line} would breach this guardrail"
                document.add_problem(
                    (*path, test), wrong, "set a limit beyond that effect, or warn the facilitator first with warn_at"
                )


def _inside(guardrail: Mapping[str, Json], effect: Mapping[str, Json]) -> str:
    """Return the guardrail's test if every reading that shows the effect breaches it.

    A relative and an absolute limit cannot be compared before the baseline is measured."""
    for test in LIMIT_TESTS:
        for expected in LIMIT_TESTS:
            rail, shown = raw_access.parse_limit(guardrail.get(test)), raw_access.parse_limit(effect.get(expected))
            if rail is None or shown is None or rail.relative != shown.relative:
                continue
            if (test in UPWARDS) != (expected in UPWARDS):
                continue
            if rail.value == shown.value and (test, expected) in (("above", "at_least"), ("below", "at_most")):
                continue
            if rail.value <= shown.value if test in UPWARDS else rail.value >= shown.value:
                return test
    return ""


def _exactly_one(
    document: YamlDocument, path: KeyPath, entry: Mapping[str, Json], choices: Sequence[str], known: Iterable[str]
) -> None:
    present = [key for key in entry if key in choices]
    if not present and entry.keys() <= set(known):  # an unknown key is likely the misspelt one, and is told already
        document.add_problem(path, f"missing key: one of {', '.join(choices)}")
    for extra in present[1:]:
        document.add_problem(
            (*path, extra), f"{extra!r} cannot be combined with {present[0]!r}", "keep one of them", key=True
        )
