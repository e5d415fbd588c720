"""Toxic stages on a simulated clock: release times, order, no byte lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.proxy_stage import Line, through_a_change

from gameday.proxy.toxics import delaying
from gameday.proxy.toxics.bandwidth import Bandwidth
from gameday.proxy.toxics.base import Attributes, ToxicStage
from gameday.proxy.toxics.closing import ResetPeer, Timeout
from gameday.proxy.toxics.delaying import Latency


def test_latency_of_pipelined_chunks_does_not_add_up() -> None:
    line = Line()
    stage = line.stage(Latency, {"latency": 100, "jitter": 0})
    for number in range(5):
        line.go(number * 0.01)
        stage.feed(b"%d" % number)
    stage.feed_eof()
    line.go(1)
    assert line.came == [(0.1, b"0"), (0.11, b"1"), (0.12, b"2"), (0.13, b"3"), (0.14, b"4")]
    assert line.ended == [0.14]


def test_shorter_latency_releases_held_data() -> None:
    line = Line()
    stage = line.stage(Latency, {"latency": 600_000, "jitter": 0})
    stage.feed(b"held")
    line.go(1)
    stage.change({"latency": 0, "jitter": 0})
    assert line.came == [(1.0, b"held")]


def test_jitter_stays_within_bounds_and_keeps_order() -> None:
    line = Line()
    stage = line.stage(Latency, {"latency": 100, "jitter": 40})
    for number in range(200):
        line.go(number)
        stage.feed(b"x")
    line.go(1000)
    late = [when - number for number, (when, _) in enumerate(line.came)]
    assert len(late) == 200
    assert min(late) >= 0.06 - 1e-6
    assert max(late) <= 0.14 + 1e-6
    assert max(late) - min(late) > 0.05


def test_jitter_of_dense_traffic_approaches_upper_bound() -> None:
    """Test that delays do not add up.

    No byte overtakes another, so each waits for the slowest before it: 50 ± 40 ms is about 79 ms on average when
    chunks come every millisecond, and 50 ms when they come one by one.
    """
    line = Line()
    stage = line.stage(Latency, {"latency": 50, "jitter": 40})
    for number in range(5000):
        line.go(number / 1000)
        stage.feed(b"x")
    line.go(10)
    late = [when - number / 1000 for number, (when, _) in enumerate(line.came)]
    assert max(late) <= 0.09 + 1e-6
    assert sum(late) / len(late) == pytest.approx(0.079, abs=0.005)


def test_latency_holds_data_under_backpressure() -> None:
    line = Line()
    stage = line.stage(Latency, {"latency": 100, "jitter": 0})
    stage.feed(b"one")
    line.is_backpressured = True
    stage.feed(b"two")
    line.go(1)
    assert line.came == []
    line.is_backpressured = False
    stage.resume()
    assert line.came == [(1.0, b"one"), (1.0, b"two")]


def test_removal_releases_data_under_backpressure() -> None:
    line = Line(is_backpressured=True)
    stage = line.stage(Latency, {"latency": 100, "jitter": 0})
    stage.feed(b"held")
    line.go(1)
    stage.flush()
    assert line.all == b"held"


def test_latency_stages_share_a_total_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delaying, "MAX_BYTES_TOTAL", 3000)
    monkeypatch.setattr(delaying, "GUARANTEED_BYTES", 1000)
    line = Line()
    first, second = (line.stage(Latency, {"latency": 100, "jitter": 0}) for _ in range(2))
    first.feed(bytes(2500))
    second.feed(bytes(400))
    assert not first.is_full
    second.feed(bytes(200))
    assert first.is_full, "the pool is used up, and it has more than its sure share"
    assert not second.is_full, "it has not its sure share yet"
    first.discard()
    second.feed(bytes(1000))
    assert not second.is_full
    second.flush()
    assert line.all == bytes(1600)
    third = line.stage(Latency, {"latency": 100, "jitter": 0})
    third.feed(bytes(2900))
    assert not third.is_full, "what was dropped and what was let go are out of the pool"
    third.discard()


@pytest.mark.parametrize(("rate", "size"), [(1, 1000), (10, 100_000), (1000, 4_000_000), (100_000, 50_000_000)])
def test_bandwidth_takes_the_time_of_its_rate(rate: int, size: int) -> None:
    line = Line()
    stage = line.stage(Bandwidth, {"rate": rate})
    stage.feed(bytes(size))
    stage.feed_eof()
    line.go(1000)
    assert len(line.all) == size
    assert line.ended == [pytest.approx(size / rate / 1000)]


def test_zero_bandwidth_stalls_until_changed() -> None:
    line = Line()
    stage = line.stage(Bandwidth, {"rate": 0})
    stage.feed(b"x" * 1000)
    line.go(50)
    assert line.came == []
    stage.change({"rate": 1})
    line.go(51)
    assert len(line.all) == 1000


def test_stage_reports_full_until_it_has_capacity() -> None:
    line = Line()
    stage = line.stage(Bandwidth, {"rate": 100})
    stage.feed(bytes(100_000))
    assert stage.is_full
    line.go(0.9)
    assert not stage.is_full


feeds = st.lists(st.tuples(st.floats(0, 2), st.binary(max_size=3000)), max_size=20)
values = st.fixed_dictionaries({"latency": st.integers(0, 3000), "jitter": st.integers(0, 3000)})
rates = st.fixed_dictionaries({"rate": st.integers(0, 50)})


@given(feeds, st.one_of(st.tuples(st.just(Latency), values, values), st.tuples(st.just(Bandwidth), rates, rates)))
def test_all_bytes_pass_in_order_through_changes(
    fed: list[tuple[float, bytes]], toxic: tuple[type[ToxicStage], Attributes, Attributes]
) -> None:
    line = through_a_change(toxic[0], fed, *toxic[1:])
    assert line.all == b"".join(data for _, data in fed)
    assert len(line.ended) == 1


@given(feeds, st.integers(1, 50))
def test_bandwidth_is_never_exceeded(fed: list[tuple[float, bytes]], rate: int) -> None:
    line = Line()
    stage = line.stage(Bandwidth, {"rate": rate})
    now = 0.0
    for pause, data in fed:
        now += pause
        line.go(now)
        stage.feed(data)
    line.go(10_000)
    passed = 0
    for when, data in line.came:
        passed += len(data)
        assert passed <= rate * 1000 * when + 1
    assert line.all == b"".join(data for _, data in fed)


def test_changed_timeout_counts_from_change_and_closes_once() -> None:
    line = Line()
    stage = line.stage(Timeout, {"timeout": 100})
    line.go(0.05)
    stage.change({"timeout": 200})
    line.go(0.2)
    assert line.closed == []
    line.go(1)
    assert line.closed == [0.25]


@pytest.mark.parametrize("has_data", [True, False])
def test_reset_counts_from_first_data_or_end_and_nothing_passes(has_data: bool) -> None:
    line = Line()
    stage = line.stage(ResetPeer, {"timeout": 100})
    line.go(5)
    assert line.closed == []
    if has_data:
        stage.feed(b"first")
        assert stage.is_full
        line.go(5.05)
    stage.feed_eof()
    line.go(9)
    assert line.closed == [5.1]
    assert (line.came, line.ended) == ([], [])


def test_changed_reset_time_counts_from_held_data() -> None:
    line = Line()
    stage = line.stage(ResetPeer, {"timeout": 100})
    stage.feed(b"first")
    line.go(0.05)
    stage.change({"timeout": 200})
    line.go(0.15)
    assert line.closed == []
    stage.change({"timeout": 10})
    assert line.closed == [0.15]


def test_reset_removed_in_time_releases_held_data() -> None:
    line = Line()
    stage = line.stage(ResetPeer, {"timeout": 100})
    stage.feed(b"held")
    stage.feed_eof()
    stage.flush()
    line.go(1)
    assert (line.all, line.ended) == (b"held", [0.0])
    assert line.closed == []


def test_closed_connection_frees_exactly_what_latency_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delaying, "MAX_BYTES_TOTAL", 3000)
    monkeypatch.setattr(delaying, "GUARANTEED_BYTES", 1000)
    line = Line()
    first, second = (line.stage(Latency, {"latency": 100, "jitter": 0}) for _ in range(2))
    for _ in range(50):
        first.feed(b"x")
    first.discard()
    second.feed(bytes(3000))
    assert second.is_full
    second.discard()


def test_discarded_latency_holds_nothing_and_fires_no_timer() -> None:
    line = Line()
    stage = line.stage(Latency, {"latency": 100, "jitter": 0})
    stage.feed(b"gone")
    stage.discard()
    line.go(1)
    assert line.came == []
