"""The API: statuses and texts as in Toxiproxy (one table runs on both), and further refusals."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.available_engines import toxiproxy_server
from support.proxy import Server, original

PROXY = {"name": "a", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}
LATE = {"name": "late", "type": "latency", "attributes": {"latency": 10}}

# What is asked, and the status and error text that both servers give. The proxy `a` has the toxic `late`.
TABLE: list[tuple[str, str, object, int, str]] = [
    ("GET", "/version", None, 200, ""),
    ("GET", "/proxies", None, 200, ""),
    ("GET", "/proxies/a", None, 200, ""),
    ("GET", "/proxies/b", None, 404, "proxy not found"),
    ("POST", "/proxies", {"name": "", "upstream": "127.0.0.1:1"}, 400, "missing required field: name"),
    ("POST", "/proxies", {"name": "b"}, 400, "missing required field: upstream"),
    ("POST", "/proxies", PROXY, 409, "proxy already exists"),
    ("POST", "/proxies", [1], 400, "bad request body"),
    ("POST", "/proxies", {"name": 3, "upstream": "x"}, 400, "bad request body"),
    ("POST", "/proxies", {"name": "b", "upstream": "x", "listen": "nonsense"}, 500, "missing port in address"),
    ("POST", "/proxies/a", {}, 200, ""),
    ("POST", "/proxies/a", {"enabled": "no"}, 400, "bad request body"),
    ("POST", "/proxies/b", {"enabled": False}, 404, "proxy not found"),
    ("DELETE", "/proxies/b", None, 404, "proxy not found"),
    ("GET", "/proxies/a/toxics", None, 200, ""),
    ("GET", "/proxies/b/toxics", None, 404, "proxy not found"),
    ("GET", "/proxies/a/toxics/late", None, 200, ""),
    ("GET", "/proxies/a/toxics/x", None, 404, "toxic not found"),
    ("POST", "/proxies/a/toxics", LATE, 409, "toxic already exists"),
    ("POST", "/proxies/a/toxics", {"type": "x"}, 400, "invalid toxic type"),
    ("POST", "/proxies/a/toxics", {"type": "latency", "stream": "side"}, 400, "stream was invalid"),
    ("POST", "/proxies/a/toxics", {"type": "latency", "attributes": {"latency": 1.5}}, 400, "bad request body"),
    ("POST", "/proxies/a/toxics", {"type": "latency", "attributes": {"latency": "1"}}, 400, "bad request body"),
    ("POST", "/proxies/a/toxics", {"type": "latency", "attributes": [1]}, 400, "bad request body"),
    ("POST", "/proxies/a/toxics", "latency", 400, "bad request body"),
    ("POST", "/proxies/a/toxics/late", {"attributes": {"jitter": 2}, "type": "noop"}, 200, ""),
    ("POST", "/proxies/a/toxics/x", {}, 404, "toxic not found"),
    ("DELETE", "/proxies/a/toxics/x", None, 404, "toxic not found"),
    ("DELETE", "/proxies/a/toxics/late", None, 204, ""),
    ("POST", "/reset", None, 204, ""),
    ("POST", "/populate", {}, 400, "bad request body"),
    ("POST", "/populate", [{"name": "c"}], 400, "missing required field: upstream at proxy 1"),
    ("PUT", "/proxies", None, 405, ""),
    ("GET", "/nothing", None, 404, "404 page not found"),
]


@pytest.fixture(scope="module")
def toxiproxy() -> Iterator[Server]:
    """Toxiproxy's own server, where there is one."""
    with original(str(toxiproxy_server())) as server:
        yield server


@pytest.fixture(params=["server", pytest.param("toxiproxy", marks=pytest.mark.engine("toxiproxy"))])
def either(request: pytest.FixtureRequest) -> Server:
    server = request.getfixturevalue(request.param)
    assert isinstance(server, Server)
    return server


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    """Ours, with the proxy `a`."""
    assert server.http.post("/proxies", json=PROXY).status_code == 201
    yield server.http
    server.http.delete("/proxies/a")


@pytest.mark.parametrize(("verb", "path", "body", "status", "text"), TABLE)
def test_same_request_gets_same_status(
    either: Server, verb: str, path: str, body: object, status: int, text: str
) -> None:
    http = either.http
    assert http.post("/proxies", json=PROXY).status_code == 201
    assert http.post("/proxies/a/toxics", json=LATE).status_code == 200
    answer = http.request(verb, path, json=body) if body is not None else http.request(verb, path)
    http.delete("/proxies/a")
    assert answer.status_code == status
    assert text in answer.text
    if answer.is_error and "error" in answer.text:
        assert answer.json()["status"] == status


