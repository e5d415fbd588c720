"""Access control: web pages are refused, and a token is required beyond loopback."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.proxy import PATIENCE, Server, ours

from gameday.proxy.api_auth import load_token

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
    assert asyncio.run(load_token("127.0.0.1", file)) == TOKEN
    assert [f"chmod 600 {file}" in line for line in caplog.messages] == [True] * is_said


def test_token_from_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", TOKEN)
    with ours() as server:
        assert server.http.get("/version").status_code == 401
        assert server.http.get("/version", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def _here(server: Server, path: str) -> httpx.URL:
    return httpx.URL(scheme="http", host="127.0.0.1", port=server.http.base_url.port, path=path)
