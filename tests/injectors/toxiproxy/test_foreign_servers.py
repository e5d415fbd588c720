"""Somebody else answers where the Toxiproxy server should: nothing is believed, and nobody else hears of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.toxiproxy import ToxiproxyInjector
from gameday.model import Binding, Fault
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence, RevertGuarantee, RevertOutcome

MARK = "gd-00016b04d12b"
HTML = b"<html><h1>404 Not Found</h1></html>"
GONE = {"error": "proxy not found", "status": 404}
PROXY = {"name": "db", "listen": "192.0.2.1:1", "upstream": "192.0.2.2:1", "enabled": True, "toxics": []}
Answer = tuple[int, Any]
"""A status, and a body: JSON unless it is bytes."""


@dataclass
class Stranger:
    """Answers what `says` tells it for a verb and a path; `heard` is all it was asked. A redirect goes to `to`."""

    url: str
    says: Callable[[str, str], Answer] = lambda _verb, _path: (404, HTML)
    heard: list[str] = field(default_factory=list[str])
    to: str = ""

    @property
    def binding(self) -> Binding:
        return Binding("test", "database", "toxiproxy", {"url": self.url, "proxy": "db"})

    def intent(self, kind: str = "latency") -> Intent:
        params: dict[str, Any] = {"delay": "200ms"} if kind == "latency" else {}
        return Intent(
            marker=MARK, drill=MARK[:7], fault="f", kind=kind, injector="toxiproxy", environment="test",
            target="database", address={"url": self.url, "proxy": "db"}, params=params, undo={"enabled": True},
            target_text="proxy db", revert_text="remove it", guarantee=RevertGuarantee.GUARDIAN,
        )  # fmt: skip


def _handler(stranger: Callable[[], Stranger]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            me = stranger()
            self.rfile.read(int(self.headers.get("content-length") or 0))
            me.heard.append(f"{self.command} {self.path}")
            status, body = me.says(self.command, self.path)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            if me.to:
                self.send_header("location", me.to + self.path)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _answer

        @override
        def log_message(self, format: str, *args: object) -> None: ...

    return Handler


@pytest.fixture
def make() -> Iterator[Callable[[], Stranger]]:
    servers: list[ThreadingHTTPServer] = []

    def made() -> Stranger:
        found: list[Stranger] = []
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lambda: found[0]))
        servers.append(server)
        found.append(Stranger(f"http://127.0.0.1:{server.server_port}"))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return found[0]

    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def stranger(make: Callable[[], Stranger]) -> Stranger:
    return make()


def soon() -> Deadline:
    return Deadline.after(5.0)


def same(status: int, body: object) -> Callable[[str, str], Answer]:
    return lambda _verb, _path: (status, body)


def on_all_but(path: str, status: int, body: object) -> Callable[[str, str], Answer]:
    """Answer this to everything but the list of all proxies, which is a page of HTML."""
    return lambda _verb, asked: (200, HTML) if asked == path else (status, body)


def contradicts(_verb: str, path: str) -> Answer:
    return (200, {"db": PROXY}) if path == "/proxies" else (404, GONE)


ODD: dict[str, Callable[[str, str], Answer]] = {
    "a page of HTML": same(404, HTML),
    "404 in another's JSON": same(404, {"error": "no route"}),
    "404 in no JSON at all": same(404, b"404 page not found"),
    "the right words, but no Toxiproxy": on_all_but("/proxies", 404, GONE),
    "the right words for everything": same(404, GONE),
    "the right words, and the list has it": contradicts,
    "yes to everything": same(200, {}),
    "another proxy": same(200, {**PROXY, "name": "other"}),
    "no toxics": same(200, {key: PROXY[key] for key in ("name", "enabled")}),
    "toxics of odd types": same(200, {**PROXY, "toxics": [1, "two"]}),
    "toxics that are no list": same(200, {**PROXY, "toxics": {"name": MARK}}),
    "a toxic without a name": same(200, {**PROXY, "toxics": [{}]}),
    "a list": same(200, [1, 2]),
    "a conflict of another's": same(409, HTML),
    "endless brackets": same(200, b"[" * 100_000),
}


@pytest.mark.parametrize("kind", ["latency", "outage"])
@pytest.mark.parametrize("odd", ODD)
def test_foreign_server_never_makes_a_fault_absent(stranger: Stranger, odd: str, kind: str) -> None:
    stranger.says = ODD[odd]
    injector, intent = ToxiproxyInjector(), stranger.intent(kind)
    assert injector.presence(intent, soon()) is Presence.UNKNOWN
    assert injector.revert(intent, soon()).outcome is RevertOutcome.PENDING
    with pytest.raises(Refused):
        injector.plan(Fault("f", "outage", "database", {}), stranger.binding, MARK, soon())
    assert injector.check_target(stranger.binding, soon())
    with pytest.raises(Refused):
        injector.leftovers(stranger.binding, soon())


@pytest.mark.parametrize("odd", ["a page of HTML", "the right words, but no Toxiproxy", "a conflict of another's"])
def test_apply_at_a_foreign_server_is_unknown(stranger: Stranger, odd: str) -> None:
    stranger.says = ODD[odd]
    assert ToxiproxyInjector().apply(stranger.intent(), soon()).outcome is ApplyOutcome.UNKNOWN


@pytest.mark.parametrize("key", ["error", "title"])
def test_toxiproxy_without_the_proxy_is_believed(stranger: Stranger, key: str) -> None:
    stranger.says = lambda _verb, path: (200, {}) if path == "/proxies" else (404, {key: "proxy not found"})
    assert ToxiproxyInjector().presence(stranger.intent(), soon()) is Presence.TARGET_GONE
    assert ToxiproxyInjector().revert(stranger.intent("outage"), soon()).outcome is RevertOutcome.REVERTED


@pytest.mark.parametrize(
    ("answering", "presence"),
    [
        ({"pid": 7, "born": "1"}, Presence.ABSENT),
        ({"pid": 9, "born": "2"}, Presence.TARGET_GONE),
        ({}, Presence.ABSENT),
    ],
)
def test_fault_that_ended_with_a_restarted_server_was_removed_by_nobody(
    stranger: Stranger, answering: dict[str, Any], presence: Presence
) -> None:
    stranger.says = lambda _verb, path: (200, {"process": answering} if path == "/version" else PROXY)
    intent = replace(stranger.intent(), undo={"enabled": True, "server": {"pid": 7, "born": "1"}})
    assert ToxiproxyInjector().presence(intent, soon()) is presence


def test_odd_answers_are_explained(stranger: Stranger) -> None:
    stranger.says = ODD["toxics of odd types"]
    told = ToxiproxyInjector().revert(stranger.intent("outage"), soon())
    asked = "`gameday halt` retries the revert."
    assert told.reason == f"{stranger.url} is not a Toxiproxy server. {asked}"


def test_redirect_is_not_followed(make: Callable[[], Stranger]) -> None:
    door, behind = make(), make()
    door.says, door.to = same(307, b""), behind.url
    behind.says = same(200, PROXY)
    injector = ToxiproxyInjector()
    assert injector.presence(door.intent(), soon()) is Presence.UNKNOWN
    assert injector.apply(door.intent(), soon()).outcome is ApplyOutcome.UNKNOWN
    assert injector.revert(door.intent("outage"), soon()).outcome is RevertOutcome.PENDING
    assert door.heard and not behind.heard


WANTS: dict[str, Fault] = {
    "connect": Fault("f", "latency", "database", {"delay": "1s", "connect": True}),
    "refuse": Fault("f", "outage", "database", {"seen_as": "new-refused"}),
}


@pytest.mark.parametrize("wanted", WANTS)
@pytest.mark.parametrize("says", [["connect", "refuse"], ["expires_in"], "connect, refuse", None])
def test_extensions_are_read_from_the_server(stranger: Stranger, wanted: str, says: Any) -> None:
    version = {"version": "9", "gameday": True, "extensions": says}
    stranger.says = lambda _verb, path: (200, version if path == "/version" else PROXY)
    if says == ["connect", "refuse"]:
        assert ToxiproxyInjector().plan(WANTS[wanted], stranger.binding, MARK, soon()).marker == MARK
        return
    with pytest.raises(Refused, match=f"target database: the server at {stranger.url} does not support"):
        ToxiproxyInjector().plan(WANTS[wanted], stranger.binding, MARK, soon())
    assert all(one.startswith("GET ") for one in stranger.heard)
