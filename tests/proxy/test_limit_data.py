"""Toxic limit_data: exactly that many bytes pass, then both sides close."""

from __future__ import annotations

import pytest
from support.proxy import Server, read_exactly
from support.proxy_stage import Line

from gameday.proxy.toxics.closing import LimitData


@pytest.mark.parametrize("pieces", [[b"0123456789"], [b"01234", b"56789"], [b"0123", b"4567"]])
def test_allowed_bytes_pass_and_none_after(pieces: list[bytes]) -> None:
    line = Line()
    stage = line.stage(LimitData, {"bytes": 5})
    for piece in pieces:
        stage.feed(piece)
    stage.feed_eof()
    assert (line.all, line.ended, line.is_eof_final) == (b"01234", [0.0], True)


def test_stream_below_limit_passes_with_its_end() -> None:
    line = Line()
    stage = line.stage(LimitData, {"bytes": 5})
    stage.feed(b"0123")
    stage.feed_eof()
    assert (line.all, line.ended, line.is_eof_final) == (b"0123", [0.0], False)


def test_zero_closes_at_the_first_byte() -> None:
    line = Line()
    stage = line.stage(LimitData, {"bytes": 0})
    assert line.ended == []
    stage.feed(b"x")
    assert (line.all, line.ended) == (b"", [0.0])


def test_change_keeps_the_count() -> None:
    line = Line()
    stage = line.stage(LimitData, {"bytes": 5})
    stage.feed(b"0123")
    stage.change({"bytes": 2})
    stage.feed(b"45")
    assert (line.all, line.ended) == (b"0123", [0.0])


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
@pytest.mark.parametrize("also", [None, "latency"])
def test_both_sides_close_after_allowed_bytes(server: Server, stream: str, also: str | None) -> None:
    with server.proxied() as proxy, proxy.pair() as pair:
        proxy.toxic("limit_data", stream, attributes={"bytes": 100_000})
        if also:
            proxy.toxic(also, stream, attributes={"latency": 50})
        sender, receiver = pair.ends(stream)
        sender.sendall(bytes(100_000))
        assert read_exactly(receiver, 100_000) == bytes(100_000)
        assert receiver.recv(1) == b""
        assert sender.recv(1) == b""
