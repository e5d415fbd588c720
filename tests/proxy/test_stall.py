"""Toxic stall: data stalls at random, in order, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.proxy import ours
from support.proxy_stage import Line, through_a_change

from gameday.proxy.toxics.delaying import Stall


def test_zero_chance_never_stalls() -> None:
    line = Line()
    stage = line.stage(Stall, {"chance": 0, "time": 1000})
    stage.feed(b"1")
    stage.feed_eof()
    assert (line.came, line.ended) == ([(0.0, b"1")], [0.0])


def test_full_chance_stalls_each_chunk_without_adding_up() -> None:
    line = Line()
    stage = line.stage(Stall, {"chance": 100, "time": 300})
    stage.feed(b"1")
    line.go(0.1)
    stage.feed(b"2")
    stage.feed_eof()
    line.go(1)
    assert (line.came, line.ended) == ([(0.3, b"1"), (0.4, b"2")], [0.4])


def test_share_of_chunks_stalls_and_later_ones_wait() -> None:
    line = Line()
    stage = line.stage(Stall, {"chance": 20, "time": 10_000})
    for number in range(500):
        line.go(number * 20)
        stage.feed(b"%d " % number)
    line.go(100_000)
    late = sum(when > number * 20 for number, (when, _) in enumerate(line.came))
    assert 60 < late < 140
    assert line.all == b"".join(b"%d " % number for number in range(500))


def test_shorter_stall_releases_held_data() -> None:
    line = Line()
    stage = line.stage(Stall, {"chance": 100, "time": 3_600_000})
    stage.feed(b"held")
    stage.change({"chance": 0, "time": 0})
    assert line.all == b"held"


feeds = st.lists(st.tuples(st.floats(0, 2), st.binary(max_size=300)), max_size=20)
chances = st.fixed_dictionaries({"chance": st.integers(0, 100), "time": st.integers(0, 3000)})


@given(feeds, chances, chances)
def test_all_bytes_pass_in_order_through_changes(
    fed: list[tuple[float, bytes]], before: dict[str, int], after: dict[str, int]
) -> None:
    line = through_a_change(Stall, fed, before, after)
    assert line.all == b"".join(data for _, data in fed)
    assert len(line.ended) == 1


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
def test_data_is_held_until_removal(stream: str) -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        toxic = proxy.toxic("stall", stream, attributes={"chance": 100, "time": 3_600_000})
        sender, receiver = pair.ends(stream)
        sender.sendall(b"held")
        receiver.settimeout(0.2)
        with pytest.raises(TimeoutError):
            receiver.recv(1)
        receiver.settimeout(5)
        assert proxy.http.delete(toxic).status_code == 204
        assert receiver.recv(4) == b"held"
        assert (
            proxy.http.post(f"{proxy.path}/toxics", json={"type": "stall", "attributes": {"chance": 101}}).status_code
            == 400
        )