def test_response_bodies_have_toxiproxys_shape(either: Server) -> None:
    http = either.http
    made = http.post("/proxies", json=PROXY).json()
    listen = made["listen"]
    assert made == PROXY | {"listen": listen, "enabled": True, "Logger": {}, "toxics": []}
    toxic = http.post("/proxies/a/toxics", json={"type": "latency", "stream": "upstream", "toxicity": 0.5}).json()
    latency = {"latency": 0, "jitter": 0}
    expected = {"name": "latency_upstream", "type": "latency", "stream": "upstream", "toxicity": 0.5}
    assert toxic == expected | {"attributes": latency}
    late = http.post("/proxies/a/toxics", json=LATE).json()
    assert http.post("/proxies/a/toxics/late", json={"attributes": {"jitter": 3}}).json()["attributes"] == {
        "latency": 10,
        "jitter": 3,
    }
    shown = http.get("/proxies").json()["a"]
    assert shown["toxics"] == [toxic, late | {"attributes": {"latency": 10, "jitter": 3}}]
    assert http.get("/proxies/a/toxics").json() == shown["toxics"]
    assert http.post("/proxies/a", json={"enabled": False}).json()["enabled"] is False
    assert http.post("/reset").status_code == 204
    assert http.get("/proxies/a").json() == made
    assert http.delete("/proxies/a").status_code == 204
    assert http.get("/proxies/a").status_code == 404


def test_populate_creates_and_replaces_proxies(either: Server) -> None:
    http = either.http
    first = http.post("/populate", json=[PROXY])
    assert first.status_code == 201
    there = first.json()["proxies"][0]
    http.post("/proxies/a/toxics", json=LATE)
    moved = http.post("/populate", json=[PROXY | {"listen": there["listen"], "upstream": "127.0.0.1:2"}]).json()
    assert moved["proxies"] == [there | {"upstream": "127.0.0.1:2"}]
    http.delete("/proxies/a")


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "localhost:0", None])
def test_populate_again_keeps_proxy_with_same_addresses(http: httpx.Client, listen: str | None) -> None:
    """The original takes the toxics away."""
    there = http.get("/proxies/a").json()["listen"]
    http.post("/proxies/a/toxics", json=LATE)
    again = http.post("/populate", json=[PROXY | {"listen": listen or there, "enabled": True}]).json()["proxies"]
    assert [toxic["name"] for toxic in again[0]["toxics"]] == ["late"]
    assert again[0]["listen"] == there


@pytest.mark.parametrize(
    ("attributes", "more"),
    [
        ({"latency": -1}, {}),
        ({"latency": 2**62}, {}),
        ({"jitter": True}, {}),
        ({}, {"toxicity": 7}),
        ({}, {"toxicity": -0.1}),
        ({}, {"toxicity": "1"}),
        ({}, {"expires_in": 0}),
        ({}, {"expires_in": -1}),
        ({}, {"expires_in": "5"}),
        ({}, {"expires_in": 1e300}),
        ({}, {"name": "a/b"}),
    ],
)
def test_values_that_toxiproxy_wrongly_accepts_are_refused(
    http: httpx.Client, attributes: dict[str, object], more: dict[str, object]
) -> None:
    answer = http.post("/proxies/a/toxics", json={"type": "latency", "attributes": attributes} | more)
    assert answer.status_code == 400, answer.text
    assert (next(iter(attributes or more))) in answer.json()["error"]
    assert http.get("/proxies/a/toxics").json() == []


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000, b"1" * 10_000, b'{"type": NaN}', b"null"])
def test_invalid_json_is_refused(http: httpx.Client, raw: bytes) -> None:
    assert http.post("/proxies/a/toxics", content=raw).status_code == 400


def test_version_lists_extensions(http: httpx.Client) -> None:
    version = http.get("/version").json()
    assert version["gameday"] is True
    assert "expires_in" in version["extensions"]


def test_patch_updates_like_post(http: httpx.Client) -> None:
    http.post("/proxies/a/toxics", json=LATE)
    assert (
        http.patch("/proxies/a/toxics/late", json={"attributes": {"latency": 5}}).json()["attributes"]["latency"] == 5
    )
    assert http.patch("/proxies/a", json={"enabled": False}).json()["enabled"] is False


