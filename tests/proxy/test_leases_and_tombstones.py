"""Leases, which end faults, and tombstones, which refuse late requests."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from support.proxy import Proxied, Server, eventually

from gameday.proxy.fault_lifetime import TOMBSTONE_S, Tombstones


@pytest.fixture
def proxy(server: Server, request: pytest.FixtureRequest) -> Iterator[Proxied]:
    with server.proxied(request.node.name) as proxy:
        yield proxy


def left(proxy: Proxied, path: str) -> float:
    return float(proxy.http.get(path).json()["expires_in"])


def test_expired_toxic_is_removed_and_releases_data(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        toxic = proxy.toxic("latency", attributes={"latency": 3_600_000}, expires_in=0.3)
        assert 0 < left(proxy, toxic) <= 0.3
        pair.upstream.sendall(b"held")
        assert pair.client.recv(4) == b"held"
        assert proxy.http.get(toxic).status_code == 404
        assert proxy.http.post(toxic, json={"expires_in": 5}).status_code == 404


def test_renewal_extends_lease_without_disturbance(proxy: Proxied) -> None:
    toxic = proxy.toxic("latency", attributes={"latency": 7}, expires_in=5)
    renewed = proxy.http.post(toxic, json={"expires_in": 60}).json()
    assert renewed["attributes"] == {"latency": 7, "jitter": 0}
    assert 5 < left(proxy, toxic) <= 60
    proxy.http.post(toxic, json={"attributes": {"latency": 8}})
    assert 5 < left(proxy, toxic) <= 60
    proxy.http.post(toxic, json={"expires_in": 0.1})
    eventually(lambda: proxy.http.get(toxic).status_code == 404)


def test_toxic_without_lease_can_get_one(proxy: Proxied) -> None:
    toxic = proxy.toxic("noop")
    assert "expires_in" not in proxy.http.get(toxic).json()
    proxy.http.post(toxic, json={"expires_in": 0.1})
    eventually(lambda: proxy.http.get(toxic).status_code == 404)


def test_expired_outage_enables_proxy(proxy: Proxied) -> None:
    shown = proxy.update(enabled=False, mark="gd-0001", expires_in=0.3).json()
    assert (shown["enabled"], shown["mark"]) == (False, "gd-0001")
    assert proxy.update(expires_in=30).status_code == 200
    assert left(proxy, proxy.path) > 1
    proxy.update(expires_in=0.1)
    eventually(lambda: proxy.shown()["enabled"] is True)
    assert not {"mark", "expires_in"} & set(proxy.shown())
    assert proxy.update(enabled=False, mark="gd-0001").status_code == 409
    assert proxy.shown()["enabled"] is True


def test_renewal_of_enabled_proxy_is_refused(proxy: Proxied) -> None:
    answer = proxy.update(expires_in=5)
    assert answer.status_code == 409
    assert "no outage to renew" in answer.json()["error"]
    assert proxy.update(enabled=True, expires_in=5).status_code == 400


def test_expired_outage_retries_until_port_is_free(proxy: Proxied) -> None:
    proxy.update(enabled=False)
    with socket.create_server(proxy.listen):
        proxy.update(expires_in=0.01)
        eventually(lambda: left(proxy, proxy.path) > 0.1)
        assert proxy.shown()["enabled"] is False
    eventually(lambda: proxy.shown()["enabled"] is True)


@pytest.mark.parametrize("body", [{"enabled": True}, {"enabled": True, "mark": "gd-0002"}])
def test_enabling_retires_the_marker(proxy: Proxied, body: dict[str, object]) -> None:
    assert proxy.update(enabled=False, mark="gd-0002").json()["mark"] == "gd-0002"
    assert proxy.update(enabled=False, mark="gd-0002").status_code == 200
    answer = proxy.update(**body).json()
    assert answer["enabled"] is True
    assert "mark" not in answer
    late = proxy.update(enabled=False, mark="gd-0002", expires_in=5)
    assert late.status_code == 409
    assert "late" in late.json()["error"]
    assert proxy.shown()["enabled"] is True


def test_marker_reverted_before_apply_is_refused(proxy: Proxied) -> None:
    assert proxy.update(enabled=True, mark="gd-0003").status_code == 200
    assert proxy.update(enabled=False, mark="gd-0003").status_code == 409
    assert proxy.update(enabled=False, mark="gd-0004").status_code == 200


@pytest.mark.parametrize("first", [{"enabled": False}, {"enabled": False, "mark": "gd-0005"}])
def test_outage_of_someone_else_is_left_unchanged(proxy: Proxied, first: dict[str, object]) -> None:
    proxy.update(**first)
    for body in ({"enabled": False}, {"enabled": True}, {"expires_in": 5}):
        assert proxy.update(**body, mark="gd-0006").status_code == 409
    shown = proxy.shown()
    assert shown["enabled"] is False
    assert shown.get("mark") == first.get("mark")


@pytest.mark.parametrize("known", [False, True])
def test_reverted_toxic_of_drill_is_refused(proxy: Proxied, known: bool) -> None:
    body = {"name": "gd-0123456789ab", "type": "noop"}
    if known:
        proxy.toxic("noop", name=body["name"])
    gone = proxy.http.delete(f"{proxy.path}/toxics/gd-0123456789ab")
    assert gone.status_code == (204 if known else 404)
    late = proxy.http.post(f"{proxy.path}/toxics", json=body)
    assert late.status_code == 409
    assert "already removed" in late.json()["error"]
    assert proxy.shown()["toxics"] == []


def test_toxic_reverted_before_proxy_exists_is_refused(server: Server) -> None:
    assert server.http.delete("/proxies/new/toxics/gd-0007").status_code == 404
    with server.proxied("new") as proxy:
        assert proxy.http.post(f"{proxy.path}/toxics", json={"name": "gd-0007", "type": "noop"}).status_code == 409


def test_names_without_drill_prefix_can_be_reused(proxy: Proxied) -> None:
    toxic = proxy.toxic("noop", name="mine")
    assert proxy.http.delete(toxic).status_code == 204
    assert proxy.http.delete(toxic).status_code == 404
    assert proxy.toxic("noop", name="mine") == toxic


def test_tombstone_expires() -> None:
    now = 0.0
    stones = Tombstones(lambda: now)
    stones.add("db", "gd-1")
    stones.add("db", "mine")
    assert not stones.has("other", "gd-1")
    assert not stones.has("db", "mine")
    now = 600.0
    stones.add("db", "gd-2")
    assert stones.has("db", "gd-1")
    now = TOMBSTONE_S + 1
    assert not stones.has("db", "gd-1")
    assert stones.has("db", "gd-2")


def test_faults_of_deleted_proxy_are_refused_on_its_successor(server: Server) -> None:
    """Neither a toxic of a drill, nor a mark that disabled it."""
    with server.proxied("gone") as first:
        first.toxic("latency", name="gd-00010000000a")
        assert first.update(enabled=False, mark="gd-00010000000b").status_code == 200
    with server.proxied("gone") as second:
        late = second.http.post(f"{second.path}/toxics", json={"name": "gd-00010000000a", "type": "latency"})
        assert (late.status_code, second.shown()["toxics"]) == (409, [])
        assert second.update(enabled=False, mark="gd-00010000000b").status_code == 409
        assert second.shown()["enabled"] is True
