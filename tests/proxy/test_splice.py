"""One end beside another, in the proxy's own loop: with and without the kernel's pipe, and when it goes wrong."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import time
from dataclasses import dataclass, field

import pytest
from support.proxy import PATIENCE, noise
from typing_extensions import override

from gameday.proxy import socket_io
from gameday.proxy.endpoint import Endpoint, EndpointOwner
from gameday.proxy.event_loop import ProxyLoop
from gameday.proxy.socket_io import SplicePipe

PIECE = 512 * 1024
SIZE = 8 * 1024 * 1024


@dataclass
class Pass(EndpointOwner):
    """Two ends, and what they tell: what is read at one is fed to the other."""

    straight: bool
    ends: list[Endpoint] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    worst: BaseException | None = None
    lost_one: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    def on_data(self, end: Endpoint, data: bytes) -> None:
        self.told.append("came")
        if self.worst is not None:
            raise self.worst
        self._other(end).feed(data)

    @override
    def on_eof(self, end: Endpoint) -> None:
        self._other(end).feed_eof()

    @override
    def on_eof_sent(self, end: Endpoint) -> None:
        if self._other(end).has_sent_eof:
            for one in self.ends:
                one.close_when_flushed()

    @override
    def on_backpressure_change(self, end: Endpoint) -> None:
        self.told.append("full" if end.is_backpressured else "room")
        self._other(end).set_reading(not end.is_backpressured)

    @override
    def on_close(self, end: Endpoint, error: Exception | None) -> None:
        self.told.append(f"lost: {error}")
        self.lost_one.set()

    def _other(self, end: Endpoint) -> Endpoint:
        return self.ends[1 - self.ends.index(end)]

    async def between(self, left: socket.socket, right: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        for sock in (left, right):
            self.ends.append(Endpoint(self))
            sock.setblocking(False)
            await loop.create_connection(lambda: self.ends[-1], sock=sock)
        for end in self.ends:
            end.splice_to(self._other(end) if self.straight else None)
            end.set_reading(True)


def in_loop(works: bool, straight: bool, script: object) -> Pass:
    """Run `script(passing, client, upstream)` with asyncio's own streams at both outer ends."""

    async def main() -> Pass:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, ProxyLoop)
        loop.pipe.is_supported &= works
        passing = Pass(straight)
        (client, left), (right, upstream) = _connected(), _connected()
        await passing.between(left, right)
        outer = [await asyncio.open_connection(sock=sock) for sock in (client, upstream)]
        try:
            await asyncio.wait_for(script(passing, *outer), PATIENCE)  # type: ignore[operator]
        finally:
            for end in passing.ends:
                end.abort(reset=False)
            for _, writer in outer:
                writer.close()
            await asyncio.sleep(0)
        return passing

    with asyncio.Runner(loop_factory=ProxyLoop) as runner:
        return runner.run(main())


def _connected() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = socket.create_connection(server.getsockname())
        return one, server.accept()[0]


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _whole(passing: Pass, client: Ends, upstream: Ends) -> None:
    """Up and down at the same time, each side slow to read at first, and both ends passed on."""

    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(noise(SIZE))
        await writer.drain()
        writer.write_eof()

    sending = [asyncio.create_task(send(writer)) for _, writer in (client, upstream)]
    for reader, _ in (client, upstream):
        assert await reader.read() == noise(SIZE)
    await asyncio.gather(*sending)
    assert [end.bytes_received for end in passing.ends] == [SIZE, SIZE]
    assert [end.bytes_sent for end in passing.ends] == [SIZE, SIZE]


@pytest.mark.parametrize(("works", "straight"), [(True, True), (False, True), (True, False)])
def test_all_that_is_read_at_one_end_is_written_at_the_other(works: bool, straight: bool) -> None:
    passing = in_loop(works, straight, _whole)
    through_the_pipe = works and straight
    assert ("came" not in passing.told) == through_the_pipe


def test_a_peer_that_does_not_read_is_told_and_so_is_its_room() -> None:
    async def script(passing: Pass, client: Ends, upstream: Ends) -> None:
        for _ in range(100):
            passing.ends[1].feed(noise(PIECE))
        assert passing.told == ["full"]
        assert await upstream[0].readexactly(100 * PIECE) == 100 * noise(PIECE)
        assert passing.told == ["full", "room"]

    in_loop(True, True, script)


def test_a_mistake_in_a_stage_ends_its_connection_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    async def script(passing: Pass, client: Ends, upstream: Ends) -> None:
        passing.worst = ZeroDivisionError("a toxic's mistake")
        client[1].write(b"x")
        await passing.lost_one.wait()

    with caplog.at_level(logging.ERROR):
        passing = in_loop(True, False, script)
    assert "lost: a toxic's mistake" in passing.told
    assert "internal error; closing the connection" in caplog.text


def test_a_sink_that_is_gone_leaves_the_pipe_empty_for_the_next() -> None:
    pipe = SplicePipe()
    (client, left), (right, upstream) = _connected(), _connected()
    client.sendall(b"for nobody")
    right.shutdown(socket.SHUT_WR)
    size = pipe.fill_from(left)
    with pytest.raises(BrokenPipeError):
        pipe.empty_into(right, size or 0)
    (sender, source), (sink, receiver) = _connected(), _connected()
    sender.sendall(b"for somebody")
    assert pipe.empty_into(sink, pipe.fill_from(source) or 0) == b""
    assert receiver.recv(100) == b"for somebody"
    pipe.close()
    for sock in (client, left, right, upstream, sender, source, sink, receiver):
        sock.close()


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOSYS, errno.EPERM])
def test_a_system_without_splice_is_noticed(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refused(*args: object, **kwargs: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "splice", refused)
    pipe = SplicePipe()
    one, other = _connected()
    with one, other:
        assert pipe.fill_from(one) is None
    assert not pipe.is_supported
    pipe.close()


def test_the_kernel_knows_when_bytes_came(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = _connected()
    late = 0.0
    with one, other:
        socket_io.enable_timestamps(other)
        until = time.monotonic() + PATIENCE
        while not late and time.monotonic() < until:  # the system begins to take the time after it was asked to
            one.sendall(b"now")
            before = time.time()
            monkeypatch.setattr(time, "time", lambda before=before: before + 0.05)  # as if read so much later
            data, late = socket_io.receive_with_age(other)
            monkeypatch.undo()
            assert data == b"now"
        assert 0 < late < socket_io.MAX_AGE_S
        one.sendall(b"held")
        monkeypatch.setattr(socket_io, "MAX_AGE_S", 0.0)
        assert socket_io.receive_with_age(other) == (b"held", 0.0)


def test_timers_come_in_order_and_none_too_early() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        after: list[float] = []
        done = loop.create_future()

        def rung(due: float) -> None:
            after.append(loop.time() - due)

        for number in range(60):
            when = loop.time() + (number % 20) * 0.0007
            loop.call_at(when, rung, when)
        loop.call_later(0.03, done.set_result, None)
        await done
        return after

    with asyncio.Runner(loop_factory=ProxyLoop) as runner:
        found = runner.run(main())
    assert len(found) == 60
    assert min(found) >= -1e-6
