"""Toxic slow_close: the end is late, the data is not."""

from __future__ import annotations

from support.proxy import ours, read_exactly
from support.proxy_stage import Line

from gameday.proxy.toxics.closing import SlowClose


def test_only_the_end_is_delayed() -> None:
    line = Line()
    stage = line.stage(SlowClose, {"delay": 300})
    stage.feed(b"at once")
    stage.feed_eof()
    line.go(1)
    assert (line.came, line.ended) == ([(0.0, b"at once")], [0.3])


def test_changed_delay_counts_from_the_held_end() -> None:
    line = Line()
    stage = line.stage(SlowClose, {"delay": 3_600_000})
    stage.feed_eof()
    line.go(1)
    stage.change({"delay": 1500})
    line.go(9)
    assert line.ended == [1.5]


def test_change_before_the_end_has_no_effect_on_data() -> None:
    line = Line()
    stage = line.stage(SlowClose, {"delay": 100})
    stage.change({"delay": 200})
    stage.flush()
    line.go(1)
    assert line.ended == []


def test_removal_passes_the_held_end_once() -> None:
    line = Line()
    stage = line.stage(SlowClose, {"delay": 100})
    stage.feed_eof()
    stage.flush()
    line.go(1)
    assert line.ended == [0.0]


def test_discarded_stage_fires_no_timer() -> None:
    line = Line()
    stage = line.stage(SlowClose, {"delay": 100})
    stage.feed_eof()
    stage.discard()
    line.go(1)
    assert line.ended == []


def test_other_direction_works_until_the_end_arrives() -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        toxic = proxy.toxic("slow_close", "downstream", attributes={"delay": 3_600_000})
        pair.upstream.sendall(b"last words")
        pair.upstream.shutdown(1)
        assert read_exactly(pair.client, 10) == b"last words"
        pair.client.sendall(b"still there")
        assert read_exactly(pair.upstream, 11) == b"still there"
        assert proxy.http.delete(toxic).status_code == 204
        assert pair.client.recv(1) == b""
