"""Effect of each kind on the client, on both servers."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest
from support.proxy import PATIENCE, Pair, eventually, noise, read_exactly
from support.toxiproxy_injector import Stand, soon

from gameday.injectors.toxiproxy import ToxiproxyInjector
from gameday.model import Json
from gameday.plugins.types import ApplyOutcome, RevertOutcome


def test_refused_outage_refuses_at_once_until_reverted(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    intent = stand.plan("outage")
    with stand.proxied.pair() as pair:
        injector.apply(intent, soon())
        pair.client.settimeout(5.0)
        assert pair.client.recv(1) == b"", "connections are closed"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(stand.proxied.listen, 5.0)
    injector.revert(intent, soon())
    with stand.proxied.pair():
        pass


def test_silent_outage_gives_no_answer(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    with stand.proxied.pair() as pair:
        intent = stand.plan("outage", seen_as="silent")
        injector.apply(intent, soon())
        pair.upstream.sendall(b"an answer")
        pair.client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            pair.client.recv(1)
        injector.revert(intent, soon())


def test_latency_delays_answers_but_not_requests(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    with stand.proxied.pair() as pair:
        intent = stand.plan("latency", delay="300ms")
        injector.apply(intent, soon())
        pair.client.settimeout(5.0)
        begun = time.monotonic()
        pair.client.sendall(b"q")
        assert pair.upstream.recv(1) == b"q"
        asked = time.monotonic()
        pair.upstream.sendall(b"a")
        assert pair.client.recv(1) == b"a"
        assert time.monotonic() - asked >= 0.29 > asked - begun
        injector.revert(intent, soon())


@contextlib.contextmanager
def faulty(stand: Stand, kind: str, **params: Json) -> Iterator[bool]:
    """Return True if the fault was applied; False where the server lacks the extension."""
    if (intent := stand.possible(kind, params)) is None:
        yield False
        return
    injector = ToxiproxyInjector()
    assert injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    yield True
    assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def pieces(pair: Pair, size: int) -> list[int]:
    """Return when the client received the bytes of a response, read as soon as they came."""
    pair.client.settimeout(PATIENCE)
    got: list[int] = []
    while sum(got) < size:
        got.append(len(pair.client.recv(65_536)))
        assert got[-1], f"closed after {sum(got)} of {size} bytes"
    return got


def ended(sock: socket.socket) -> bool:
    """Return True if the peer has closed the connection."""
    sock.setblocking(False)
    try:
        return sock.recv(1) == b""
    except BlockingIOError:
        return False


def test_jitter_keeps_order_and_bytes(stand: Stand) -> None:
    with stand.proxied.pair() as pair, faulty(stand, "jitter", delay="60ms"):
        sent = noise(20_000)
        for start in range(0, len(sent), 1000):
            pair.upstream.sendall(sent[start : start + 1000])
        pair.client.settimeout(PATIENCE)
        assert read_exactly(pair.client, len(sent)) == sent


def test_slices_add_up_to_the_whole_answer(stand: Stand) -> None:
    with stand.proxied.pair() as pair, faulty(stand, "slice", size="100B", variation="20B", delay="5ms") as stands:
        pair.upstream.sendall(noise(2000))
        got = pieces(pair, 2000)
        if stands:
            assert len(got) > 3, "the answer was written at once, and came in pieces"


def test_data_limit_passes_exactly_that_many_bytes(stand: Stand) -> None:
    with stand.proxied.pair() as pair, faulty(stand, "limit", bytes="1KB") as stands:
        pair.client.sendall(noise(5000))
        assert read_exactly(pair.upstream, 5000) == noise(5000), "requests are not counted"
        pair.upstream.sendall(noise(3000))
        pair.client.settimeout(PATIENCE)
        expected = 1000 if stands else 3000
        assert read_exactly(pair.client, expected) == noise(3000)[:expected]
        if stands:
            assert pair.client.recv(1) == b""


def test_slow_close_delays_only_the_close(stand: Stand) -> None:
    with stand.proxied.pair() as pair, faulty(stand, "slow-close", delay="400ms") as stands:
        closed = time.monotonic()
        pair.upstream.sendall(b"the last word")
        pair.upstream.close()
        pair.client.settimeout(PATIENCE)
        assert read_exactly(pair.client, 13) == b"the last word"
        assert pair.client.recv(1) == b""
        assert not stands or time.monotonic() - closed >= 0.39


def test_revert_closes_connections_held_by_slow_close(stand: Stand) -> None:
    with stand.proxied.pair() as pair:
        with faulty(stand, "slow-close", delay="1h"):
            pair.upstream.close()
        eventually(lambda: ended(pair.client))


def test_new_refused_outage_keeps_existing_connections(stand: Stand) -> None:
    with stand.proxied.pair() as pair, faulty(stand, "outage", seen_as="new-refused") as stands:
        if stands:
            with pytest.raises(ConnectionError), stand.proxied.client() as client:
                client.sendall(b"q")
                client.settimeout(PATIENCE)
                assert client.recv(1), "closed without a reset"
        pair.client.sendall(b"q")
        assert pair.upstream.recv(1) == b"q"
        pair.upstream.sendall(b"a")
        pair.client.settimeout(PATIENCE)
        assert pair.client.recv(1) == b"a"
    with stand.proxied.pair():
        pass


def test_connect_latency_delays_the_handshake(stand: Stand) -> None:
    with faulty(stand, "latency", delay="300ms", connect=True) as stands:
        begun = time.monotonic()
        with stand.proxied.pair() as pair:
            pair.upstream.sendall(b"a")
            pair.client.settimeout(PATIENCE)
            assert pair.client.recv(1) == b"a"
        assert not stands or time.monotonic() - begun >= 0.59
