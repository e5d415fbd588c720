"""Toxic slicer: pieces of the requested size and distance, and no byte lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.proxy import noise, ours, read_exactly
from support.proxy_stage import Line, through_a_change

from gameday.proxy.toxics.slicer import Slicer


def attributes(average: int, variation: int = 0, delay: int = 0) -> dict[str, int]:
    return {"average_size": average, "size_variation": variation, "delay": delay}


def test_pieces_have_size_and_distance() -> None:
    line = Line()
    stage = line.stage(Slicer, attributes(4, delay=100_000))
    stage.feed(b"0123456789")
    stage.feed_eof()
    line.go(1)
    assert line.came == [(0.0, b"0123"), (0.1, b"4567"), (0.2, b"89")]
    assert line.ended == [0.3]


def test_shorter_delay_applies_to_held_data() -> None:
    line = Line()
    stage = line.stage(Slicer, attributes(4, delay=1_000_000_000))
    stage.feed(b"0123456789")
    stage.change(attributes(4))
    stage.feed(b"more")
    assert line.all == b"0123456789more"


def test_sizes_vary_within_bounds() -> None:
    line = Line()
    line.stage(Slicer, attributes(100, 40)).feed(bytes(10_000))
    line.go(1)
    sizes = {len(piece) for _, piece in line.came[:-1]}
    assert (min(sizes) >= 60, max(sizes) <= 140, len(sizes) > 20) == (True, True, True)
    assert len(line.all) == 10_000


def test_many_pieces_do_not_block_the_loop() -> None:
    line = Line()
    line.stage(Slicer, attributes(1)).feed(noise(5000))
    assert 0 < len(line.came) < 1000
    line.go(0.001)
    assert line.all == noise(5000)
    assert {len(piece) for _, piece in line.came} == {1}


feeds = st.lists(st.tuples(st.floats(0, 0.5), st.binary(max_size=500)), max_size=12)
sizes = st.integers(1, 300).flatmap(
    lambda average: st.builds(attributes, st.just(average), st.integers(0, average), st.integers(0, 20_000))
)


@given(feeds, sizes, sizes)
def test_all_bytes_pass_in_order_through_changes(
    fed: list[tuple[float, bytes]], before: dict[str, int], after: dict[str, int]
) -> None:
    line = through_a_change(Slicer, fed, before, after)
    assert line.all == b"".join(data for _, data in fed)
    assert len(line.ended) == 1


@pytest.mark.parametrize("wrong", [{}, {"average_size": 0}, {"average_size": 10, "size_variation": 11}])
def test_sizes_that_crash_toxiproxy_are_refused(wrong: dict[str, Any]) -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        answer = proxy.http.post(f"{proxy.path}/toxics", json={"type": "slicer", "attributes": wrong})
        assert answer.status_code == 400
        assert "bad request body: attributes." in answer.json()["error"]
        path = proxy.toxic("slicer", attributes={"average_size": 10, "size_variation": 5})
        assert proxy.http.post(path, json={"attributes": {"average_size": 4}}).status_code == 400
        assert proxy.http.get(path).json()["attributes"]["average_size"] == 10
        pair.upstream.sendall(noise(50_000))
        assert read_exactly(pair.client, 50_000) == noise(50_000)
