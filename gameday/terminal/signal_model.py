"""Each signal of a drill as it was last read, and whether that is outside what is good."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from gameday.events.access import number, text
from gameday.model import Event, Expectation, Plan, Reading, SignalBinding, SignalKind, Test
from gameday.signals.criterion import criterion
from gameday.signals.expectation_evaluator import ExpectationEvaluator, Verdict
from gameday.signals.probe import MeasurementError
from gameday.signals.series import has_value

KEPT = 30
"""Readings in the small picture."""


@dataclass(slots=True)
class SignalModel:
    """`limit` in words; `breaks`: the limit says what must not be (a guardrail's). `value` None: it cannot be
    read, and `why`. `outside`: outside the limit now; an alert is outside while it fires."""

    signal: str
    kind: SignalKind
    limit: str
    breaks: bool = False
    usual: float | None = None
    value: float | None = None
    n: int = 0
    why: str = "no reading yet"
    outside: bool = False
    last: deque[float | None] = field(default_factory=lambda: deque[float | None](maxlen=KEPT))


class SignalModels:
    """Fed with readings and with the events that say what is usual; `all` in the order of the scenario's needs."""

    def __init__(self, plan: Plan) -> None:
        self._bindings = plan.environment.signals
        self._limits = {name: _limit(plan, self._bindings[name]) for name in _names(plan)}
        self._usual: dict[str, float] = {}
        self._watches = {
            name: ExpectationEvaluator(limit, self._usual, self._bindings)
            for name, limit in self._limits.items()
            if limit
        }
        guardrails = {one.expectation for one in plan.scenario.guardrails}
        self.all = {
            name: SignalModel(name, self._bindings[name].kind, self._words(name), limit in guardrails)
            for name, limit in self._limits.items()
        }

    def event(self, event: Event) -> None:
        found = self.all.get(text(event.data, "signal"))
        value = number(event.data, "value")
        if event.kind == "usual" and found is not None and value is not None:
            self._usual[found.signal] = found.usual = value
            found.limit = self._words(found.signal)

    def reading(self, reading: Reading) -> None:
        found = self.all.get(reading.signal)
        if found is None:
            return
        found.last.append(reading.value if has_value(reading) else None)
        if reading.signal in self._watches:
            self._watches[reading.signal].feed(reading)
        else:
            _take(found, reading)

    def look(self, now: float) -> None:
        """What the readings so far mean at `now`: a ratio on few samples is joined with those before it."""
        for name, watch in self._watches.items():
            found = self.all[name]
            if not found.last:
                continue  # nothing was read yet: that is early, and no trouble
            judgement = watch.evaluate(now, float("-inf"))
            readable = judgement.verdict is not Verdict.UNREADABLE
            found.value = judgement.value if readable else None
            found.n, found.why = judgement.n, "" if readable else _why(name, judgement.say)
            found.outside = judgement.verdict is (Verdict.MET if self._bad_when_met(found) else Verdict.UNMET)

    def _bad_when_met(self, found: SignalModel) -> bool:
        return found.breaks or found.kind is SignalKind.ALERT

    def _words(self, name: str) -> str:
        limit = self._limits[name]
        if limit is None:
            return ""
        try:
            return criterion(limit, self._usual, self._bindings[name]).say.removeprefix("limit: ")
        except MeasurementError:
            return str(limit).removeprefix(f"{name} ")


def _why(name: str, said: str) -> str:
    """The name stands beside it already."""
    return said.removeprefix(f"{name} cannot be read: ")


def _take(found: SignalModel, reading: Reading) -> None:
    readable = has_value(reading)
    found.value = reading.value if readable else None
    found.n, found.why = reading.n, "" if readable else reading.error


def _names(plan: Plan) -> Iterator[str]:
    """What the scenario needs, in its order, and every alert of the environment."""
    bindings = plan.environment.signals
    alerts = (name for name, binding in bindings.items() if binding.kind is SignalKind.ALERT)
    return iter(dict.fromkeys(name for name in (*plan.scenario.requires.signals, *alerts) if name in bindings))


def _limit(plan: Plan, binding: SignalBinding) -> Expectation | None:
    """What is healthy here; else what the hypothesis wants of it; else what its guardrail forbids. The latest reading
    is held against it: what it comes to over a while is the drill's to judge."""
    if binding.kind is SignalKind.ALERT:
        return Expectation(binding.signal, Test.FIRES)
    if binding.healthy is not None:
        return binding.healthy
    hoped = (one for one in plan.scenario.expect if one.signal == binding.signal and one.limit is not None)
    forbidden = (one.expectation for one in plan.scenario.guardrails if one.signal == binding.signal)
    return next(hoped, None) or next(forbidden, None)
