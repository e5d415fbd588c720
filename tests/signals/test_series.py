"""Aggregates, baselines and the bounded memory of a series of readings."""

from __future__ import annotations

import pytest

from gameday.model import Reading, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.baseline import compute_baseline
from gameday.signals.series import Series

FEW = [(1.0, 0.5, 10), (2.0, 1.0, 30), (3.0, None, 0), (4.0, 0.75, 1), (5.0, float("nan"), 5)]


def series(kind: SignalKind, keep: float = 60.0) -> Series:
    made = Series(kind, keep)
    for at, value, n in reversed(FEW):
        made.add(Reading("x", at, value, n, "" if value else "no answer"))
    return made


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (SignalKind.RATIO, (5 + 30 + 0.75) / 41),
        (SignalKind.DURATION, 0.75),
        (SignalKind.COUNT, 0.75),
        (SignalKind.ALERT, 1.0),
    ],
)
def test_each_kind_has_its_own_aggregation(kind: SignalKind, value: float) -> None:
    found = series(kind).aggregate(0.0, 9.0)
    assert found.value == pytest.approx(value)
    assert found.n == 41


def test_adjacent_windows_share_no_reading() -> None:
    made = series(SignalKind.RATIO)
    assert [reading.at for reading in made.window(0.0, 2.0)] == [1.0, 2.0]
    assert [reading.at for reading in made.window(2.0, 9.0)] == [3.0, 4.0, 5.0]
    assert made.last is not None
    assert made.last.at == 5.0


def test_window_without_values_has_a_reason() -> None:
    made = series(SignalKind.RATIO)
    assert made.aggregate(2.0, 3.0) == Measurement(None, 0, "no answer")
    assert made.aggregate(7.0, 9.0) == Measurement(None, 0, "no readings")
    assert compute_baseline(made, 7.0, 9.0) == Measurement(None, 0, "no readings")


def test_baseline_of_a_count_is_the_median_and_of_others_the_aggregate() -> None:
    made = Series(SignalKind.COUNT)
    for at, value in enumerate([4.0, 5.0, 90.0]):
        made.add(Reading("x", float(at), value, 1))
    assert compute_baseline(made, -1.0, 9.0) == Measurement(5.0, 3)
    ratio = series(SignalKind.RATIO)
    assert compute_baseline(ratio, 0.0, 9.0) == ratio.aggregate(0.0, 9.0)


def test_old_readings_are_dropped_and_the_window_stays_complete() -> None:
    made = Series(SignalKind.COUNT, keep=10.0)
    for at in range(1000):
        made.add(Reading("x", float(at), 1.0, 1))
        assert len(made.window(-1.0, 2000.0)) <= 21
    assert len(made.window(989.0, 999.0)) == 10
