"""Each toxic through real sockets, in both directions, on open and new connections."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest
from support.proxy import PATIENCE, Pair, Proxied, eventually, read_exactly, ready_to_read

both_ways = pytest.mark.parametrize("stream", ["upstream", "downstream"])


def passes(pair: Pair, stream: str, word: bytes = b"ping") -> bool:
    sender, receiver = pair.ends(stream)
    sender.sendall(word)
    return read_exactly(receiver, len(word)) == word


def was_reset(sock: socket.socket) -> bool:
    try:
        sock.recv(1)
    except ConnectionResetError:
        return True
    return False


def is_reset_when_new(proxy: Proxied) -> bool:
    """Expect a reset, which may come as early as the connect call."""
    try:
        with proxy.client() as client:
            client.sendall(b"x")
            return was_reset(client)
    except (ConnectionResetError, BrokenPipeError):
        return True


@both_ways
def test_noop_passes_everything(proxy: Proxied, stream: str) -> None:
    with proxy.pair() as pair:
        proxy.toxic("noop", stream)
        assert passes(pair, "upstream")
        assert passes(pair, "downstream")


@both_ways
def test_latency_delays_its_own_direction(proxy: Proxied, stream: str) -> None:
    with proxy.pair() as pair:
        proxy.toxic("latency", stream, attributes={"latency": 150})
        began = time.monotonic()
        assert passes(pair, stream)
        assert time.monotonic() - began >= 0.15
        sender, receiver = pair.ends(stream)
        sender.sendall(b"slow")
        receiver.sendall(b"fast")
        assert ready_to_read(sender, receiver, seconds=PATIENCE) == [sender]


@both_ways
def test_latency_delays_the_end_and_keeps_other_half_open(proxy: Proxied, stream: str) -> None:
    proxy.toxic("latency", stream, attributes={"latency": 50})
    with proxy.pair() as pair:
        sender, receiver = pair.ends(stream)
        sender.sendall(b"last words")
        sender.shutdown(socket.SHUT_WR)
        assert read_exactly(receiver, 10) == b"last words"
        assert receiver.recv(1) == b""
        receiver.sendall(b"answer")
        receiver.close()
        assert read_exactly(sender, 6) == b"answer"
        assert sender.recv(1) == b""


@both_ways
def test_removing_latency_releases_data_in_order(proxy: Proxied, stream: str) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic("latency", stream, attributes={"latency": 3_600_000})
        sender, receiver = pair.ends(stream)
        for number in range(100):
            sender.sendall(number.to_bytes(4, "big"))
        assert proxy.http.delete(toxic).status_code == 204
        assert read_exactly(receiver, 400) == b"".join(number.to_bytes(4, "big") for number in range(100))


@both_ways
def test_timeout_drops_data_and_removal_closes(proxy: Proxied, stream: str) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic("timeout", stream, attributes={"timeout": 0})
        sender, receiver = pair.ends(stream)
        sender.sendall(b"never seen")
        receiver.sendall(b"seen")
        assert read_exactly(sender, 4) == b"seen"
        assert proxy.http.delete(toxic).status_code == 204
        assert receiver.recv(1) == b""
        assert sender.recv(1) == b""


@both_ways
def test_timeout_closes_after_its_time(proxy: Proxied, stream: str) -> None:
    with proxy.pair() as pair:
        proxy.toxic("timeout", stream, attributes={"timeout": 100})
        assert pair.client.recv(1) == b""
        assert pair.upstream.recv(1) == b""


@both_ways
def test_bandwidth_slows_its_own_direction(proxy: Proxied, stream: str) -> None:
    with proxy.pair() as pair:
        proxy.toxic("bandwidth", stream, attributes={"rate": 100})
        sender, receiver = pair.ends(stream)
        began = time.monotonic()
        sender.sendall(bytes(30_000))
        read_exactly(receiver, 30_000)
        assert time.monotonic() - began >= 0.3


@both_ways
def test_reset_peer_resets_both_sides_and_passes_no_byte(proxy: Proxied, stream: str) -> None:
    with proxy.pair() as pair:
        assert passes(pair, stream)
        proxy.toxic("reset_peer", stream, attributes={"timeout": 200})
        sender, receiver = pair.ends(stream)
        began = time.monotonic()
        sender.sendall(b"never arrives")
        with pytest.raises(ConnectionResetError):
            receiver.recv(64)
        assert time.monotonic() - began >= 0.199
        assert was_reset(sender)


@both_ways
def test_reset_peer_passes_the_other_direction(proxy: Proxied, stream: str) -> None:
    proxy.toxic("reset_peer", stream)
    other = "upstream" if stream == "downstream" else "downstream"
    with proxy.pair() as pair:
        assert passes(pair, other)


def test_reset_peer_without_time_still_dials_upstream(proxy: Proxied) -> None:
    """The client can send its request, and only then gets the reset, as from Toxiproxy."""
    proxy.toxic("reset_peer", "upstream", attributes={"timeout": 0})
    for _ in range(20):
        with proxy.client() as client:
            client.sendall(b"request")
            proxy.backend.accept()[0].close()
            with pytest.raises(ConnectionResetError):
                client.recv(1)


def test_reset_peer_removed_in_time_does_no_harm(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic("reset_peer", attributes={"timeout": 3_600_000})
        pair.upstream.sendall(b"held")
        assert not ready_to_read(pair.client, seconds=0.2)
        assert proxy.http.delete(toxic).status_code == 204
        assert read_exactly(pair.client, 4) == b"held"
        assert passes(pair, "downstream")


def test_disabled_proxy_refuses_and_closes_until_enabled(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        assert passes(pair, "upstream")
        assert proxy.update(enabled=False).json()["enabled"] is False
        assert pair.client.recv(1) == b""
        assert pair.upstream.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(proxy.listen)
    assert proxy.update(enabled=True).json()["enabled"] is True
    with proxy.pair() as pair:
        assert passes(pair, "upstream")


def test_toxics_apply_in_order(proxy: Proxied) -> None:
    proxy.toxic("latency", name="first", attributes={"latency": 80})
    proxy.toxic("latency", name="second", attributes={"latency": 80})
    with proxy.pair() as pair:
        began = time.monotonic()
        assert passes(pair, "downstream")
        assert time.monotonic() - began >= 0.16


def test_toxicity_is_drawn_once_per_connection_and_toxic(proxy: Proxied) -> None:
    """Test that other toxics do not change which connections stall."""
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(proxy.pair()) for _ in range(16)]
        proxy.toxic("bandwidth", name="coin", toxicity=0.5, attributes={"rate": 0})
        before = _through(opened)
        assert 0 < len(before) < 16, "one chance in 32,768 of all alike"
        proxy.http.delete(proxy.toxic("noop"))
        proxy.http.post(f"{proxy.path}/toxics/coin", json={"toxicity": 0.5, "expires_in": 60})
        assert _through(opened) == before
        proxy.http.delete(f"{proxy.path}/toxics/coin")
        stalled = [pair for number, pair in enumerate(opened) if number not in before]
        assert all(read_exactly(pair.client, 2) == b".." for pair in stalled)


def _through(opened: list[Pair]) -> set[int]:
    for pair in opened:
        pair.upstream.sendall(b".")
    waiting = [pair.client for pair in opened]
    until = time.monotonic() + 1.0
    through: set[int] = set()
    while (left := until - time.monotonic()) > 0:
        for sock in ready_to_read(*waiting, seconds=left):
            assert sock.recv(1) == b"."
            through.add(waiting.index(sock))
    return through


def test_toxicity_one_hits_every_connection(proxy: Proxied) -> None:
    proxy.toxic("reset_peer", "upstream", toxicity=1.0)
    assert all(is_reset_when_new(proxy) for _ in range(5))


def test_toxicity_zero_hits_none(proxy: Proxied) -> None:
    proxy.toxic("timeout", toxicity=0.0)
    for _ in range(5):
        with proxy.pair() as pair:
            assert passes(pair, "downstream")


def test_reset_of_one_side_reaches_the_other(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        pair.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        pair.client.close()
        assert was_reset(pair.upstream)


def test_data_before_eof_arrives_after_sender_closed(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic("latency", "upstream", attributes={"latency": 3_600_000})
        pair.client.sendall(b"goodbye")
        pair.client.close()
        for _ in range(20):  # the first that comes is answered with a reset, and a later one meets it
            pair.upstream.sendall(b"to nobody")
            time.sleep(0.005)
        assert proxy.http.delete(toxic).status_code == 204
        assert read_exactly(pair.upstream, 7) == b"goodbye"
        assert pair.upstream.recv(1) == b""


def test_toxic_reaches_all_connections_and_removal_too(proxy: Proxied) -> None:
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(proxy.pair()) for _ in range(30)]
        clients = [pair.client for pair in opened]
        toxic = proxy.toxic("bandwidth", attributes={"rate": 0})
        for pair in opened:
            pair.upstream.sendall(b"!")
        assert not ready_to_read(*clients, seconds=0.2)
        proxy.http.delete(toxic)
        eventually(lambda: len(ready_to_read(*clients, seconds=0)) == 30)
