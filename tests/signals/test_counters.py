"""Counters whose answers arrive out of order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.plugins.probe import MeasurementError
from gameday.signals.counters import CounterRatio


def answered(order: Sequence[int], good: Sequence[int], total: Sequence[int]) -> list[tuple[float, int]]:
    counters = CounterRatio()
    questions = [counters.next_request_number() for _ in order]
    found: list[tuple[float, int]] = []
    for index in order:
        try:
            measured = counters.ratio_since_last(questions[index], good[index], total[index])
        except MeasurementError:
            continue
        assert measured.value is not None
        found.append((measured.value, measured.n))
    return found


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=8), st.data())
def test_every_sample_is_counted_exactly_once(steps: list[tuple[int, int]], data: st.DataObject) -> None:
    good, total = [0], [0]
    for right, wrong in steps:
        good.append(good[-1] + right)
        total.append(total[-1] + right + wrong)
    order = data.draw(st.permutations(range(len(good))))
    found = answered(order, good, total)
    assert sum(n for _, n in found) == total[-1] - total[order[0]] if order[0] < len(good) - 1 else not found
    assert round(sum(value * n for value, n in found)) == good[-1] - good[order[0]]


def test_a_ratio_covers_the_time_since_the_last_answer() -> None:
    counters = CounterRatio(every=0.5)
    first, _unanswered, third = (counters.next_request_number() for _ in range(3))
    with pytest.raises(MeasurementError):
        counters.ratio_since_last(first, 0.0, 0.0)
    assert counters.ratio_since_last(third, 5.0, 10.0).over == 1.0, "two requests, half a second each"
