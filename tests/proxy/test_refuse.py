"""refuse: new connections are refused for real, old ones live on, and the port is not lost meanwhile."""

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


def test_connect_is_refused_and_what_was_there_lives_on(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic("refuse")
        assert not connects(proxy)
        assert passes(pair)
        assert proxy.shown()["enabled"] is True
        assert proxy.http.delete(toxic).status_code == 204
        assert passes(pair)
    with proxy.pair() as pair:
        assert passes(pair)


def test_the_port_is_given_to_nobody_meanwhile(proxy: Proxied) -> None:
    proxy.toxic("refuse")
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(proxy.listen)


def test_less_toxicity_resets_those_that_the_dice_hit(proxy: Proxied) -> None:
    proxy.toxic("refuse", toxicity=0.5)
    hit = [reset_on_arrival(proxy) for _ in range(40)]
    assert 0 < hit.count(True) < 40, "one chance in 500 billion of all alike"


def test_toxicity_can_be_turned(proxy: Proxied) -> None:
    toxic = proxy.toxic("refuse", toxicity=0)
    assert connects(proxy)
    proxy.http.post(toxic, json={"toxicity": 1})
    assert not connects(proxy)
    proxy.http.post(toxic, json={"toxicity": 0})
    assert connects(proxy)


def test_two_of_them_refuse_until_both_are_gone(proxy: Proxied) -> None:
    first, second = proxy.toxic("refuse", name="first"), proxy.toxic("refuse", name="second")
    proxy.http.delete(first)
    assert not connects(proxy)
    proxy.http.delete(second)
    assert connects(proxy)


def test_it_ends_by_itself(proxy: Proxied) -> None:
    proxy.toxic("refuse", expires_in=0.2)
    assert not connects(proxy)
    eventually(lambda: connects(proxy))
    assert proxy.shown()["toxics"] == []


def test_reset_and_disable_and_enable_know_it(proxy: Proxied) -> None:
    proxy.toxic("refuse")
    proxy.update(enabled=False)
    proxy.update(enabled=True)
    assert not connects(proxy)
    assert proxy.http.post("/reset").status_code == 204
    assert connects(proxy)


def test_a_port_that_was_taken_is_said_and_the_toxic_stays(proxy: Proxied) -> None:
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


def test_a_lapse_tries_again_until_the_port_is_free(proxy: Proxied) -> None:
    toxic = proxy.toxic("refuse", expires_in=0.1)
    with socket.create_server(proxy.listen):
        eventually(lambda: float(proxy.http.get(toxic).json()["expires_in"]) > 0.2)  # prolonged, for the next try
    eventually(lambda: connects(proxy))
    assert proxy.http.get(toxic).status_code == 404


def test_a_proxy_that_moves_takes_the_refusal_along(proxy: Proxied) -> None:
    toxic = proxy.toxic("refuse")
    moved = proxy.update(listen="127.0.0.2:0").json()["listen"]
    host, _, port = moved.rpartition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), PATIENCE)
    proxy.http.delete(toxic)
    socket.create_connection((host, int(port)), PATIENCE).close()


def test_an_upstream_that_refuses_resets_the_client(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    answer = server.http.post("/proxies", json={"name": "nobody", "upstream": f"127.0.0.1:{port}"}).json()
    host, _, listen = answer["listen"].rpartition(":")
    assert is_reset((host, int(listen)))
    assert server.http.delete("/proxies/nobody").status_code == 204
