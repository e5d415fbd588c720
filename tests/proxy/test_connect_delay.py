"""Latency with `connect`: the upstream is dialled only after the delay."""

from __future__ import annotations

import time

import pytest
from support.proxy import PATIENCE, Proxied, read_exactly, ready_to_read


def test_upstream_is_dialled_after_the_delay(proxy: Proxied) -> None:
    proxy.toxic("latency", attributes={"latency": 150, "connect": True})
    began = time.monotonic()
    with proxy.pair():
        assert time.monotonic() - began >= 0.15


def test_data_sent_during_delay_arrives_after_it(proxy: Proxied) -> None:
    toxic = proxy.toxic("latency", "upstream", attributes={"latency": 3_600_000, "connect": True})
    with proxy.client() as client:
        client.sendall(b"early")
        assert not ready_to_read(proxy.backend, seconds=0.2)
        assert proxy.http.post(toxic, json={"attributes": {"latency": 1}}).status_code == 200
        upstream, _ = proxy.backend.accept()
        with upstream:
            upstream.settimeout(PATIENCE)
            assert read_exactly(upstream, 5) == b"early"


@pytest.mark.parametrize("end", ["delete", "disable", "no more connect"])
def test_end_of_toxic_or_proxy_ends_the_delay(proxy: Proxied, end: str) -> None:
    toxic = proxy.toxic("latency", attributes={"latency": 3_600_000, "connect": True})
    with proxy.client() as client:
        if end == "disable":
            proxy.update(enabled=False)
            assert client.recv(1) == b""
            return
        if end == "delete":
            proxy.http.delete(toxic)
        else:
            assert proxy.http.post(toxic, json={"attributes": {"connect": False}}).status_code == 200
        proxy.backend.accept()[0].close()


def test_without_connect_upstream_is_dialled_at_once(proxy: Proxied) -> None:
    path = proxy.toxic("latency", attributes={"latency": 3_600_000})
    with proxy.pair():
        assert proxy.http.get(path).json()["attributes"] == {"latency": 3_600_000, "jitter": 0}


def test_connect_is_shown_and_must_be_boolean(proxy: Proxied) -> None:
    path = proxy.toxic("latency", attributes={"latency": 5, "connect": True})
    assert proxy.http.get(path).json()["attributes"] == {"latency": 5, "jitter": 0, "connect": True}
    answer = proxy.http.post(path, json={"attributes": {"connect": 1}})
    assert (answer.status_code, "attributes.connect must be true or false" in answer.text) == (400, True)


def test_toxicity_applies_to_connect_delay(proxy: Proxied) -> None:
    proxy.toxic("latency", attributes={"latency": 3_600_000, "connect": True}, toxicity=0)
    with proxy.pair():
        pass
