"""Metrics: Toxiproxy's names and labels, and counters that move while a connection is open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from support.available_engines import toxiproxy_server
from support.proxy import Proxied, Server, eventually, original, ours, read_exactly


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ours("-proxy-metrics", "--runtime-metrics") as server:
        yield server


def counted(proxy: Proxied) -> dict[tuple[str, str], float]:
    """Bytes by what and direction."""
    lines = re.findall(
        r"^toxiproxy_proxy_(received|sent)_bytes_total\{([^}]*)\} (\S+)$", proxy.http.get("/metrics").text, re.MULTILINE
    )
    found: dict[tuple[str, str], float] = {}
    for what, labels, value in lines:
        names = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        assert set(names) == {"direction", "proxy", "listener", "upstream"}
        if names["proxy"] == proxy.name:
            assert names["listener"] == "{}:{}".format(*proxy.listen)
            found[what, names["direction"]] = float(value)
    return found


def _counts(proxy: Proxied) -> bool:
    with proxy.pair() as pair:
        pair.client.sendall(bytes(300))
        read_exactly(pair.upstream, 300)
        pair.upstream.sendall(bytes(5000))
        read_exactly(pair.client, 5000)
        alive = counted(proxy)
    end = {("received", "upstream"): 300, ("sent", "upstream"): 300, ("received", "downstream"): 5000}
    end[("sent", "downstream")] = 5000
    eventually(lambda: counted(proxy) == end)
    return alive == end


def test_bytes_are_counted_during_connection_and_kept(server: Server) -> None:
    with server.proxied() as proxy:
        assert _counts(proxy)


@pytest.mark.engine("toxiproxy")
def test_toxiproxy_counts_only_closed_connections() -> None:
    with original(str(toxiproxy_server()), "-proxy-metrics") as server, server.proxied() as proxy:
        assert not _counts(proxy)


def test_held_data_is_received_and_not_sent(server: Server) -> None:
    with server.proxied() as proxy, proxy.pair() as pair:
        proxy.toxic("bandwidth", attributes={"rate": 0})
        pair.upstream.sendall(bytes(100))
        eventually(lambda: counted(proxy)["received", "downstream"] == 100)
        assert counted(proxy)["sent", "downstream"] == 0


def test_output_is_prometheus_text(server: Server) -> None:
    odd: dict[str, Any] = {"name": 'a"b\\c\nd', "upstream": "x:1"}
    server.http.post("/proxies", json=odd)
    answer = server.http.post("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert r'proxy="a\"b\\c\nd"' in answer.text
    for line in answer.text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{(\w+="([^"\\]|\\.)*",?)*\})? [\d.e+]+', line), line
    assert "process_open_fds" in answer.text
    server.http.post("/reset")


def test_each_part_is_served_only_if_selected() -> None:
    with ours() as server:
        assert server.http.get("/metrics").status_code == 404
    with ours("--proxy-metrics") as server:
        assert "process_open_fds" not in server.http.get("/metrics").text
    with ours("--runtime-metrics") as server:
        assert "toxiproxy_proxy" not in server.http.get("/metrics").text
