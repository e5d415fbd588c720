"""A test with its limit as a number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gameday.model import Expectation, Limit, SignalBinding, Test
from gameday.plugins.probe import MeasurementError
from gameday.signals.value_format import format_limit

TINY = 1e-9
"""Sums of ratios are not exact: 0.97 as 97 of 100 must be at least 97%."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """`bound`: the limit as a number. `say`: the limit in words, `limit: at most 800ms`; empty for an alert."""

    test: Test
    bound: float
    say: str

    def met_by(self, value: float) -> bool:
        slack = TINY * max(1.0, abs(self.bound))
        if self.test in (Test.AT_LEAST, Test.FIRES):
            return value >= self.bound - slack
        if self.test is Test.AT_MOST:
            return value <= self.bound + slack
        return value > self.bound + slack if self.test is Test.ABOVE else value < self.bound - slack


def criterion(expectation: Expectation, usual: Mapping[str, float], binding: SignalBinding) -> Criterion:
    """Raises NoValue in words: no word on what is good here, no usual to be a multiple of."""
    if expectation.test is Test.IS_HEALTHY:
        if binding.good is None:
            raise MeasurementError("the environment does not say what is good")
        found = criterion(binding.good, usual, binding)
        return replace(found, say=found.say.replace("limit:", "good:"))
    if expectation.test is Test.FIRES:
        return Criterion(Test.FIRES, 1.0, "")
    if expectation.limit is None:
        raise MeasurementError("no limit is given")
    bound = _bound(expectation.limit, usual.get(binding.signal))
    words = format_limit(binding.kind, expectation.test, expectation.limit, bound)
    return Criterion(expectation.test, bound, f"limit: {words}")


def _bound(limit: Limit, usual: float | None) -> float:
    if not limit.relative:
        return limit.value
    if usual is None or not math.isfinite(usual):
        raise MeasurementError("its usual was not measured")
    if usual <= 0:
        raise MeasurementError("its usual is 0: no multiple of that is a limit")
    return limit.value * usual
