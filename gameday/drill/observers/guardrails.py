"""Observer of guardrails, the conditions that halt a drill, and of guardrails that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from typing_extensions import override

from gameday.drill.observers.observer import BaselineValues, Observer, round_value
from gameday.drill.state import DrillState
from gameday.events import GuardrailBroken, GuardrailWarned, NewEvent, SignalUnreadable
from gameday.model import Guardrail, Phase, Reading, Source
from gameday.signals.expectation_evaluator import Judgement, WindowVerdict

GuardrailBody = TypeVar("GuardrailBody", GuardrailBroken, GuardrailWarned)


class GuardrailObserver(Observer):
    """Observer of one guardrail: it warns once and breaks once."""

    def __init__(self, index: int, guardrail: Guardrail, baseline: BaselineValues) -> None:
        self._index = index
        self._guardrail = guardrail
        self._signal = guardrail.signal
        breach = guardrail.expectation
        self._breach = baseline.evaluator(breach, whole_windows=False)
        warning = replace(breach, hold=guardrail.warn_at)
        self._warning = baseline.evaluator(warning, whole_windows=False) if guardrail.warn_at else None
        self._warned = self._broken = False
        self._blind_since: float | None = None

    @override
    def feed(self, reading: Reading) -> None:
        self._breach.feed(reading)
        if self._warning is not None:
            self._warning.feed(reading)

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        if state.phase is not Phase.RUNNING or state.started_at is None or self._broken:
            return []
        return self._warn(now, state.started_at) + self._break(now, state.started_at)

    def _warn(self, now: float, since: float) -> list[NewEvent]:
        if self._warned or self._warning is None:
            return []
        judgement = self._warning.evaluate(now, since)
        if judgement.verdict is not WindowVerdict.MET:
            return []
        self._warned = True
        return [NewEvent(self._body(GuardrailWarned, judgement))]

    def _body(self, event: type[GuardrailBody], judgement: Judgement) -> GuardrailBody:
        return event(
            self._signal, round_value(judgement), judgement.n, judgement.say, judgement.is_lower_bound,
            guardrail=self._index,
        )  # fmt: skip

    def _break(self, now: float, since: float) -> list[NewEvent]:
        judgement = self._breach.evaluate(now, since)
        if judgement.verdict is WindowVerdict.MET:
            self._broken = True
            return [NewEvent(self._body(GuardrailBroken, judgement), source=Source.PROBE)]
        if judgement.verdict is not WindowVerdict.UNREADABLE:
            self._blind_since = None
            return []
        self._blind_since = now if self._blind_since is None else self._blind_since
        return self._check_unreadable(now - self._blind_since, judgement.say)

    def _check_unreadable(self, seconds: float, say: str) -> list[NewEvent]:
        """Halt the drill once a guardrail was unreadable for its own time: it protects nothing."""
        if seconds < self._guardrail.hold:
            return []
        self._broken = True
        body = SignalUnreadable(self._signal, round(seconds, 1), say, self._index)
        return [NewEvent(body, source=Source.PROBE)]

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        return []
