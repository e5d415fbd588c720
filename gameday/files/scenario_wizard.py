"""Prompts of the scenario wizard: questions, default answers, and what an answer changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from gameday.errors import BadArguments
from gameday.files.rules.faults import Kinds
from gameday.files.scenario_template import WizardAnswers
from gameday.model import Comparison, Environment, SignalKind
from gameday.plugins.parameters import MainParameter
from gameday.suggestions import did_you_mean, one_of
from gameday.units import format_duration, parse_duration, parse_limit

NONE = "none"
GENTLEST = "latency"
MIN_TIMEBOX_S, MAX_TIMEBOX_S = 600.0, 14_400.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TESTS = {"at most": "at_most", "at least": "at_least", "above": "above", "below": "below",
          "<=": "at_most", ">=": "at_least", ">": "above", "<": "below"}  # fmt: skip
_BELIEVED = re.compile(r"(at most|at least|above|below|<=|>=|<|>)\s*(\S.*)")
_LIMITS = {SignalKind.RATIO: "at least 97%", SignalKind.DURATION: "at most 3s", SignalKind.COUNT: "at most 10"}


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt of the wizard.

    `number`: the step it belongs to, of six; `default`: the answer of an empty line; `apply`: returns the answers with
    this one in it (raises ValueError with a sentence)."""

    number: int
    asks: Callable[[WizardAnswers], str]
    default: Callable[[WizardAnswers], str]
    apply: Callable[[WizardAnswers, str], WizardAnswers]


@dataclass(frozen=True, slots=True)
class WizardContext:
    """The environment whose names are suggested.

    `strict`: other names are refused. `faults`: the kinds it allows; `kinds`: the kinds of each injector."""

    environment: Environment
    faults: tuple[str, ...]
    kinds: Kinds
    strict: bool = False

    def faults_of(self, target: str) -> tuple[str, ...]:
        """Return the kinds that the target's injector supports; of an unbound target, all."""
        known = self._main_parameters(target)
        return tuple(kind for kind in known if kind in self.faults) or self.faults

    def main_parameter(self, target: str, fault: str) -> MainParameter:
        """Return the parameter that says how much of the fault, as the target's injector has it."""
        known = self._main_parameters(target)
        return known.get(fault) or list_main_parameters(self.kinds)[fault]

    def _main_parameters(self, target: str) -> Mapping[str, MainParameter]:
        bound = self.environment.targets.get(target)
        if bound is None:
            return list_main_parameters(self.kinds)
        return list_main_parameters({bound.injector: self.kinds.get(bound.injector, {})})

    def validate_name(self, text: str, what: str, known: Collection[str], example: str) -> str:
        """Validate a name; with `strict`, one that the environment has. Raises ValueError."""
        if not _NAME.fullmatch(text):
            raise ValueError(f"invalid name {text!r}: use letters, digits, -, _ and ., such as {example}")
        if self.strict and text not in known:
            meant = did_you_mean(text, known) or (one_of(known) if known else "bind it in gameday.yaml first")
            raise ValueError(f"environment {self.environment.name} has no {what} {text!r}: {meant}")
        return text


def list_main_parameters(kinds: Kinds) -> dict[str, MainParameter]:
    """Return the main parameter of each kind that has one, the gentlest kind first."""
    known = {kind: params.main for by_kind in kinds.values() for kind, params in by_kind.items() if params.main}
    return dict(sorted(known.items(), key=lambda item: item[0] != GENTLEST))


def load_wizard_context(environment: Environment, kinds: Kinds, *, strict: bool) -> WizardContext:
    """Return the wizard's context. Raises BadArguments if there is no target, signal or allowed kind."""
    offered = list_main_parameters(kinds)
    allowed = tuple(kind for kind in offered if kind in (environment.kinds or offered))
    if not allowed:
        raise BadArguments(f"environment {environment.name} allows none of: {', '.join(offered)}")
    lacks = [what for what, known in (("target", environment.targets), ("signal", environment.signals)) if not known]
    if strict and lacks:
        raise BadArguments(f"environment {environment.name} has no {' and no '.join(lacks)} yet", "Bind one first.")
    return WizardContext(environment, allowed, kinds, strict)


def list_questions(here: WizardContext) -> tuple[Question, ...]:
    """Return the prompts in order."""
    targets = here.environment.targets
    some = f" ({', '.join(targets)})" if len(targets) > 1 else ""
    which_target = _fixed_text(f"Which target should fail?{some}")
    return (
        Question(1, _fixed_text("What do your users do? Name of the journey"), lambda done: done.journey, _journey),
        Question(1, which_target, lambda done: done.target, partial(_target, here)),
        Question(2, partial(_asks_fault, here), lambda answers: answers.fault, partial(_fault, here)),
        Question(2, lambda answers: answers.main.question, lambda answers: answers.amount, _amount),
        Question(3, _fixed_text("Which signal shows user impact?"), lambda done: done.signal, partial(_signal, here)),
        Question(4, _asks_belief, _believed, partial(_belief, here)),
        Question(
            5, _fixed_text("Which action mitigates it (or none)?"), _mitigation_or_none, partial(_mitigation, here)
        ),
        Question(6, _fixed_text("Timebox?"), lambda answers: answers.timebox, _timebox),
    )


def _mitigation_or_none(answers: WizardAnswers) -> str:
    return answers.mitigation or NONE


