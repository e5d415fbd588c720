"""A test with its limit as a number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gameday.model import Comparison, Expectation, Limit, SignalBinding
from gameday.plugins.probe import MeasurementError
from gameday.units import format_limit

TINY = 1e-9
"""Sums of ratios are not exact: 0.97 as 97 of 100 must be at least 97%."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """`bound`: the limit as a number. `say`: the limit in words, `limit: at most 800ms`; empty for an alert."""

    test: Comparison
    bound: float
    say: str

    def is_met_by(self, value: float) -> bool:
        slack = TINY * max(1.0, abs(self.bound))
        if self.test in (Comparison.AT_LEAST, Comparison.FIRES):
            return value >= self.bound - slack
        if self.test is Comparison.AT_MOST:
            return value <= self.bound + slack
        return value > self.bound + slack if self.test is Comparison.ABOVE else value < self.bound - slack

    def is_met_above(self, floor: float) -> bool | None:
        """Return whether every value above `floor` meets it, or none; None where that depends on the value."""
        if floor < self.bound - TINY * max(1.0, abs(self.bound)):
            return None
        return self._is_minimum

    def margin(self, value: float) -> float:
        """Return the distance of a value from the limit; negative where it is beyond."""
        return value - self.bound if self._is_minimum else self.bound - value

    @property
    def _is_minimum(self) -> bool:
        return self.test in (Comparison.AT_LEAST, Comparison.ABOVE, Comparison.FIRES)


_OPPOSITES = {
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.AT_MOST: Comparison.ABOVE,
    Comparison.ABOVE: Comparison.AT_MOST,
    Comparison.BELOW: Comparison.AT_LEAST,
}


def build_criterion(expectation: Expectation, baseline: Mapping[str, float], binding: SignalBinding) -> Criterion:
    """Resolve the limit. Raises MeasurementError: no healthy limit here, no baseline to be a multiple of."""
    if expectation.test in (Comparison.IS_HEALTHY, Comparison.NOT_HEALTHY):
        return _health(expectation.test, baseline, binding)
    if expectation.test is Comparison.FIRES:
        return Criterion(Comparison.FIRES, 1.0, "")
    if expectation.limit is None:
        raise MeasurementError("missing limit")
    bound = _bound(expectation.limit, baseline.get(binding.signal))
    words = format_limit(binding.kind, expectation.test, expectation.limit, bound)
    return Criterion(expectation.test, bound, f"limit: {words}")


def _health(test: Comparison, baseline: Mapping[str, float], binding: SignalBinding) -> Criterion:
    """Resolve the environment's own limit, or its opposite."""
    if binding.healthy is None:
        raise MeasurementError("the environment does not define a healthy limit")
    healthy = build_criterion(binding.healthy, baseline, binding)
    healthy = replace(healthy, say=healthy.say.replace("limit:", "healthy:"))
    return healthy if test is Comparison.IS_HEALTHY else replace(healthy, test=_OPPOSITES[healthy.test])


def _bound(limit: Limit, baseline: float | None) -> float:
    if not limit.relative:
        return limit.value
    if baseline is None or not math.isfinite(baseline):
        raise MeasurementError("its baseline was not measured")
    if baseline <= 0:
        raise MeasurementError("its baseline is 0, so no multiple of it can be a limit")
    return limit.value * baseline
