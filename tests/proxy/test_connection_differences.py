"""Connections that survive in this proxy and not in Toxiproxy: shown on both."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.available_engines import toxiproxy_server
from support.proxy import PATIENCE, Proxied, eventually, noise, original, read_exactly, send_until_stuck

both_ways = pytest.mark.parametrize("stream", ["upstream", "downstream"])
MOST = 192 * 1024 * 1024
HANGS = 2.0
"""Seconds without an answer that we take for a hang, of the original alone."""


@pytest.fixture
def theirs() -> Iterator[Proxied]:
    """Start the original server with a proxy; end it first, because a hanging server answers no cleanup."""
    with original(str(toxiproxy_server())) as server, server.proxied() as proxy:
        yield proxy
        server.process.kill()
        server.process.wait(PATIENCE)


def half_closes(proxy: Proxied, stream: str) -> bool:
    """One side ends; whether the other still can say all that it has to say."""
    with proxy.pair() as pair:
        sender, receiver = pair.ends(stream)
        sender.sendall(b"the last of it")
        sender.shutdown(socket.SHUT_WR)
        assert read_exactly(receiver, 14) == b"the last of it"
        assert receiver.recv(1) == b""
        with contextlib.suppress(OSError):
            for number in range(100):
                receiver.sendall(b"%08d" % number)
            receiver.shutdown(socket.SHUT_WR)
        return all_of(sender) == b"".join(b"%08d" % number for number in range(100))


def all_of(sock: socket.socket) -> bytes:
    got = bytearray()
    with contextlib.suppress(OSError):
        while data := sock.recv(65536):
            got += data
    return bytes(got)


@both_ways
def test_half_closed_connection_works_in_the_other_direction(proxy: Proxied, stream: str) -> None:
    assert half_closes(proxy, stream)


@pytest.mark.engine("toxiproxy")
@both_ways
def test_toxiproxy_closes_both_halves(theirs: Proxied, stream: str) -> None:
    assert not half_closes(theirs, stream)


def resets_what_was_there(proxy: Proxied) -> bool:
    with proxy.pair() as pair:
        pair.upstream.sendall(b"before")
        assert read_exactly(pair.client, 6) == b"before"
        proxy.toxic("reset_peer", attributes={"timeout": 10})
        pair.upstream.sendall(b"after")
        try:
            while pair.client.recv(64):
                pass
        except ConnectionResetError:
            return True
    return False


def test_reset_peer_resets_older_connection(proxy: Proxied) -> None:
    assert resets_what_was_there(proxy)


@pytest.mark.engine("toxiproxy")
def test_toxiproxy_closes_older_connection_without_reset(theirs: Proxied) -> None:
    assert not resets_what_was_there(theirs)


@pytest.mark.engine("toxiproxy")
def test_toxiproxy_hangs_on_removal_while_peer_does_not_read(theirs: Proxied) -> None:
    """Ours answers: tests/proxy/test_peers_that_do_not_read.py."""
    with theirs.pair() as pair:
        toxic = theirs.toxic("latency", attributes={"latency": 10})
        send_until_stuck(pair.upstream, noise(MOST))
        with pytest.raises(httpx.ReadTimeout):
            theirs.http.delete(toxic, timeout=HANGS)


@contextlib.contextmanager
def swallowing(backend: socket.socket) -> Iterator[socket.socket]:
    """Fill the backend's accept queue: it drops every SYN until a connection is accepted."""
    backend.listen(0)
    with socket.create_connection(backend.getsockname(), PATIENCE) as filling:
        yield filling


def dialling(backend: socket.socket) -> int:
    """Return the number of connections in SYN_SENT to the backend."""
    wanted = f"0100007F:{backend.getsockname()[1]:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2] == wanted and row[3] == "02" for row in rows)


def first_to_arrive(proxy: Proxied) -> bytes:
    """One client's SYN to the upstream is swallowed; then the upstream has room, and a second client comes."""
    with swallowing(proxy.backend), proxy.client() as early:
        early.sendall(b"early")
        eventually(lambda: dialling(proxy.backend) == 1)
        proxy.backend.accept()[0].close()
        with proxy.client() as late:
            late.sendall(b"later")
            arrived, _ = proxy.backend.accept()
            arrived.settimeout(PATIENCE)
            with arrived:
                return read_exactly(arrived, 5)


def test_lost_syn_of_one_client_delays_no_other(proxy: Proxied) -> None:
    assert first_to_arrive(proxy) == b"later"


@pytest.mark.engine("toxiproxy")
def test_toxiproxy_dials_for_one_client_after_the_other(theirs: Proxied) -> None:
    assert first_to_arrive(theirs) == b"early"


@both_ways
def test_toxic_added_and_removed_during_dial_leaves_no_trace(proxy: Proxied, stream: str) -> None:
    with swallowing(proxy.backend), proxy.client() as client:
        eventually(lambda: dialling(proxy.backend) == 1)
        proxy.http.delete(proxy.toxic("latency", stream, attributes={"latency": 3_600_000}))
        proxy.backend.accept()[0].close()
        upstream, _ = proxy.backend.accept()
        upstream.settimeout(PATIENCE)
        with upstream:
            client.sendall(b"up")
            assert read_exactly(upstream, 2) == b"up"
            upstream.sendall(b"down")
            assert read_exactly(client, 4) == b"down"
