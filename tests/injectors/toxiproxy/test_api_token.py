"""A server that requires a token gets it, from the environment; no other server does, and none is told in words."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typing_extensions import override

from gameday.cli.main import run_command
from gameday.errors import Exit, Refused
from gameday.injectors.toxiproxy import ToxiproxyInjector
from gameday.injectors.toxiproxy.api_client import ToxiproxyServer
from gameday.model import Binding, Fault
from gameday.plugins.types import ApplyOutcome, Deadline

SECRET = "s3cret-of-a-test"
PROXY = {"name": "db", "listen": "192.0.2.1:1", "upstream": "192.0.2.2:1", "enabled": True, "toxics": []}
ANSWERS = {"/version": {"version": "0"}, "/proxies": {"db": PROXY}, "/proxies/db": PROXY}


@dataclass
class Guarded:
    """Asks for `wants`, where there is any; `heard` has the Authorization of each request."""

    wants: str = SECRET
    heard: list[str | None] = field(default_factory=list[str | None])
    url: str = ""


@pytest.fixture
def guarded() -> Iterator[Guarded]:
    guarded = Guarded()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            guarded.heard.append(self.headers.get("Authorization"))
            let_in = not guarded.wants or self.headers.get("Authorization") == f"Bearer {guarded.wants}"
            body = ANSWERS.get(self.path, {}) if let_in else {"error": "a token is needed", "status": 401}
            content = json.dumps(body).encode()
            self.send_response(200 if let_in else 401)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _answer

        @override
        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    guarded.url = f"http://127.0.0.1:{server.server_port}"
    yield guarded
    server.shutdown()
    server.server_close()


def soon() -> Deadline:
    return Deadline.after(5.0)


def test_token_is_sent_on_request(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", f"{SECRET}\n")
    server = ToxiproxyServer(guarded.url)
    assert server.proxies(soon()) == {"db": PROXY}
    assert server.proxy("db", soon()) == PROXY
    assert guarded.heard == [None, f"Bearer {SECRET}", f"Bearer {SECRET}"]


def test_token_is_not_sent_unasked(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", SECRET)
    guarded.wants = ""
    ToxiproxyServer(guarded.url).proxies(soon())
    assert guarded.heard == [None]


@pytest.mark.parametrize(
    ("token", "said"),
    [("", "requires a token: set GAMEDAY_PROXY_TOKEN"), ("wrong", "rejects the token"), ("é", "token")],
)
def test_wrong_token_is_reported_and_not_retried(
    guarded: Guarded, token: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", token)
    assert run_command(["proxy", "list", "--url", guarded.url]) is Exit.REFUSED
    assert said in capsys.readouterr().err
    assert len(guarded.heard) == (2 if token else 1)
    binding = Binding("test", "database", "toxiproxy", {"url": guarded.url, "proxy": "db"})
    with pytest.raises(Refused, match=said) as refused:
        ToxiproxyInjector().plan(Fault("f", "outage", "database", {}), binding, "gd-00016b04d12b", soon())
    assert refused.value.todo == "Set GAMEDAY_PROXY_TOKEN to the token that the server was started with."


def test_an_intent_holds_no_token(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_PROXY_TOKEN", SECRET)
    binding = Binding("test", "database", "toxiproxy", {"url": guarded.url, "proxy": "db"})
    intent = ToxiproxyInjector().plan(Fault("f", "outage", "database", {}), binding, "gd-00016b04d12b", soon())
    assert SECRET not in json.dumps(intent.encode())
    monkeypatch.delenv("GAMEDAY_PROXY_TOKEN")
    applied = ToxiproxyInjector().apply(intent, soon())
    assert applied.outcome is ApplyOutcome.UNKNOWN and "requires a token" in applied.reason