def default_answers(here: WizardContext) -> WizardAnswers:
    """Return default answers that fit the environment; its first alert pages."""
    environment = here.environment
    target = next(iter(environment.targets), "database")
    fault = here.faults_of(target)[0]
    main = here.main_parameter(target, fault)
    alerts = [name for name, bound in environment.signals.items() if bound.kind is SignalKind.ALERT]
    begun = WizardAnswers(
        journey=environment.terms.get("journey", "checkout"),
        target=target,
        fault=fault,
        main=main,
        amount=main.default,
        signal="journey-p95",
        kind=SignalKind.DURATION,
        test="at_most",
        wanted="3s",
        mitigation=next(iter(environment.actions), ""),
        timebox="30m",
        alert=next(iter(alerts), ""),
    )
    return _signal(here, begun, _default_signal(environment))


def _default_signal(environment: Environment) -> str:
    """Return the signal that shows most about users: a duration with a healthy limit first."""
    order = (SignalKind.DURATION, SignalKind.RATIO, SignalKind.COUNT)
    known = [(bound.healthy is None, order.index(bound.kind), name)
             for name, bound in environment.signals.items() if bound.kind in order]  # fmt: skip
    return min(known, key=lambda item: item[:2], default=(True, 0, "journey-p95"))[2]


def _fixed_text(text: str) -> Callable[[WizardAnswers], str]:
    return lambda _: text


def _asks_belief(answers: WizardAnswers) -> str:
    return f"What do you expect to hold: {answers.signal} is"


def _journey(answers: WizardAnswers, text: str) -> WizardAnswers:
    if not text.isprintable() or len(text) > 60:
        raise ValueError("the journey must be at most 60 printable characters, such as checkout")
    return replace(answers, journey=text)


def _target(here: WizardContext, answers: WizardAnswers, text: str) -> WizardAnswers:
    target = here.validate_name(text, "target", here.environment.targets, "database")
    faults = here.faults_of(target)
    fault = answers.fault if answers.fault in faults else faults[0]
    main = here.main_parameter(target, fault)
    return replace(answers, target=target, fault=fault, main=main, amount=main.default)


def _asks_fault(here: WizardContext, answers: WizardAnswers) -> str:
    return f"Which fault: {', '.join(here.faults_of(answers.target))}?"


def _fault(here: WizardContext, answers: WizardAnswers, text: str) -> WizardAnswers:
    faults = here.faults_of(answers.target)
    if text not in faults:
        raise ValueError(f"unknown fault {text!r}: {did_you_mean(text, faults) or one_of(faults)}")
    main = here.main_parameter(answers.target, text)
    return replace(answers, fault=text, main=main, amount=main.default)


def _amount(answers: WizardAnswers, text: str) -> WizardAnswers:
    return replace(answers, amount=text)


def _signal(here: WizardContext, answers: WizardAnswers, text: str) -> WizardAnswers:
    """Set the signal, with its kind from the environment or from the limit in the answer."""
    signals = here.environment.signals
    bound = signals.get(text if text in signals else here.validate_name(text, "signal", signals, "journey-p95"))
    if bound is not None and bound.kind is SignalKind.ALERT:
        raise ValueError(f"{text!r} is an alert: name the signal that it watches, such as journey-p95")
    kind = bound.kind if bound is not None else answers.kind
    believed = replace(answers, signal=text, kind=kind, healthy=bound is None or bound.healthy is not None)
    return _belief(here, believed, _LIMITS[kind])


def _believed(answers: WizardAnswers) -> str:
    return f"{Comparison(answers.test).text} {answers.wanted}"


def _belief(here: WizardContext, answers: WizardAnswers, text: str) -> WizardAnswers:
    """Parse `at most 2s`, `at_least 97%` or `<= 10`; the limit decides the kind of an unbound signal."""
    match = _BELIEVED.fullmatch(text.replace("_", " "))
    if match is None:
        raise ValueError(
            f"invalid expectation {text!r}: write at most, at least, above or below and a limit, such as at most 2s"
        )
    wanted = match[2].strip()
    kind = _kind(wanted, answers.kind)
    known = answers.signal in here.environment.signals
    return replace(answers, test=_TESTS[match[1]], wanted=wanted, kind=answers.kind if known else kind)


def _kind(wanted: str, otherwise: SignalKind) -> SignalKind:
    """Return the kind of signal that a limit belongs to. Raises ValueError for an invalid limit."""
    if parse_limit(wanted).relative:
        return otherwise
    if wanted.endswith("%"):
        return SignalKind.RATIO
    return SignalKind.DURATION if wanted[-1].isalpha() else SignalKind.COUNT


def _mitigation(here: WizardContext, answers: WizardAnswers, text: str) -> WizardAnswers:
    if text.lower() == NONE:
        return replace(answers, mitigation="")
    action = here.validate_name(text, "action", here.environment.actions, "shed-optional-work")
    return replace(answers, mitigation=action)


def without_unknown_alert(answers: WizardAnswers, here: WizardContext) -> WizardAnswers:
    """Drop the alert unless target and signal are this environment's: a foreign alert pages nobody."""
    known = answers.target in here.environment.targets and answers.signal in here.environment.signals
    return answers if known else replace(answers, alert="")


def _timebox(answers: WizardAnswers, text: str) -> WizardAnswers:
    if not MIN_TIMEBOX_S <= parse_duration(text) <= MAX_TIMEBOX_S:
        limits = f"{format_duration(MIN_TIMEBOX_S)} and {format_duration(MAX_TIMEBOX_S)}"
        raise ValueError(f"the timebox of a first drill must be between {limits}, such as 30m")
    return replace(answers, timebox=text)
