"""Access control: the own user on loopback, listed networks, a token; never web pages."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from support.proxy import PATIENCE, Server, ours

from gameday.proxy import local_user, upstream_dialer
from gameday.proxy.api_auth import PEER_UID, AccessPolicy, AuthMiddleware, load_policy, load_token

TOKEN = "only-for-this-test"
FORM = {"Content-Type": "text/plain"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ours on every address of this machine, asked on loopback."""
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text(TOKEN + "\n")
    with ours("--host", "0.0.0.0", "--token-file", str(file)) as server:
        yield server


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8474"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
        {"Host": "evil.example:8474"},
        {"Host": "localhost.evil.example"},
        {"Host": "127.0.0.1.evil.example"},
    ],
)
def test_web_page_is_refused_and_changes_nothing(server: Server, headers: dict[str, str]) -> None:
    body = {"name": "evil", "upstream": "127.0.0.1:1"}
    answer = server.http.post("/proxies", json=body, headers=FORM | headers)
    assert answer.status_code == 403
    assert server.http.get("/proxies").json() == {}


@pytest.mark.parametrize("host", ["127.0.0.1:8474", "localhost", "LOCALHOST:1", "[::1]:8474", "192.0.2.7", ""])
def test_host_header_with_ip_or_localhost_is_accepted(server: Server, host: str) -> None:
    assert server.http.get("/version", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("address", ["203.0.113.9", "127.0.0.1", "banana"])
def test_no_header_says_where_a_client_comes_from(server: Server, address: str) -> None:
    """A client that names an allowed network, or another user's way around 403, stays what the kernel says."""
    headers = {"X-Forwarded-For": address, "Forwarded": f"for={address}"}
    assert server.http.get("/version", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xff"]
)
@pytest.mark.parametrize("path", ["/version", "/proxies", "/metrics", "/nothing"])
def test_missing_token_is_refused(closed: Server, given: str | None, path: str) -> None:
    headers = [] if given is None else [(b"Authorization", given.encode("latin-1"))]
    answer = closed.http.get(_here(closed, path), headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert TOKEN not in answer.text


def test_token_allows_any_host_but_no_web_page(closed: Server) -> None:
    known = {"Authorization": f"bearer {TOKEN}", "Host": "toxiproxy:8474"}
    assert closed.http.get(_here(closed, "/proxies"), headers=known).status_code == 200
    assert closed.http.get(_here(closed, "/proxies"), headers=known | {"Origin": "http://x"}).status_code == 403


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--host", "0.0.0.0"], "--token-file FILE or set GAMEDAY_PROXY_TOKEN"),
        (["--host", "::"], "listening on :: requires a token"),
        (["--host", "0.0.0.0", "--allow-from", "172.17.0.1/16"], "--allow-from 172.17.0.1/16: 172.17.0.1/16 has host"),
        (["--allow-from", "evil.example"], "--allow-from evil.example: 'evil.example' does not appear"),
        (["--token-file", "none"], "cannot read the token in none: No such file or directory\n"),
        (["--token-file", "/dev/null"], "the token file /dev/null is empty"),
    ],
)
@pytest.mark.parametrize("command", [["-m", "gameday.proxy"], ["-m", "gameday", "proxy", "serve"]])
def test_start_beyond_loopback_requires_token(tmp_path: Path, command: list[str], args: list[str], said: str) -> None:
    line = [sys.executable, *command, "--port", "0", *args]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=tmp_path)
    assert (ended.returncode, said in ended.stderr, "Traceback" in ended.stderr) == (2, True, False), ended.stderr


def test_short_token_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", "short")
    line = [sys.executable, "-m", "gameday.proxy", "--port", "0"]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, "at least 16" in ended.stderr) == (2, True)


