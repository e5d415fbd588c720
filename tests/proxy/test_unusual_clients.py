"""Unusual clients and upstreams."""

from __future__ import annotations

import array
import socket
from pathlib import Path

import psutil
from support.proxy import PATIENCE, ours, read_exactly
from support.proxy_stage import Line

from gameday.proxy.toxics.bandwidth import Bandwidth


def test_descriptors_passed_by_upstream_are_closed(tmp_path: Path) -> None:
    with ours("--allow-unix", f"{tmp_path}/s") as server, socket.socket(socket.AF_UNIX) as backend:
        backend.bind(str(tmp_path / "s"))
        backend.listen()
        made = server.http.post(
            "/proxies", json={"name": "u", "listen": "127.0.0.1:0", "upstream": f"unix:{tmp_path}/s"}
        )
        host, _, port = str(made.json()["listen"]).rpartition(":")
        server.http.post("/proxies/u/toxics", json={"type": "latency"})
        with socket.create_connection((host, int(port)), PATIENCE) as client:
            upstream, _ = backend.accept()
            with upstream, Path("/dev/null").open() as passed:
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [passed.fileno()] * 2))]
                upstream.sendmsg([b"x"], rights)
                assert read_exactly(client, 1) == b"x"
                before = psutil.Process(server.process.pid).num_fds()
                for _ in range(20):
                    upstream.sendmsg([b"x"], rights)
                    assert read_exactly(client, 1) == b"x"
                assert psutil.Process(server.process.pid).num_fds() == before


def test_frequently_changed_rate_still_passes_data() -> None:
    line = Line()
    stage = line.stage(Bandwidth, {"rate": 100})
    stage.feed(bytes(60_000))
    for turn in range(60):
        line.go(0.05 * turn)
        stage.change({"rate": 100 + turn % 2})
    assert len(line.all) == 60_000


def test_too_many_toxics_are_refused() -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        for number in range(500):
            proxy.toxic("noop", name=f"n{number}")
        refused = server.http.post(f"{proxy.path}/toxics", json={"type": "noop", "name": "one more"})
        assert (refused.status_code, refused.json()["error"]) == (409, "too many toxics: a proxy can have 500")
        pair.client.sendall(b"passes")
        assert read_exactly(pair.upstream, 6) == b"passes"


def test_unpaired_surrogate_in_name_is_replaced() -> None:
    with ours() as server:
        body = rb'{"name": "half\ud800", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}'
        made = server.http.post("/proxies", content=body)
        assert made.json()["name"] == "half\ufffd"
        assert server.http.delete("/proxies/half\ufffd").status_code == 204
        for raw in (
            body.replace(rb"\ud800", b"").decode().encode("utf-16"),
            b'{"name": "a", "x": NaN, "upstream": "b"}',
        ):
            assert server.http.post("/proxies", content=raw).status_code == 400
