"""Status of each signal of a drill: its latest reading, compared with its limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from gameday.events import BaselineMeasured, Event
from gameday.model import Comparison, Expectation, Plan, Reading, SignalBinding, SignalKind
from gameday.plugins.probe import MeasurementError
from gameday.signals.criterion import build_criterion
from gameday.signals.expectation_evaluator import ExpectationEvaluator, WindowVerdict
from gameday.signals.series import has_value

MAX_SPARKLINE_READINGS = 30


@dataclass(slots=True)
class SignalStatus:
    """One signal. `value` None: it cannot be read, and `why`.

    `limit` is text; `forbidden`: the limit is a guardrail's, so meeting it is bad. `outside`: outside the limit now;
    an alert is outside while it fires.
    """

    signal: str
    kind: SignalKind
    limit: str
    forbidden: bool = False
    baseline: float | None = None
    value: float | None = None
    is_lower_bound: bool = False
    """True if the value is more than that: requests timed out."""
    n: int = 0
    why: str = "no reading yet"
    outside: bool = False
    bound: float | None = None
    """The limit as a number; None without one, or before its baseline is measured."""
    history: deque[float | None] = field(default_factory=lambda: deque[float | None](maxlen=MAX_SPARKLINE_READINGS))

    def scale_top(self) -> float:
        """Return the value of a full bar; bars begin at zero, so that a flat low value is a low bar.

        A ratio has 100%; others the limit, without one twice the baseline, and never less than the highest reading.
        """
        if self.kind in (SignalKind.RATIO, SignalKind.ALERT):
            return 1.0
        values = [value for value in self.history if value is not None]
        usual = self.baseline if self.baseline is not None else min(values, default=0.0)
        reference = self.bound if self.bound is not None else 2 * usual
        return max([reference, self.baseline or 0.0, *values])


class SignalBoard:
    """Status of every signal that the scenario needs, in its order, and of every alert."""

    def __init__(self, plan: Plan) -> None:
        self._bindings = plan.environment.signals
        self._limits = {name: _limit(plan, self._bindings[name]) for name in _signal_names(plan)}
        self._baselines: dict[str, float] = {}
        self._evaluators = {
            name: ExpectationEvaluator(limit, self._baselines, self._bindings)
            for name, limit in self._limits.items()
            if limit
        }
        guardrails = {guardrail.expectation for guardrail in plan.scenario.guardrails}
        self.all = {
            name: SignalStatus(name, self._bindings[name].kind, "", limit in guardrails)
            for name, limit in self._limits.items()
        }
        for status in self.all.values():
            self._resolve_limit(status)

    def event(self, event: Event) -> None:
        match event.body:
            case BaselineMeasured(signal=name, value=float() | int() as value) if name in self.all:
                status = self.all[name]
                self._baselines[name] = status.baseline = value
                self._resolve_limit(status)
            case _:
                pass

    def reading(self, reading: Reading) -> None:
        status = self.all.get(reading.signal)
        if status is None:
            return
        status.history.append(reading.value if has_value(reading) else None)
        if reading.signal in self._evaluators:
            self._evaluators[reading.signal].feed(reading)
        else:
            _record_reading(status, reading)

    def evaluate(self, now: float) -> None:
        """Evaluate the readings up to `now`; a ratio on few samples includes earlier ones."""
        for name, evaluator in self._evaluators.items():
            status = self.all[name]
            if not status.history:
                continue  # the first reading is still to come: early, not a failure
            judgement = evaluator.evaluate(now, float("-inf"))
            readable = judgement.verdict is not WindowVerdict.UNREADABLE
            status.value, status.is_lower_bound = judgement.value if readable else None, judgement.is_lower_bound
            status.n, status.why = judgement.n, "" if readable else _short_reason(name, judgement.say)
            status.outside = judgement.verdict is (WindowVerdict.MET if _bad_when_met(status) else WindowVerdict.UNMET)

    def _resolve_limit(self, status: SignalStatus) -> None:
        """Set the limit as text and as a number, which may need the baseline."""
        limit = self._limits[status.signal]
        if limit is None:
            return
        try:
            criterion = build_criterion(limit, self._baselines, self._bindings[status.signal])
        except MeasurementError:
            status.limit = str(limit).removeprefix(f"{status.signal} ")
        else:
            status.limit, status.bound = criterion.say.removeprefix("limit: "), criterion.bound


def _bad_when_met(status: SignalStatus) -> bool:
    return status.forbidden or status.kind is SignalKind.ALERT


def _short_reason(name: str, reason: str) -> str:
    """Return the reason without the signal's name, which screens show beside it."""
    return reason.removeprefix(f"{name} cannot be read: ")


def _record_reading(status: SignalStatus, reading: Reading) -> None:
    readable = has_value(reading)
    status.value = reading.value if readable else None
    status.n, status.why = reading.n, "" if readable else reading.error


def _signal_names(plan: Plan) -> Iterator[str]:
    """Yield what the scenario needs, in its order, then every alert of the environment."""
    bindings = plan.environment.signals
    alerts = (name for name, binding in bindings.items() if binding.kind is SignalKind.ALERT)
    return iter(dict.fromkeys(name for name in (*plan.scenario.requires.signals, *alerts) if name in bindings))


def _limit(plan: Plan, binding: SignalBinding) -> Expectation | None:
    """Return the healthy limit; else the hypothesis's limit; else the guardrail's.

    Only the latest reading is compared with it: a judgement over time is the drill's.
    """
    if binding.kind is SignalKind.ALERT:
        return Expectation(binding.signal, Comparison.FIRES)
    if binding.healthy is not None:
        return binding.healthy
    expectations = (hold for hold in plan.scenario.expect if hold.signal == binding.signal and hold.limit is not None)
    guardrails = (rail.expectation for rail in plan.scenario.guardrails if rail.signal == binding.signal)
    return next(expectations, None) or next(guardrails, None)
