"""The four verdicts on readings, and the laws that they follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday import units
from gameday.model import Comparison, Expectation, Limit, Reading, SignalBinding, SignalKind
from gameday.signals.expectation_evaluator import ExpectationEvaluator, Judgement, WindowVerdict

RATIO, DURATION, COUNT, ALERT = SignalKind.RATIO, SignalKind.DURATION, SignalKind.COUNT, SignalKind.ALERT
NOT = Comparison.NOT_HEALTHY
MET, UNMET, UNREADABLE, WAITING = (
    WindowVerdict.MET,
    WindowVerdict.UNMET,
    WindowVerdict.UNREADABLE,
    WindowVerdict.WAITING,
)


def expect(test: Comparison, limit: str = "", over: float | None = None, hold: float | None = None) -> Expectation:
    return Expectation("x", test, units.parse_limit(limit) if limit else None, over=over, hold=hold)


def bind(kind: SignalKind, healthy: Expectation | None = None, every: float = 1.0) -> SignalBinding:
    return SignalBinding("x", kind, "http", {}, every=every, healthy=healthy)


def each_second(*values: float | None, n: int = 10, start: float = 1.0) -> list[Reading]:
    return [
        Reading("x", start + index, value, 0 if value is None else n, "no answer" if value is None else "")
        for index, value in enumerate(values)
    ]


def judge(
    wanted: Expectation,
    binding: SignalBinding,
    readings: Sequence[Reading],
    now: float | None = None,
    since: float = 0.0,
    usual: float | None = None,
) -> Judgement:
    watch = ExpectationEvaluator(wanted, {} if usual is None else {"x": usual}, {"x": binding})
    for reading in readings:
        watch.feed(reading)
    return watch.evaluate(readings[-1].at if now is None else now, since)


SLOW = expect(Comparison.AT_MOST, "3x baseline")
MOSTLY = expect(Comparison.AT_LEAST, "97%", over=4)
BREACH = expect(Comparison.BELOW, "50%", hold=4)


def test_the_latest_reading_is_held_against_the_limit() -> None:
    found = judge(SLOW, bind(DURATION), each_second(0.3, 3.4, n=24), usual=0.36)
    assert (found.verdict, found.value, found.n) == (UNMET, 3.4, 24)
    assert found.say == "x is 3.4 s, limit: at most 3x baseline (1.1 s), n 24"
    assert judge(SLOW, bind(DURATION), each_second(3.4, 0.3), usual=0.36).verdict is MET


@pytest.mark.parametrize(
    ("test", "value", "verdict"),
    [
        (Comparison.AT_LEAST, 12, MET), (Comparison.AT_LEAST, 11.9, UNMET), (Comparison.AT_MOST, 12, MET),
        (Comparison.AT_MOST, 12.1, UNMET),
        (Comparison.ABOVE, 12, UNMET), (Comparison.ABOVE, 12.1, MET), (Comparison.BELOW, 12, UNMET),
        (Comparison.BELOW, 11.9, MET),
    ],
)  # fmt: skip
def test_at_the_limit(test: Comparison, value: float, verdict: WindowVerdict) -> None:
    assert judge(expect(test, "12"), bind(COUNT), each_second(value)).verdict is verdict


def test_healthy_is_what_the_environment_says() -> None:
    binding = bind(DURATION, healthy=expect(Comparison.AT_MOST, "800ms"))
    found = judge(expect(Comparison.IS_HEALTHY), binding, each_second(0.3))
    assert (found.verdict, found.say) == (MET, "x is 300 ms, healthy: at most 800ms, n 10")
    assert judge(expect(Comparison.IS_HEALTHY), binding, each_second(0.9)).verdict is UNMET
    assert judge(expect(Comparison.IS_HEALTHY), bind(DURATION), each_second(0.3)).verdict is UNREADABLE


@pytest.mark.parametrize("limit", list(Comparison)[:4])
def test_not_healthy_is_outside_the_limit_of_the_environment(limit: Comparison) -> None:
    """Test that exactly one of two opposite expectations holds for a reading; without a limit neither is judged."""
    binding = bind(COUNT, healthy=expect(limit, "12"))
    for value in (11, 12, 13):
        verdicts = {judge(expect(test), binding, each_second(value)).verdict for test in (Comparison.IS_HEALTHY, NOT)}
        assert verdicts == {MET, UNMET}
    assert judge(expect(NOT), bind(COUNT), each_second(13)).verdict is UNREADABLE


def test_an_alert_fires_or_is_silent() -> None:
    found = judge(expect(Comparison.FIRES), bind(ALERT), each_second(0, 1, n=1))
    assert (found.verdict, found.say) == (MET, "x is firing, n 1")
    assert judge(expect(Comparison.FIRES), bind(ALERT), each_second(1, 0, n=1)).verdict is UNMET


@pytest.mark.parametrize("usual", [None, 0.0, float("nan")])
def test_a_relative_limit_needs_its_baseline(usual: float | None) -> None:
    found = judge(SLOW, bind(DURATION), each_second(0.3), usual=usual)
    assert found.verdict is UNREADABLE
    assert "baseline" in found.say


def test_over_waits_for_its_whole_window_and_takes_it_together() -> None:
    readings = each_second(1.0, 1.0, 1.0, 0.8)
    assert judge(MOSTLY, bind(RATIO), readings[:3]).verdict is WAITING
    found = judge(MOSTLY, bind(RATIO), readings)
    assert (found.verdict, found.n, found.start, found.end) == (UNMET, 40, 0.0, 4.0)
    assert found.value == pytest.approx(0.95)


def test_over_uses_nothing_from_before_it_counts() -> None:
    readings = each_second(0, 0, 0, 1, 1, 1, 1, 1)
    assert judge(MOSTLY, bind(RATIO), readings, since=3.5).verdict is MET
    assert judge(MOSTLY, bind(RATIO), readings, since=4.5).verdict is WAITING


def test_no_verdict_rests_on_what_was_due_before_it_counts() -> None:
    latest = expect(Comparison.AT_LEAST, "97%")
    assert judge(latest, bind(RATIO), each_second(1, 1), now=2.5, since=2.2).verdict is WAITING
    few = judge(latest, bind(RATIO), each_second(1, 1, 1, n=4), since=3.0)
    assert (few.verdict, few.n) == (UNREADABLE, 4), "samples from before do not help"
    assert judge(BREACH, bind(RATIO), each_second(0, 0, 0, 0, 0), since=3.0).verdict is WAITING


def test_of_two_readings_of_one_time_the_same_is_the_latest() -> None:
    two = [*each_second(1.0), *each_second(20.0)]
    limit = expect(Comparison.AT_MOST, "12")
    assert judge(limit, bind(COUNT), two) == judge(limit, bind(COUNT), two[::-1])


def test_a_ratio_on_too_few_samples_is_no_reading() -> None:
    found = judge(replace(MOSTLY, over=3), bind(RATIO), each_second(1, 1, 1, n=1))
    assert (found.verdict, found.value) == (UNREADABLE, None)
    assert "3 of 5 samples needed" in found.say
    assert judge(expect(Comparison.AT_LEAST, "97%"), bind(RATIO), each_second(1, n=4)).verdict is UNREADABLE


def test_few_samples_add_up_to_a_reading() -> None:
    found = judge(expect(Comparison.AT_LEAST, "97%"), bind(RATIO), each_second(0, 1, 0, 1, n=2))
    assert (found.verdict, found.n, found.start, found.end) == (UNMET, 6, 1.0, 4.0)
    assert found.value == pytest.approx(2 / 3)


def test_a_window_with_more_gaps_than_readings_cannot_be_read() -> None:
    half = judge(MOSTLY, bind(RATIO), each_second(None, None, 1, 1))
    assert half.verdict is MET
    most = judge(MOSTLY, bind(RATIO), each_second(None, None, None, 1))
    assert (most.verdict, most.value) == (UNREADABLE, None)
    assert "3 of 4 readings are missing (no answer)" in most.say


def test_readings_that_never_came_are_gaps_too() -> None:
    assert judge(MOSTLY, bind(RATIO), [*each_second(1), *each_second(1, start=9)]).verdict is UNREADABLE


def test_what_is_older_than_three_periods_says_nothing_of_now() -> None:
    steady = expect(Comparison.AT_MOST, "12")
    assert judge(steady, bind(COUNT), each_second(1), now=4.0).verdict is MET
    assert judge(steady, bind(COUNT), each_second(1), now=4.1).verdict is UNREADABLE
    assert judge(steady, bind(COUNT), each_second(1, None, None, None, None)).verdict is UNREADABLE
    assert judge(BREACH, bind(RATIO), each_second(0, 0, 0, 0), now=9).verdict is UNREADABLE


def test_before_the_first_reading_it_is_early_and_then_it_is_missing() -> None:
    watch = ExpectationEvaluator(SLOW, {"x": 1.0}, {"x": bind(DURATION)})
    assert watch.evaluate(1.0, since=0.0).verdict is WAITING
    assert watch.evaluate(9.0, since=0.0).verdict is UNREADABLE


def test_a_signal_that_is_not_bound_cannot_be_read() -> None:
    assert ExpectationEvaluator(SLOW, {"x": 1.0}, {}).evaluate(9.0, since=0.0).verdict is UNREADABLE


def test_readings_of_others_are_passed_over() -> None:
    other = replace(each_second(0.0)[0], signal="y")
    assert judge(expect(Comparison.AT_MOST, "12"), bind(COUNT), [other], now=9.0).verdict is UNREADABLE


def test_hold_is_met_after_its_time_and_not_before() -> None:
    readings = each_second(1, 0, 0, 0, 0)
    early = judge(BREACH, bind(RATIO), readings[:4])
    assert (early.verdict, early.say) == (WAITING, "x is 0%, for 3 s of 4 s, n 10")
    assert judge(BREACH, bind(RATIO), readings).verdict is MET


def test_hold_ends_with_the_first_reading_that_does_not_meet_it() -> None:
    readings = each_second(0, 0, 0, 0, 0.6, 0, 0, 0, 0)
    assert judge(BREACH, bind(RATIO), readings[:5]).verdict is UNMET
    assert judge(BREACH, bind(RATIO), readings[:8]).verdict is WAITING
    assert judge(BREACH, bind(RATIO), readings).verdict is MET


def test_one_reading_without_a_value_does_not_reset_a_breach() -> None:
    assert judge(BREACH, bind(RATIO), each_second(0, None, 0, 0)).verdict is MET
    assert judge(BREACH, bind(RATIO), each_second(0, 0, 0, None)).verdict is MET


def test_a_breach_of_few_samples_each_is_a_breach() -> None:
    assert judge(BREACH, bind(RATIO), each_second(0, 0, 0, 0, n=2)).verdict is MET


def test_ten_readings_a_second_are_judged_the_same() -> None:
    readings = [Reading("x", 0.1 * step, 0.0, 10) for step in range(1, 41)]
    binding = bind(RATIO, every=0.1)
    assert judge(BREACH, binding, readings[:-1]).verdict is WAITING
    assert judge(BREACH, binding, readings).verdict is MET


kinds = st.sampled_from([RATIO, DURATION, COUNT])
values = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 0.97, 1.0, float("nan")]))
wishes = st.builds(
    Expectation,
    st.just("x"),
    st.sampled_from([Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.ABOVE, Comparison.BELOW]),
    st.sampled_from([Limit(0.5, relative=False, text="50%"), Limit(2.0, relative=True, text="2x baseline")]),
    over=st.sampled_from([None, 2.0, 5.0]),
    hold=st.sampled_from([None, 2.0, 5.0]),
)


@st.composite
def streams(draw: st.DrawFn) -> list[Reading]:
    ats = draw(st.lists(st.integers(1, 14), max_size=14))
    return [Reading("x", float(at), draw(values), draw(st.integers(0, 4)), "no answer") for at in ats]


@given(wishes, kinds, streams(), st.floats(0, 6))
def test_never_met_without_samples_enough_and_never_by_what_was_before(
    wish: Expectation, kind: SignalKind, readings: list[Reading], since: float
) -> None:
    binding = bind(kind)
    found = judge(wish, binding, readings, now=14.0, since=since)
    measured = [each for each in readings if each.at >= since and each.value is not None and each.value == each.value]
    if found.verdict in (MET, UNMET):
        assert found.value is not None
        assert found.n >= (binding.min_samples if kind is RATIO else 1)
        assert found.n <= sum(each.n for each in measured)
        assert any(each.at >= 14.0 - 3.0 and each.n > 0 for each in measured)
    if found.verdict is UNREADABLE:
        assert found.value is None


@given(wishes, kinds, streams(), st.data())
def test_the_order_in_which_readings_come_changes_nothing(
    wish: Expectation, kind: SignalKind, readings: list[Reading], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(readings))
    there = judge(wish, bind(kind), readings, now=14.0, usual=0.3)
    assert judge(wish, bind(kind), shuffled, now=14.0, usual=0.3) == there


@given(wishes, kinds, st.lists(st.sampled_from([None, float("nan"), float("inf")]), min_size=1, max_size=12))
def test_nothing_but_readings_without_a_value_is_never_fine(
    wish: Expectation, kind: SignalKind, nothing: list[float | None]
) -> None:
    found = judge(wish, bind(kind), [replace(each, n=9) for each in each_second(*nothing)], usual=0.3)
    assert found.verdict is UNREADABLE


@given(kinds, st.integers(1, 30), st.floats(0, 3), st.sampled_from(["over", "hold"]))
def test_a_window_is_never_shorter_than_asked(kind: SignalKind, count: int, since: float, window: str) -> None:
    wish = expect(Comparison.AT_LEAST, "50%", **{window: 6.0})
    found = judge(wish, bind(kind), each_second(*[1.0] * count), since=since)
    if found.verdict is MET:
        assert found.end - max(found.start, since) >= 6.0 - 1e-5
    else:
        assert count - since < 6.0 + 1e-5


def test_a_rate_counts_once_all_that_it_looked_at_lies_in_the_window() -> None:
    looks_back = [replace(reading, over=5.0) for reading in each_second(*[0.5] * 9)]
    evaluator = ExpectationEvaluator(expect(Comparison.AT_MOST, "1"), {}, {"x": bind(COUNT)})
    for reading in looks_back:
        evaluator.feed(reading)
    early = evaluator.evaluate(7.0, 3.0)
    assert early.verdict is WAITING and "looks back 5 s" in early.say
    assert evaluator.evaluate(8.0, 3.0).verdict is MET


def test_a_limit_that_must_be_seen_at_once_counts_a_rate_by_when_it_was_taken() -> None:
    guard = ExpectationEvaluator(expect(Comparison.ABOVE, "1"), {}, {"x": bind(COUNT)}, whole_windows=False)
    for reading in each_second(*[2.0] * 4):
        guard.feed(replace(reading, over=300.0))
    assert guard.evaluate(4.0, 3.0).verdict is MET


def timeouts(*values: float | None, timeout: float = 2.0) -> list[Reading]:
    """Return response times, one a second; None: the request timed out."""
    return [
        Reading("x", 1.0 + index, value, 1, "" if value else "no response", more_than=None if value else timeout)
        for index, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("test", "limit", "values", "verdict", "value"),
    [
        (Comparison.AT_MOST, "2s", [0.4, None, None, None], UNMET, 2.0),
        (Comparison.BELOW, "800ms", [0.4, None, None, None], UNMET, 2.0),
        (Comparison.AT_MOST, "5s", [0.4, None, None, None], UNREADABLE, None),
        (Comparison.ABOVE, "1s", [0.4, None, None, None], MET, 2.0),
        (Comparison.ABOVE, "3s", [0.4, None, None, None], UNREADABLE, None),
        (Comparison.AT_MOST, "800ms", [0.4, 0.5, 0.6, None], MET, 0.55),
        (Comparison.AT_MOST, "800ms", [0.4, 0.5, None, None], UNMET, 1.25),
    ],
)
def test_a_request_that_timed_out_is_longer_than_its_timeout(
    test: Comparison, limit: str, values: list[float | None], verdict: WindowVerdict, value: float | None
) -> None:
    found = judge(expect(test, limit, over=4), bind(DURATION), timeouts(*values))
    assert (found.verdict, found.value) == (verdict, pytest.approx(value) if value else None)
    assert found.is_lower_bound == (value in (2.0, 1.25))
    assert ("more than" in found.say) == (value != 0.55)


def test_timeouts_in_a_row_are_a_breach_of_a_limit_that_they_exceed() -> None:
    breach = expect(Comparison.ABOVE, "1s", hold=3)
    assert judge(breach, bind(DURATION), timeouts(0.4, None, None, None, None)).verdict is MET
    assert judge(breach, bind(DURATION), timeouts(0.4, None, None, 0.4, None)).verdict is WAITING
