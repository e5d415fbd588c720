"""A stream through 200 additions and removals of each toxic arrives complete and in order."""

from __future__ import annotations

import hashlib
import itertools
import socket
import threading

import pytest
from support.available_engines import toxiproxy_server
from support.proxy import PATIENCE, Pair, Proxied, original

from gameday.proxy.toxics import TYPES

CYCLES = 200
LOSES = {"timeout", "limit_data", "refuse"}
"""Those that are there to lose bytes, or to let no connection come about."""
ATTRIBUTES: dict[str, dict[str, int]] = {
    "latency": {"latency": 3, "jitter": 3},
    "bandwidth": {"rate": 100_000},
    "reset_peer": {"timeout": 3_600_000},
    "slicer": {"average_size": 1000, "size_variation": 500, "delay": 10},
    "slow_close": {"delay": 10},
}
KEEPS = sorted(set(TYPES) - LOSES)
both_ways = pytest.mark.parametrize("stream", ["upstream", "downstream"])


def attributes_of(kind: str) -> dict[str, int]:
    """Return attributes for a toxic; one that is not in the table gets 20 of everything."""
    return ATTRIBUTES.get(kind) or dict.fromkeys(TYPES[kind].attributes, 20)


@both_ways
@pytest.mark.parametrize("kind", KEEPS)
def test_adding_and_removing_toxic_loses_no_byte(proxy: Proxied, stream: str, kind: str) -> None:
    with proxy.pair() as pair:
        stream_through(proxy, pair, stream, [kind])


@both_ways
def test_all_toxics_at_once_lose_no_byte(proxy: Proxied, stream: str) -> None:
    with proxy.pair() as pair:
        stream_through(proxy, pair, stream, KEEPS)


@pytest.mark.engine("toxiproxy")
def test_toxiproxy_loses_nothing_while_peer_reads() -> None:
    """Show that release 2.5.0 loses no byte while the peer reads.

    Where the peer does not read, it loses none but hangs, with any toxic, noop too (test_connection_differences); the
    newer source gives up after five seconds and loses the bytes that it held.
    """
    with original(str(toxiproxy_server())) as server, server.proxied() as proxy, proxy.pair() as pair:
        stream_through(proxy, pair, "downstream", ["latency"])


def stream_through(proxy: Proxied, pair: Pair, stream: str, kinds: list[str]) -> None:
    """Toxics come, change and go, the last before the first, in the middle of the stream."""
    sender, receiver = pair.ends(stream)
    stop = threading.Event()
    sums: dict[str, str] = {}
    threads = [
        threading.Thread(target=_send, args=(sender, stop, sums)),
        threading.Thread(target=_receive, args=(receiver, sums)),
    ]
    for thread in threads:
        thread.start()
    for number in range(CYCLES // len(kinds)):
        made = [proxy.toxic(kind, stream, name=f"{kind}{number}", attributes=attributes_of(kind)) for kind in kinds]
        for kind, toxic in zip(kinds, made, strict=True):
            assert proxy.http.post(toxic, json={"attributes": attributes_of(kind)}).status_code == 200
        for toxic in made:
            assert proxy.http.delete(toxic).status_code == 204
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert sums["received"] == sums["sent"]


def _send(sock: socket.socket, stop: threading.Event, sums: dict[str, str]) -> None:
    sha, numbers = hashlib.sha256(), itertools.count()
    while not stop.wait(0.001):
        block = next(numbers).to_bytes(8, "big") * 4000
        sha.update(block)
        sock.sendall(block)
    sock.shutdown(socket.SHUT_WR)
    sums["sent"] = sha.hexdigest()


def _receive(sock: socket.socket, sums: dict[str, str]) -> None:
    sha = hashlib.sha256()
    while data := sock.recv(1 << 20):
        sha.update(data)
    sums["received"] = sha.hexdigest()
