"""Laws of the figures over several drills."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.scorecards.statistics import CensorableTime, format_share_met, median, wilson_interval

COUNTS = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
TIMES = st.lists(st.builds(CensorableTime, st.floats(0, 1e6), st.booleans()), min_size=5, max_size=60)


@given(COUNTS)
def test_wilson_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    met, of = counts
    found, mirrored = wilson_interval(met, of), wilson_interval(of - met, of)
    assert 0 <= found.low <= met / of <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high)
    assert found.high - found.low > wilson_interval(met * 4, of * 4).high - wilson_interval(met * 4, of * 4).low


def test_wilson_against_published_figures() -> None:
    """4 of 6 and 0 of 10 at 95 %, as in Brown, Cai and DasGupta's definition."""
    assert wilson_interval(4, 6).low == pytest.approx(0.2999, abs=1e-3)
    assert wilson_interval(4, 6).high == pytest.approx(0.9032, abs=1e-3)
    assert wilson_interval(0, 10).high == pytest.approx(0.2775, abs=1e-3)


@pytest.mark.parametrize(("met", "of"), [(1, 0), (3, 2), (-1, 4)])
def test_no_share_is_an_error(met: int, of: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        wilson_interval(met, of)


def test_counts_are_said_with_their_interval_and_not_for_few() -> None:
    assert format_share_met(4, 6) == "4 of 6 [30 to 90%]"
    assert format_share_met(3, 3) == "too few to compare (n=3)"


@given(TIMES)
def test_the_median_lies_in_its_interval_whatever_the_order(times: list[CensorableTime]) -> None:
    found = median(times)
    assert found is not None and found == median(times[::-1])
    assert found.interval.low <= found.seconds <= found.interval.high
    assert found.coverage >= 0.9 and found.n == len(times)


@given(TIMES)
def test_cutting_times_short_only_widens_what_is_unknown(times: list[CensorableTime]) -> None:
    known, cut = (
        median([CensorableTime(t.seconds) for t in times]),
        median([CensorableTime(t.seconds, True) for t in times]),
    )
    assert known and cut
    assert not known.at_least and cut.at_least
    assert cut.interval.high == inf and cut.interval.low == known.interval.low


def test_no_median_below_five_and_the_known_ranks() -> None:
    assert median([CensorableTime(1.0)] * 4) is None
    five, ten = (
        median([CensorableTime(float(i)) for i in range(1, 6)]),
        median([CensorableTime(float(i)) for i in range(1, 11)]),
    )
    assert five and ten
    assert (five.interval.low, five.interval.high, five.coverage) == (1, 5, 0.9375)
    assert (ten.interval.low, ten.interval.high) == (2, 9)
