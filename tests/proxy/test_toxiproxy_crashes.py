"""Requests that crash Toxiproxy 2.5.0 or break its proxies, and have no such effect here."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import httpx
import pytest
from support.available_engines import toxiproxy_server
from support.proxy import PATIENCE, Proxied, Server, eventually, original, ours, read_exactly

DEADLY = [
    ("bandwidth", {"rate": -1}),
    ("latency", {"latency": 1, "jitter": 2**62}),
]
SLICERS = [("slicer", {}), ("slicer", {"average_size": 10, "size_variation": 11})]
"""Deadly too, but only after a gigabyte is taken, or by luck: not shown on the original here."""
MANY = 8


@pytest.fixture
def here() -> Iterator[Server]:
    with ours() as server:
        yield server


@pytest.fixture
def there() -> Iterator[Server]:
    with original(str(toxiproxy_server())) as server:
        yield server


@pytest.mark.parametrize(("kind", "attributes"), [*DEADLY, *SLICERS])
def test_crashing_attributes_are_refused(here: Server, kind: str, attributes: dict[str, int]) -> None:
    with here.proxied() as proxy, proxy.pair() as pair:
        assert _added(proxy, kind, attributes).status_code == 400
        pair.upstream.sendall(b"x" * 1000)
        assert read_exactly(pair.client, 1000) == b"x" * 1000


@pytest.mark.engine("toxiproxy")
@pytest.mark.parametrize(("kind", "attributes"), DEADLY)
def test_crashing_attributes_crash_toxiproxy(there: Server, kind: str, attributes: dict[str, int]) -> None:
    with there.proxied() as proxy, proxy.pair() as pair:
        assert _added(proxy, kind, attributes).status_code == 200
        pair.upstream.sendall(b"x" * 1000)
        assert there.process.wait(PATIENCE) != 0


def test_reset_continues_after_port_in_use(here: Server) -> None:
    with _disabled(here) as taken:
        answer = here.http.post("/reset")
        assert (answer.status_code, f"{taken}: listen tcp" in answer.json()["error"]) == (500, True)
        assert _still_disabled(here) == {taken}


@pytest.mark.engine("toxiproxy")
def test_toxiproxy_reset_leaves_others_disabled(there: Server) -> None:
    """It goes through them in any order: it would take luck, once in eight, to meet the taken one last."""
    with _disabled(there):
        assert there.http.post("/reset").status_code == 500
        others = [_still_disabled(there)]
        for _ in range(8):
            _disable(there)
            there.http.post("/reset")
            others.append(_still_disabled(there))
    assert any(len(still) > 1 for still in others)


def test_populate_again_on_all_interfaces_keeps_everything(here: Server) -> None:
    wanted = [{"name": "db", "listen": "0.0.0.0:0", "upstream": "127.0.0.1:1"}]
    first, again = _populated(here, wanted)
    assert again == first
    assert [toxic["name"] for toxic in again["toxics"]] == ["note"]


@pytest.mark.engine("toxiproxy")
def test_toxiproxy_populate_removes_toxics(there: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    _, again = _populated(there, [{"name": "db", "listen": f"localhost:{port}", "upstream": "127.0.0.1:1"}])
    assert again["toxics"] == []


def test_bad_address_in_update_changes_nothing(here: Server) -> None:
    with here.proxied() as proxy, proxy.pair() as pair:
        before = proxy.shown()
        for body in ({"listen": "nonsense"}, {"listen": "127.0.0.1:99999"}, {"listen": "203.0.113.1:0"}):
            assert proxy.http.patch(proxy.path, json=body).status_code == 500
        assert proxy.shown() == before
        pair.client.sendall(b"still")
        assert read_exactly(pair.upstream, 5) == b"still"


@pytest.mark.engine("toxiproxy")
def test_bad_address_in_update_disables_toxiproxys_proxy(there: Server) -> None:
    with there.proxied() as proxy:
        assert proxy.update(listen="nonsense").status_code == 500
        assert proxy.shown()["enabled"] is False


def _added(proxy: Proxied, kind: str, attributes: dict[str, int]) -> httpx.Response:
    return proxy.http.post(f"{proxy.path}/toxics", json={"type": kind, "attributes": attributes})


def _populated(server: Server, wanted: list[dict[str, str]]) -> tuple[dict[str, list[dict[str, str]]], ...]:
    """Return the state after the first call and a toxic, and after the second call."""
    assert server.http.post("/populate", json=wanted).status_code == 201
    server.http.post("/proxies/db/toxics", json={"name": "note", "type": "noop"})
    first = server.http.get("/proxies/db").json()
    server.http.post("/populate", json=wanted)
    return first, server.http.get("/proxies/db").json()


@contextlib.contextmanager
def _disabled(server: Server) -> Iterator[str]:
    """Many disabled proxies; one of them, which is named, has its port taken meanwhile."""
    bodies = [{"name": f"p{number}", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"} for number in range(MANY)]
    listens = [server.http.post("/proxies", json=body).json()["listen"] for body in bodies]
    _disable(server)
    host, _, port = listens[-1].rpartition(":")
    with socket.create_server((host, int(port))):
        eventually(lambda: len(_still_disabled(server)) == MANY)
        yield f"p{MANY - 1}"


def _disable(server: Server) -> None:
    for number in range(MANY):
        server.http.post(f"/proxies/p{number}", json={"enabled": False})


def _still_disabled(server: Server) -> set[str]:
    return {name for name, proxy in server.http.get("/proxies").json().items() if not proxy["enabled"]}
