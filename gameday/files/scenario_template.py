"""Template of a first scenario, rendered from a few answers."""

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
from gameday.units import parse_duration, parse_limit

_BOUNDS = {"at_most": "at or below", "at_least": "at or above", "above": "above", "below": "below"}


@dataclass(frozen=True, slots=True)
class WizardAnswers:
    """Answers of the wizard. `main`: the parameter that says how much of the fault.

    `test` and `wanted`: what is believed to hold of the signal (`at_most`, `2s`). `healthy`: whether the environment
    has a healthy limit for it. `alert`: the alert that pages; empty for none, as is `mitigation`."""

    journey: str
    target: str
    fault: str
    main: MainParameter
    amount: str
    signal: str
    kind: SignalKind
    test: str
    wanted: str
    mitigation: str
    timebox: str
    alert: str = ""
    healthy: bool = True


def render_scenario(answers: WizardAnswers) -> str:
    """Return the file's text. Answers of the wrong form give a file with problems: see `problems_of`."""
    parts = [
        _head(answers),
        _render_hypothesis(answers),
        _render_faults(answers),
        _render_page(answers),
        _messages(answers),
        _debrief(answers),
    ]
    return "".join(parts)


def find_problems(text: str, environment: Environment | None, kinds: Kinds) -> list[Problem]:
    """Return the problems that `gameday check` would report for the text."""
    document = parse_document(text, "answers")
    validate_schema(document, "scenario")
    rules.check_scenario_rules(document, environment, kinds)
    return sorted(document.problems)


def format_scalar(text: str) -> str:
    """Format text as a YAML scalar, quoted if a map on one line or on several would read it otherwise."""
    for map_text in (f"{{{text}: {text}}}", f"{text}: {text}"):  # a lone - is text only in the first
        document = parse_document(map_text, "answers")
        if document.problems or document.data != {text: text}:
            return json.dumps(text, ensure_ascii=False)
    return text


def _head(answers: WizardAnswers) -> str:
    kinds = {answers.signal: answers.kind} | ({answers.alert: SignalKind.ALERT} if answers.alert else {})
    signals = "".join(
        f"    {format_scalar(name)}: {{kind: {kind}, means: {_meaning(kind)}}}\n" for name, kind in kinds.items()
    )
    actions = f"  actions:\n    {format_scalar(answers.mitigation)}: restore service\n" if answers.mitigation else ""
    return f"""\
gameday: 1
id: {format_scalar(f"{answers.target}-{answers.fault}"[:64])}
timebox: {format_scalar(answers.timebox)}
requires:
  targets:
    {format_scalar(answers.target)}: "a dependency of {{journey}}"
  signals:
{signals}{actions}  terms: {{journey: {_quoted(answers.journey)}}}

"""


def _meaning(kind: SignalKind) -> str:
    return '"your own alert for {journey}"' if kind is SignalKind.ALERT else '"{journey}, as users see it"'


def _render_hypothesis(answers: WizardAnswers) -> str:
    says = answers.main.statement.format(target=answers.target, amount=answers.amount)
    bound = f"{_BOUNDS[answers.test]} {answers.wanted}"
    statement = f"{says}, {{journey}} still works: {answers.signal} stays {bound}."
    signal, believed = format_scalar(answers.signal), f"{answers.test}: {format_scalar(answers.wanted)}"
    steady = "is: healthy" if answers.healthy else believed
    return f"""\
hypothesis:
  statement: {_quoted(statement)}
  expect:
    - {{signal: {signal}, {believed}, over: 60s}}
steady_state:
  - {{signal: {signal}, {steady}}}
"""


def _render_faults(answers: WizardAnswers) -> str:
    amount = f"{answers.main.key}: {format_scalar(answers.amount)}"
    mitigations = (
        f"mitigations: [{format_scalar(answers.mitigation)}]   # a rehearsal tries each\n" if answers.mitigation else ""
    )
    return f"""\

faults:
  - id: first
    kind: {answers.fault}
    target: {format_scalar(answers.target)}
    {amount}
    at: start+0s..2m                   # hidden: drawn at random from the drill's seed
    # required: without this effect the drill never passes
    shows: {{signal: {format_scalar(answers.signal)}, {_effect_limit(answers)}, by: fault+60s}}
{mitigations}guardrails:                            # the drill halts automatically; the facilitator is warned first
  - {{signal: {format_scalar(answers.signal)}, {_guardrail_limit(answers)}, for: 90s, warn_at: 30s}}

"""


def _render_page(answers: WizardAnswers) -> str:
    say = _quoted(f"{{journey}} is unhealthy: check {answers.signal}.")
    page = (
        f"page:\n  alert: {format_scalar(answers.alert)}\n  fallback: fault+3m\n  say: {say}\n" if answers.alert else ""
    )
    return f"""\
{page}ends: mitigated+2m
objectives:                            # for the team, never for a person
  - {{id: command, moment: ic-announced, by: declared+3m}}
  - {{id: first-update, moment: update, by: declared+5m}}
"""


def _messages(answers: WizardAnswers) -> str:
    box = parse_duration(answers.timebox)
    since, heard = ("paged", "2m") if answers.alert else ("impact", "1m")  # without a page, support tells them
    return f"""\
messages:                              # in the likely order
  - at: impact+{heard}
    from: support
    say: "Several customers report problems with {{journey}}."
  - at: {since}+{_minutes(box / 3)}
    hint: question
    unless: theory
    say: "What changed for users, and since when?"
  - at: {since}+{_minutes(box / 2)}
    hint: pointer
    unless: theory
    say: "What does {{journey}} depend on?"
  - at: mitigated+1m
    from: support
    say: "It is better now. What should I tell these customers?"
    look_for: a reply that names nobody
"""


def _debrief(answers: WizardAnswers) -> str:
    questions = """\
debrief:
  - What told you where to look, and what pointed elsewhere?
  - What could have shown you three minutes sooner?
"""
    if answers.alert:
        return questions
    take = f"\n    - {{at: declared+2m, take: {format_scalar(answers.mitigation)}}}" if answers.mitigation else ""
    return f"""\
{questions}rehearsal:                             # no alert pages, so the responders' part is written out
  responders:
    - {{at: fault+1m, do: declared}}{take}
"""


def _effect_limit(answers: WizardAnswers) -> str:
    """Return the least effect that the fault must show: worse than the baseline."""
    return "below: 0.99x baseline" if answers.test in UPWARDS else "above: 1.2x baseline"


def _guardrail_limit(answers: WizardAnswers) -> str:
    """Return a limit well beyond the expected one, on the bad side."""
    wanted = parse_limit(answers.wanted)
    if answers.test in UPWARDS:
        return f"below: {_written(wanted.value / 2, wanted.relative, answers.kind)}"
    far = 3 * wanted.value or (3.0 if wanted.relative else {SignalKind.COUNT: 10.0}.get(answers.kind, 0.5))
    if answers.kind is SignalKind.RATIO and not wanted.relative:
        far = min(far, (1 + wanted.value) / 2)
    return f"above: {_written(far, wanted.relative, answers.kind)}"


def _written(value: float, relative: bool, kind: SignalKind) -> str:
    if relative:
        return f"{_plain(value)}x baseline"
    if kind is SignalKind.RATIO:
        return f"{_plain(value * 100)}%"
    return f"{_plain(value)}s" if kind is SignalKind.DURATION else _plain(value)


def _plain(value: float) -> str:
    """Format a number without an exponent, which no limit may have."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60)}m"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
