"""A first scenario, written from a few answers: small, whole, and read by the same rules as any other file."""

from __future__ import annotations

import json
from dataclasses import dataclass

from gameday.errors import Problem
from gameday.files import rules
from gameday.files.rules import Kinds
from gameday.files.scenario_constants import UPWARDS
from gameday.files.schema_validation import validate_schema
from gameday.files.yaml_document import parse_document
from gameday.model import Environment, SignalKind
from gameday.plugins.parameters import MainParameter
from gameday.units import duration, limit


@dataclass(frozen=True, slots=True)
class WizardAnswers:
    """Answers of the wizard. `main`: the parameter that says how much of the fault.

    `test` and `wanted`: what is believed to hold of the signal (`at_most`, `2s`). `good`: whether the environment
    says what good means for it. `alert`: the alert that pages; empty for none, as is `way_out`."""

    journey: str
    target: str
    fault: str
    main: MainParameter
    amount: str
    signal: str
    kind: SignalKind
    test: str
    wanted: str
    way_out: str
    timebox: str
    alert: str = ""
    good: bool = True


def render_scenario(given: WizardAnswers) -> str:
    """The file's text. Answers of the wrong form give a file with problems: see `problems_of`."""
    parts = [
        _head(given),
        _render_hypothesis(given),
        _render_faults(given),
        _render_page(given),
        _course(given),
        _debrief(given),
    ]
    return "".join(parts)


def problems_of(text: str, environment: Environment | None, kinds: Kinds) -> list[Problem]:
    """What `gameday check` would say of the text."""
    found = parse_document(text, "answers")
    validate_schema(found, "scenario")
    rules.of_scenario(found, environment, kinds)
    return sorted(found.problems)


def scalar(text: str) -> str:
    """As YAML reads it back as this very text inside a one-line map; in quotes where it has to be."""
    found = parse_document(f"{{{text}: {text}}}", "answers")
    return text if not found.problems and found.data == {text: text} else json.dumps(text, ensure_ascii=False)


def _head(given: WizardAnswers) -> str:
    kinds = {given.signal: given.kind} | ({given.alert: SignalKind.ALERT} if given.alert else {})
    signals = ", ".join(f"{scalar(name)}: {kind}" for name, kind in kinds.items())
    return f"""\
gameday: 1
id: {scalar(f"{given.target}-{given.fault}"[:64])}
timebox: {scalar(given.timebox)}
needs:
  targets: {{{scalar(given.target)}: "what {{journey}} needs"}}
  signals: {{{signals}}}
  words: {{journey: {_quoted(given.journey)}}}

"""


def _render_hypothesis(given: WizardAnswers) -> str:
    says = given.main.statement.format(target=given.target, amount=given.amount)
    test = given.test.replace("_", " ")
    signal, believed = scalar(given.signal), f"{given.test}: {scalar(given.wanted)}"
    steady = "is: good" if given.good else believed
    return f"""\
hypothesis:
  say: {_quoted(f"{says}, {{journey}} still works: {given.signal} stays {test} {given.wanted}.")}
  holds: [{{signal: {signal}, {believed}, over: 60s}}]
steady_state: [{{signal: {signal}, {steady}}}]
"""


def _render_faults(given: WizardAnswers) -> str:
    amount = f"{given.main.key}: {scalar(given.amount)}"
    ways = f"ways_out: [{scalar(given.way_out)}]\n" if given.way_out else ""
    return f"""\
{ways}
faults:
  - id: first
    kind: {given.fault}
    target: {scalar(given.target)}
    {amount}
    start: 0s..120s
    expect: {{signal: {scalar(given.signal)}, {_effect_limit(given)}, within: 60s}}  # else it tests nothing
guardrails:                            # the drill halts by itself; the facilitator hears first
  - {{signal: {scalar(given.signal)}, {_guardrail_limit(given)}, for: 90s, warn_at: 30s}}

"""


def _render_page(given: WizardAnswers) -> str:
    say = _quoted(f"{{journey}} is in trouble: look at {given.signal}.")
    page = f"page: {{from: {scalar(given.alert)}, else_after: 3m, of: fault, say: {say}}}\n" if given.alert else ""
    return f"""\
{page}ends: {{after: 2m, of: mitigated}}
objectives:                            # the team's, never a person's
  - {{id: command, expect: ic-announced, within: 3m, of: declared}}
  - {{id: first-update, expect: update, within: 5m, of: declared}}
"""


def _course(given: WizardAnswers) -> str:
    box = duration(given.timebox)
    of, heard = ("alert", "2m") if given.alert else ("impact", "1m")  # without a page, support is how they hear of it
    return f"""\
course:                                # read down: the order of play
  - {{after: {heard}, of: impact, cue: support, say: "Several people say {{journey}} is not as usual."}}
  - {{after: {_minutes(box / 3)}, of: {of}, hint: question, unless: theory,
     say: "What changed for users, and since when?"}}
  - {{after: {_minutes(box / 2)}, of: {of}, hint: pointer, unless: theory, say: "What does {{journey}} need?"}}
  - {{after: 1m, of: mitigated, cue: support, say: "Better. What do I tell them?", look_for: a text without names}}
"""


def _debrief(given: WizardAnswers) -> str:
    asked = """\
debrief:
  - What told you where to look, and what pointed elsewhere?
  - What would have told you three minutes sooner?
"""
    if given.alert:
        return asked
    take = f"\n    - {{after: 2m, of: declared, take: {scalar(given.way_out)}}}" if given.way_out else ""
    return f"""\
{asked}rehearsal:                             # no alert pages, so it is written out what the responders do
  responders:
    - {{after: 1m, of: fault, do: declared}}{take}
"""


def _effect_limit(given: WizardAnswers) -> str:
    """The least that has to show of the fault: worse than usual."""
    return "below: 0.99x usual" if given.test in UPWARDS else "above: 1.2x usual"


def _guardrail_limit(given: WizardAnswers) -> str:
    """A limit well beyond what is believed, on the side of trouble."""
    wanted = limit(given.wanted)
    if given.test in UPWARDS:
        return f"below: {_written(wanted.value / 2, wanted.relative, given.kind)}"
    far = 3 * wanted.value or (3.0 if wanted.relative else {SignalKind.COUNT: 10.0}.get(given.kind, 0.5))
    if given.kind is SignalKind.RATIO and not wanted.relative:
        far = min(far, (1 + wanted.value) / 2)
    return f"above: {_written(far, wanted.relative, given.kind)}"


def _written(value: float, relative: bool, kind: SignalKind) -> str:
    if relative:
        return f"{_plain(value)}x usual"
    if kind is SignalKind.RATIO:
        return f"{_plain(value * 100)}%"
    return f"{_plain(value)}s" if kind is SignalKind.DURATION else _plain(value)


def _plain(value: float) -> str:
    """Without an exponent, which no limit has."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60)}m"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
