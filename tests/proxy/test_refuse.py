"""Toxic refuse: new connections are refused, open ones continue, and the port stays reserved."""

from __future__ import annotations

import socket

import pytest
from support.proxy import PATIENCE, Pair, Proxied, Server, eventually, is_reset, read_exactly, reset_on_arrival


def connects(proxy: Proxied) -> bool:
    try:
        with proxy.client():
            return True
    except ConnectionRefusedError:
        return False


def passes(pair: Pair) -> bool:
    pair.client.sendall(b"ping")
    return read_exactly(pair.upstream, 4) == b"ping"


def test_connect_fails_and_open_connections_continue(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic("refuse")
        assert not connects(proxy)
        assert passes(pair)
        assert proxy.shown()["enabled"] is True
        assert proxy.http.delete(toxic).status_code == 204
        assert passes(pair)
    with proxy.pair() as pair:
        assert passes(pair)


def test_port_stays_reserved(proxy: Proxied) -> None:
    proxy.toxic("refuse")
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(proxy.listen)


def test_lower_toxicity_resets_its_share(proxy: Proxied) -> None:
    proxy.toxic("refuse", toxicity=0.5)
    hit = [reset_on_arrival(proxy) for _ in range(40)]
    assert 0 < hit.count(True) < 40, "one chance in 500 billion of all alike"


def test_toxicity_can_be_changed(proxy: Proxied) -> None:
    toxic = proxy.toxic("refuse", toxicity=0)
    assert connects(proxy)
    proxy.http.post(toxic, json={"toxicity": 1})
    assert not connects(proxy)
    proxy.http.post(toxic, json={"toxicity": 0})
    assert connects(proxy)


def test_two_toxics_refuse_until_both_are_removed(proxy: Proxied) -> None:
    first, second = proxy.toxic("refuse", name="first"), proxy.toxic("refuse", name="second")
    proxy.http.delete(first)
    assert not connects(proxy)
    proxy.http.delete(second)
    assert connects(proxy)


def test_expired_refuse_ends(proxy: Proxied) -> None:
    proxy.toxic("refuse", expires_in=0.2)
    assert not connects(proxy)
    eventually(lambda: connects(proxy))
    assert proxy.shown()["toxics"] == []


def test_reset_disable_and_enable_respect_refuse(proxy: Proxied) -> None:
    proxy.toxic("refuse")
    proxy.update(enabled=False)
    proxy.update(enabled=True)
    assert not connects(proxy)
    assert proxy.http.post("/reset").status_code == 204
    assert connects(proxy)


def test_removal_with_port_in_use_fails_and_toxic_stays(proxy: Proxied) -> None:
    """Whoever shares addresses can listen there: the removal is refused until that is over."""
    toxic = proxy.toxic("refuse")
    with socket.create_server(proxy.listen):
        answer = proxy.http.delete(toxic)
        assert answer.status_code == 500
        assert "address already in use" in answer.json()["error"]
        assert proxy.http.get(toxic).status_code == 200
        assert proxy.http.post("/reset").status_code == 500
    assert proxy.http.delete(toxic).status_code == 204
    assert connects(proxy)


def test_expiry_retries_until_port_is_free(proxy: Proxied) -> None:
    toxic = proxy.toxic("refuse", expires_in=0.1)
    with socket.create_server(proxy.listen):
        eventually(lambda: float(proxy.http.get(toxic).json()["expires_in"]) > 0.2)  # prolonged, for the next try
    eventually(lambda: connects(proxy))
    assert proxy.http.get(toxic).status_code == 404


def test_moved_proxy_keeps_refusing(proxy: Proxied) -> None:
    toxic = proxy.toxic("refuse")
    moved = proxy.update(listen="127.0.0.2:0").json()["listen"]
    host, _, port = moved.rpartition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), PATIENCE)
    proxy.http.delete(toxic)
    socket.create_connection((host, int(port)), PATIENCE).close()


def test_refusing_upstream_resets_client(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    answer = server.http.post("/proxies", json={"name": "nobody", "upstream": f"127.0.0.1:{port}"}).json()
    host, _, listen = answer["listen"].rpartition(":")
    assert is_reset((host, int(listen)))
    assert server.http.delete("/proxies/nobody").status_code == 204
