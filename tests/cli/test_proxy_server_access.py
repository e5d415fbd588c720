"""`gameday proxy`: which server it uses, and its advice if the server does not answer as expected."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.proxy import Server, ours
from typing_extensions import override

from gameday.cli.main import run_command
from gameday.errors import Exit

VERBS = [("list",), ("status",), ("reset",), ("toggle", "db"), ("add", "-u", "127.0.0.1:9", "db")]
NOWHERE = "http://127.0.0.1:1"
DB = {"name": "db", "listen": "127.0.0.1:9", "upstream": "127.0.0.1:8", "enabled": True, "toxics": []}
WHETHER = "The change may have been applied"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ours() as server:
        yield server


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GAMEDAY_PROXY", "TOXIPROXY_URL", "GAMEDAY_PROXY_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def url(server: Server) -> str:
    return str(server.http.base_url).rstrip("/")


@pytest.mark.parametrize("option", ["--url", "--host", "-h"])
def test_url_may_come_before_the_command_and_without_http(url: str, option: str) -> None:
    at = url.removeprefix("http://")
    assert run_command(["proxy", option, at, "list"]) is Exit.HELD
    assert run_command(["proxy", option, NOWHERE, "list", "--url", at]) is Exit.HELD
    assert run_command(["proxy", option, NOWHERE, "list"]) is Exit.REFUSED
    assert run_command(["proxy", option, NOWHERE, "toxic", "remove", "-n", "slow", "db"]) is Exit.REFUSED


@pytest.mark.parametrize("words", [["-h"], ["-h", "list"], ["--help"]])
def test_every_spelling_of_help_prints_the_commands(words: list[str]) -> None:
    """In a process of its own: which words mean help is kept by the parser from its first use, be it a test's."""
    line = [sys.executable, "-m", "gameday", "proxy", *words]
    assert "Commands:" in subprocess.run(line, capture_output=True, text=True, check=True).stdout


def test_no_sentence_of_the_help_is_truncated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["proxy", "--help"]) is Exit.HELD
    said = capsys.readouterr().out
    assert (
        "including the faults of a running drill." in " ".join(said.split())
        and "..." not in said.partition("Commands:")[2]
    )


def test_url_option_overrides_gameday_proxy_and_toxiproxy_url(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOXIPROXY_URL", url.removeprefix("http://"))
    assert run_command(["proxy", "list"]) is Exit.HELD
    monkeypatch.setenv("GAMEDAY_PROXY", NOWHERE)
    assert run_command(["proxy", "list"]) is Exit.REFUSED
    assert run_command(["proxy", "list", "--url", url]) is Exit.HELD
    assert run_command(["proxy", "--url", url, "list"]) is Exit.HELD


def test_serve_takes_its_host_after_the_command(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["proxy", "--host", url, "serve"]) is Exit.BAD_INPUT
    assert "serve --host" in capsys.readouterr().err


@pytest.fixture
def answering(request: pytest.FixtureRequest) -> Iterator[str]:
    """Says the same to each verb: `{verb: (status, body)}`; a status of 0 is no answer at all."""
    said: dict[str, tuple[int, object]] = request.param

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            status, body = said[self.command]
            if not status:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _answer

        @override
        def log_message(self, format: str, *args: object) -> None: ...

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


HTML = b"<html>It works!</html>"
GOOD = DB | {"db": DB}
SILENT = {"GET": (200, GOOD), "POST": (0, {}), "DELETE": (0, {})}
WEB = {"GET": (200, HTML), "POST": (200, HTML), "DELETE": (200, HTML)}
NOT_FOUND = {"GET": (404, HTML), "POST": (404, HTML), "DELETE": (404, HTML)}
BROKEN: dict[str, tuple[int, object]] = {"GET": (0, {}), "POST": (0, {}), "DELETE": (0, {})}
CLOSED = {verb: (401, {"error": "a token is needed", "status": 401}) for verb in ("GET", "POST", "DELETE")}


def todo(words: tuple[str, ...], url: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run_command(["proxy", *words, "--url", url]) is Exit.REFUSED
    return capsys.readouterr().err.splitlines()[-1].strip()


@pytest.mark.parametrize("answering", [WEB, NOT_FOUND], indirect=True)
@pytest.mark.parametrize("words", VERBS)
def test_server_that_is_not_toxiproxy_is_reported(
    words: tuple[str, ...], answering: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Is this a Toxiproxy server?" in todo(words, answering, capsys)


@pytest.mark.parametrize("answering", [CLOSED], indirect=True)
@pytest.mark.parametrize("words", VERBS)
@pytest.mark.parametrize("token", ["", "wrong"])
def test_missing_token_is_reported(
    words: tuple[str, ...], answering: str, token: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", token)
    assert "Set GAMEDAY_PROXY_TOKEN to the token" in todo(words, answering, capsys)


@pytest.mark.parametrize("answering", [SILENT], indirect=True)
@pytest.mark.parametrize("words", [("toggle", "db"), ("delete", "db"), VERBS[-1]])
def test_change_without_an_answer_may_have_happened(
    words: tuple[str, ...], answering: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert WHETHER in todo(words, answering, capsys)


@pytest.mark.parametrize("answering", [BROKEN], indirect=True)
@pytest.mark.parametrize("words", VERBS[:4])
def test_read_without_an_answer_changed_nothing(
    words: tuple[str, ...], answering: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Is it running" in todo(words, answering, capsys)


@pytest.mark.parametrize("words", VERBS)
def test_unreachable_server_means_nothing_was_changed(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Is it running" in todo(words, NOWHERE, capsys)
    assert "Is it running" in todo(words, "http://nosuch.invalid:8474", capsys)
