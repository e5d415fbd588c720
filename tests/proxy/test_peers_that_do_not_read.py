"""Peers that do not read: no change waits for them, and no byte is lost."""

from __future__ import annotations

import pytest
from support.proxy import Proxied, noise, read_exactly, send_until_stuck

MOST = 192 * 1024 * 1024
"""Bytes: more than the kernel and the proxy hold for a peer."""
QUICK = 5.0
"""Seconds for an answer that waits for nobody; waiting for the peer would be for ever."""


def test_peer_that_does_not_read_stops_the_sender(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        sent = send_until_stuck(pair.upstream, noise(MOST))
        assert sent < MOST, "nothing held the sender back"
        assert read_exactly(pair.client, sent) == noise(MOST)[:sent]


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
@pytest.mark.parametrize(
    ("kind", "attributes"), [("latency", {"latency": 200}), ("bandwidth", {"rate": 50_000}), ("noop", {})]
)
def test_removal_never_waits_and_loses_nothing(
    proxy: Proxied, stream: str, kind: str, attributes: dict[str, int]
) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic(kind, stream, attributes=attributes)
        sender, receiver = pair.ends(stream)
        sent = send_until_stuck(sender, noise(MOST))
        assert sent < MOST
        assert proxy.http.delete(toxic, timeout=QUICK).status_code == 204
        assert proxy.http.get("/proxies", timeout=QUICK).json()[proxy.name]["toxics"] == []
        assert read_exactly(receiver, sent) == noise(MOST)[:sent]


@pytest.mark.parametrize("call", ["change", "reset", "disable", "delete"])
def test_no_change_waits_for_a_peer(proxy: Proxied, call: str) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic("latency", attributes={"latency": 200})
        send_until_stuck(pair.upstream, noise(MOST))
        answer = {
            "change": lambda: proxy.http.post(toxic, json={"attributes": {"latency": 1}}, timeout=QUICK),
            "reset": lambda: proxy.http.post("/reset", timeout=QUICK),
            "disable": lambda: proxy.http.post(proxy.path, json={"enabled": False}, timeout=QUICK),
            "delete": lambda: proxy.http.delete(proxy.path, timeout=QUICK),
        }[call]()
        assert answer.is_success, answer.text