@pytest.mark.parametrize(("mode", "is_said"), [(0o600, False), (0o640, True), (0o644, True)])
def test_token_readable_by_others_causes_warning(
    tmp_path: Path, mode: int, is_said: bool, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(mode)
    assert load_token(file) == TOKEN
    assert [f"chmod 600 {file}" in line for line in caplog.messages] == [True] * is_said


def test_token_from_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", TOKEN)
    with ours() as server:
        assert server.http.get("/version").status_code == 401
        assert server.http.get("/version", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_connection_of_this_process_has_its_user() -> None:
    with _connection() as (_, accepted):
        assert local_user.find_peer_user(accepted) == os.geteuid()


def test_client_that_is_connected_by_ipv6_has_its_user() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_INET6) as client:
        client.connect(("::ffff:127.0.0.1", listener.getsockname()[1]))
        accepted, _ = listener.accept()
        with accepted:
            assert local_user.find_peer_user(accepted) == os.geteuid()


@pytest.mark.parametrize("leave", ["close", "reset"])
def test_client_that_has_left_has_no_user(leave: str) -> None:
    """The kernel says uid 0 for its socket: another user could seem to be root by leaving early."""
    with _connection() as (client, accepted):
        client.sendall(b"request")
        if leave == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        assert local_user.find_peer_user(accepted) is None


@pytest.mark.parametrize(
    ("uid", "is_allowed"), [(os.geteuid(), True), (0, True), (os.geteuid() + 1, False), (None, False)]
)
def test_loopback_client_needs_to_be_own_user_or_root(uid: int | None, is_allowed: bool) -> None:
    assert local_user.is_own_user_or_root(uid) == is_allowed
    assert _status(AccessPolicy(), "127.0.0.1", uid) == (200 if is_allowed else 403)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process as another user")
def test_other_user_of_this_machine_is_refused_with_advice() -> None:
    with ours() as server:
        request = f"import urllib.request; urllib.request.urlopen('{_here(server, '/proxies')}')"
        line = ["/usr/bin/python3", "-I", "-c", request]
        ended = subprocess.run(
            line, capture_output=True, text=True, timeout=PATIENCE, check=False, user=54322, group=54322, cwd="/"
        )
        assert "HTTP Error 403" in ended.stderr, ended.stderr


@pytest.mark.parametrize("upstream", ["127.0.0.1", "localhost", ""])
def test_client_that_comes_through_a_proxy_of_the_server_is_refused(server: Server, upstream: str) -> None:
    """Any user can connect to a proxy's port: its connection to the API is not one of the server's own user."""
    body = {"name": "self", "listen": "127.0.0.1:0", "upstream": f"{upstream}:{server.http.base_url.port}"}
    made = server.http.post("/proxies", json=body)
    assert made.status_code == 201, made.text
    with httpx.Client(base_url=f"http://{made.json()['listen']}", trust_env=False) as through:
        assert through.get("/proxies").status_code == 403
    assert server.http.get("/proxies").status_code == 200
    server.http.delete("/proxies/self")


@pytest.mark.parametrize(
    ("client", "host", "status"),
    [
        ("172.17.0.1", "127.0.0.1:8474", 200),
        ("::ffff:172.17.0.1", "toxiproxy:8474", 200),
        ("172.17.0.1", "evil.example", 403),
        ("172.18.0.1", "toxiproxy:8474", 403),
        ("192.0.2.1", "toxiproxy:8474", 403),
        ("127.0.0.1", "127.0.0.1:8474", 200),
    ],
)
def test_client_of_listed_network_needs_no_token(client: str, host: str, status: int) -> None:
    policy = asyncio.run(load_policy("0.0.0.0", None, ["172.17.0.0/16"], ["Toxiproxy."]))
    assert _status(policy, client, os.geteuid(), host) == status


def test_listed_network_needs_no_token_where_others_do() -> None:
    policy = AccessPolicy(TOKEN, (ipaddress.ip_network("10.0.0.0/8"),))
    assert [_status(policy, ip, None) for ip in ("10.1.1.1", "192.0.2.1", "127.0.0.1")] == [200, 401, 401]


def test_allowed_loopback_accepts_every_user() -> None:
    policy = asyncio.run(load_policy("127.0.0.1", None, ["127.0.0.1"], []))
    assert _status(policy, "127.0.0.1", os.geteuid() + 1) == 200


@contextlib.contextmanager
def _connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection: the client's, and the accepted one."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
        listener.accept()[0] as accepted,
    ):
        yield client, accepted


def _status(policy: AccessPolicy, client: str, uid: int | None, host: str = "127.0.0.1") -> int:
    """Status that a client of this address and user gets."""

    async def accept(scope: Scope, receive: Receive, send: Send) -> None:
        await Response()(scope, receive, send)

    async def request() -> int:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await AuthMiddleware(accept, policy)({**scope, "state": {PEER_UID: uid}}, receive, send)

        transport = httpx.ASGITransport(app, client=(client, 40000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
            return (await http.get("/version")).status_code

    return asyncio.run(request())


def _here(server: Server, path: str) -> httpx.URL:
    return httpx.URL(scheme="http", host="127.0.0.1", port=server.http.base_url.port, path=path)


def test_another_connection_with_the_local_port_of_an_upstream_connection_is_not_ours() -> None:
    """The kernel may give one local port to connections to different servers."""
    with (
        socket.create_server(("127.0.0.1", 0)) as upstream, socket.create_server(("127.0.0.1", 0)) as api,
        socket.socket() as dialled, socket.socket() as client,
    ):  # fmt: skip
        for sock in (dialled, client):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        dialled.bind(("127.0.0.1", 0))
        client.bind(dialled.getsockname())
        dialled.connect(upstream.getsockname())
        client.connect(api.getsockname())
        upstream_dialer._own_connections.update((dialled,))
        with upstream.accept()[0] as at_upstream, api.accept()[0] as at_api:
            assert upstream_dialer.is_own_connection(at_upstream)
            assert not upstream_dialer.is_own_connection(at_api)
