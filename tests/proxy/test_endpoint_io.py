"""Two endpoints in the proxy's event loop: with and without splice, and with errors."""

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
    events: list[str] = field(default_factory=list)
    worst: BaseException | None = None
    lost_one: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    def on_data(self, endpoint: Endpoint, data: bytes) -> None:
        self.events.append("came")
        if self.worst is not None:
            raise self.worst
        self._other(endpoint).feed(data)

    @override
    def on_eof(self, endpoint: Endpoint) -> None:
        self._other(endpoint).feed_eof()

    @override
    def on_eof_sent(self, endpoint: Endpoint) -> None:
        if self._other(endpoint).has_sent_eof:
            for endpoint in self.ends:
                endpoint.close_when_flushed()

    @override
    def on_hangup(self, endpoint: Endpoint, has_unread_data: bool) -> None:
        self.events.append("hangup")

    @override
    def on_backpressure_change(self, endpoint: Endpoint) -> None:
        self.events.append("full" if endpoint.is_backpressured else "ready")
        self._other(endpoint).set_reading(not endpoint.is_backpressured)

    @override
    def on_close(self, endpoint: Endpoint, error: Exception | None) -> None:
        self.events.append(f"lost: {error}")
        self.lost_one.set()

    def _other(self, endpoint: Endpoint) -> Endpoint:
        return self.ends[1 - self.ends.index(endpoint)]

    def between(self, left: socket.socket, right: socket.socket) -> None:
        for sock in (left, right):
            self.ends.append(Endpoint(self))
            sock.setblocking(False)
            self.ends[-1].open(sock)
        for endpoint in self.ends:
            endpoint.splice_to(self._other(endpoint) if self.straight else None)
            endpoint.set_reading(True)


def in_loop(works: bool, straight: bool, script: object) -> Pass:
    """Run `script(passing, client, upstream)` with asyncio's own streams at both outer ends."""

    async def main() -> Pass:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, ProxyLoop)
        loop.pipe.is_supported &= works
        passing = Pass(straight)
        (client, left), (right, upstream) = _connected(), _connected()
        passing.between(left, right)
        outer = [await asyncio.open_connection(sock=sock) for sock in (client, upstream)]
        try:
            await asyncio.wait_for(script(passing, *outer), PATIENCE)  # type: ignore[operator]
        finally:
            for endpoint in passing.ends:
                endpoint.abort(reset=False)
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
    assert [endpoint.bytes_received for endpoint in passing.ends] == [SIZE, SIZE]
    assert [endpoint.bytes_sent for endpoint in passing.ends] == [SIZE, SIZE]


@pytest.mark.parametrize(("works", "straight"), [(True, True), (False, True), (True, False)])
def test_data_read_at_one_endpoint_is_written_at_the_other(works: bool, straight: bool) -> None:
    passing = in_loop(works, straight, _whole)
    through_the_pipe = works and straight
    assert ("came" not in passing.events) == through_the_pipe


def test_backpressure_is_reported_and_its_end_too() -> None:
    async def script(passing: Pass, client: Ends, upstream: Ends) -> None:
        for _ in range(100):
            passing.ends[1].feed(noise(PIECE))
        assert passing.events == ["full"]
        assert await upstream[0].readexactly(100 * PIECE) == 100 * noise(PIECE)
        assert passing.events == ["full", "ready"]

    in_loop(True, True, script)


def test_error_in_stage_closes_only_its_connection(caplog: pytest.LogCaptureFixture) -> None:
    async def script(passing: Pass, client: Ends, upstream: Ends) -> None:
        passing.worst = ZeroDivisionError("a toxic's mistake")
        client[1].write(b"x")
        await passing.lost_one.wait()

    with caplog.at_level(logging.ERROR):
        passing = in_loop(True, False, script)
    assert "lost: a toxic's mistake" in passing.events
    assert "internal error; closing the connection" in caplog.text


def test_closed_sink_leaves_pipe_empty() -> None:
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
def test_missing_splice_support_is_detected(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refused(*args: object, **kwargs: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "splice", refused)
    pipe = SplicePipe()
    one, other = _connected()
    with one, other:
        assert pipe.fill_from(one) is None
    assert not pipe.is_supported
    pipe.close()


def test_kernel_timestamp_gives_age_of_data(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_timers_fire_in_order_and_never_early() -> None:
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
