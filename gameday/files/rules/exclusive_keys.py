"""One of several: tests of an expectation, cue or hint, a time or an action; and a guardrail that would always halt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gameday.files import raw_access
from gameday.files.scenario_constants import LIMIT_TESTS, TESTS, UPWARDS
from gameday.files.schema_validation import did_you_mean, one_of
from gameday.files.yaml_document import Document, KeyPath
from gameday.model import Json
from gameday.moments import HUMAN_MOMENTS, Moment

_EXPECTATION_KEYS = frozenset({"signal", *TESTS, "over", "for", "within", "of", "tells"})
_GUARDRAIL_KEYS = frozenset({"signal", *LIMIT_TESTS, "for", "warn_at"})
_COURSE_KEYS = frozenset({"after", "of", "when", "cue", "hint", "unless", "say", "look_for"})


def expectations(found: Document) -> None:
    """Exactly one test; `of` only with `within`."""
    for path, one in raw_access.expectations(found.data):
        _exactly_one(found, path, one, TESTS, _EXPECTATION_KEYS)
        if "of" in one and "within" not in one:
            found.add_problem((*path, "of"), "'of' without 'within'", "write within: 3m, or leave 'of' out", key=True)


def guardrails(found: Document) -> None:
    """Exactly one limit."""
    for path, one in raw_access.iter_maps(found.data, "guardrails"):
        _exactly_one(found, path, one, LIMIT_TESTS, _GUARDRAIL_KEYS)


def course(found: Document) -> None:
    """A cue or a hint, at a time or when an action was taken; what belongs to the one is not said of the other."""
    for path, line in raw_access.iter_maps(found.data, "course"):
        _exactly_one(found, path, line, ("cue", "hint"), _COURSE_KEYS)
        _exactly_one(found, path, line, ("after", "when"), _COURSE_KEYS)
        if "after" in line and "of" not in line:
            found.add_problem(path, "'of' is missing", "say which moment 'after' counts from: of: impact")
        if "when" in line and "of" in line:
            found.add_problem((*path, "of"), "'of' beside 'when'", "leave 'of' out", key=True)
        for key, wants in (("look_for", "cue"), ("unless", "hint")):
            if key in line and wants not in line and {"cue", "hint"} & line.keys():
                found.add_problem((*path, key), f"{key!r} belongs to a {wants}", "leave it out", key=True)


def rehearsal(found: Document) -> None:
    """Responders say a human moment or take an action."""
    human = sorted(moment.value for moment in HUMAN_MOMENTS)
    for path, step in raw_access.iter_maps(found.data, "rehearsal", "responders"):
        _exactly_one(found, path, step, ("do", "take"), frozenset({"after", "of", "do", "take"}))
        said = raw_access.text(step.get("do"))
        if said in set(Moment) and said not in human:
            wrong = f"{said!r} is measured by the program, nobody says it"
            found.add_problem((*path, "do"), wrong, did_you_mean(said, human) or one_of(human))


def guardrail_inside_effect(found: Document) -> None:
    """A guardrail that merely the expected effect would breach halts every drill that works."""
    effects = [(path, one) for path, one in raw_access.expectations(found.data) if path[0] == "faults"]
    for path, guardrail in raw_access.iter_maps(found.data, "guardrails"):
        if "warn_at" in guardrail:
            continue  # the facilitator hears first and can act: a halt after a long effect may be meant
        for effect_path, effect in effects:
            if guardrail.get("signal") == effect.get("signal") and (test := _inside(guardrail, effect)):
                line, _ = found.locate(effect_path)
                wrong = f"the limit lies inside the effect that the fault on line {line} is expected to have"
                found.add_problem(
                    (*path, test), wrong, "set it beyond that effect, or let warn_at tell the facilitator first"
                )


def _inside(guardrail: Mapping[str, Json], effect: Mapping[str, Json]) -> str:
    """The guardrail's test when any reading that shows the effect breaches it. Limits of which one is relative
    and one is not cannot be compared before `usual` is measured."""
    for test in LIMIT_TESTS:
        for expected in LIMIT_TESTS:
            rail, usual = raw_access.parse_limit(guardrail.get(test)), raw_access.parse_limit(effect.get(expected))
            if rail is None or usual is None or rail.relative != usual.relative:
                continue
            if (test in UPWARDS) != (expected in UPWARDS):
                continue
            if rail.value == usual.value and (test, expected) in (("above", "at_least"), ("below", "at_most")):
                continue
            if rail.value <= usual.value if test in UPWARDS else rail.value >= usual.value:
                return test
    return ""


def _exactly_one(
    found: Document, path: KeyPath, one: Mapping[str, Json], choices: Sequence[str], known: Iterable[str]
) -> None:
    there = [key for key in one if key in choices]
    if not there and one.keys() <= set(known):  # an unknown key is likely the misspelt one, and is told already
        found.add_problem(path, f"one of {', '.join(choices)} is missing")
    for extra in there[1:]:
        found.add_problem((*path, extra), f"{extra!r} beside {there[0]!r}", "write one of them", key=True)