def test_move_to_unavailable_address_changes_nothing(server: Server) -> None:
    with server.proxied("here") as proxy, proxy.pair() as pair:
        taken = f"127.0.0.1:{proxy.backend.getsockname()[1]}"
        before = proxy.shown()
        assert proxy.update(listen=taken).status_code == 500
        assert proxy.shown() == before
        pair.client.sendall(b"still")
        assert pair.upstream.recv(5) == b"still"
        with proxy.pair() as another:
            another.client.sendall(b"new")
            assert another.upstream.recv(3) == b"new"
        assert server.http.post("/proxies", json=PROXY | {"name": "b", "listen": taken}).status_code == 500
        assert server.http.get("/proxies/b").status_code == 404


def test_failed_move_of_disabled_proxy_changes_nothing(server: Server) -> None:
    with server.proxied("here") as proxy:
        taken = f"127.0.0.1:{proxy.backend.getsockname()[1]}"
        assert proxy.update(enabled=False).status_code == 200
        before = proxy.shown()
        assert proxy.update(listen=taken, enabled=True).status_code == 500
        assert proxy.shown() == before
        assert proxy.update(enabled=True).status_code == 200


def test_reset_continues_after_port_in_use(server: Server) -> None:
    with server.proxied("one") as one, server.proxied("two") as two:
        one.update(enabled=False)
        two.update(enabled=False)
        two.toxic("noop")
        with socket.create_server(one.listen):
            answer = server.http.post("/reset")
        assert answer.status_code == 500
        assert "one: listen tcp" in answer.json()["error"]
        assert two.shown()["enabled"] is True
        assert two.shown()["toxics"] == []


def test_browser_is_refused(http: httpx.Client) -> None:
    answer = http.get("/proxies", headers={"User-Agent": "Mozilla/5.0"})
    assert answer.status_code == 403


def test_missing_listen_address_means_loopback(http: httpx.Client) -> None:
    for number, listen in enumerate(["", ":0", "localhost:0"]):
        made = http.post("/proxies", json={"name": f"l{number}", "upstream": "127.0.0.1:1", "listen": listen}).json()
        assert made["listen"].startswith("127.0.0.1:")
        http.delete(f"/proxies/l{number}")


@pytest.mark.filterwarnings("ignore")  # the client's own libraries are old
def test_toxiproxy_python_works_unchanged(server: Server) -> None:
    from toxiproxy import Toxiproxy

    client: Any = Toxiproxy()
    client.update_api_consumer("127.0.0.1", server.http.base_url.port)
    assert client.running()
    proxy = client.create(name="py", upstream="127.0.0.1:1", listen="127.0.0.1:0")
    proxy.add_toxic(type="latency", attributes={"latency": 5})
    assert proxy.get_toxic("latency_downstream").attributes == {"latency": 5, "jitter": 0}
    assert proxy.destroy_toxic("latency_downstream")
    proxy.disable()
    assert client.get_proxy("py").enabled is False
    assert client.reset()
    assert client.get_proxy("py").enabled is True
    assert proxy.destroy()
    assert client.get_proxy("py") is None


def test_disabled_proxy_shows_requested_address_until_it_starts(either: Server) -> None:
    http = either.http
    try:
        body = PROXY | {"name": "off", "listen": "localhost:0", "enabled": False}
        assert http.post("/proxies", json=body).json()["listen"] == "localhost:0"
        assert http.post("/proxies/off", json={"listen": "nonsense"}).json()["listen"] == "nonsense"
        assert http.post("/proxies/off", json={"enabled": True}).status_code == 500
        assert http.post("/proxies/off", json={"listen": "localhost:0"}).json()["listen"] == "localhost:0"
        listen = http.post("/proxies/off", json={"enabled": True}).json()["listen"]
        assert listen.startswith("127.0.0.1:") and not listen.endswith(":0")
        assert http.post("/proxies/off", json={"enabled": False}).json()["listen"] == listen
        assert http.post("/proxies/off", json={"enabled": True}).json()["listen"] == listen
    finally:
        http.delete("/proxies/off")


def test_reset_starts_proxy_created_disabled(server: Server) -> None:
    body = PROXY | {"name": "off", "listen": "localhost:0", "enabled": False}
    assert server.http.post("/proxies", json=body).status_code == 201
    assert server.http.post("/reset").status_code == 204
    shown = server.http.get("/proxies/off").json()
    assert shown["enabled"] is True
    assert shown["listen"].startswith("127.0.0.1:")
    server.http.delete("/proxies/off")
