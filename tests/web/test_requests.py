"""Requests that are refused: another host, another site, a wrong token, too much; and what every answer has."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

import pytest
from support.web_pages import HOST, STOPPED, WebDrill, open_drill
from typing_extensions import override

from gameday.web.links import LIFETIME_S, Links, read_links, replace_link
from gameday.web.request_guard import SECURITY_HEADERS
from gameday.web.rights import Action, PageRole
from gameday.web.sessions import form_token

NOTE = {"kind": "note", "text": "a graph is red"}


def test_another_host_is_not_answered(drill: WebDrill) -> None:
    browser = drill.browser(PageRole.IC)
    for host in ("evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8480.evil.example", ""):
        assert browser.get("/", host=host).status_code == 421
        assert browser.post("/stop", host=host).status_code == 421
    assert browser.get("/", host=HOST.upper()).status_code == 200
    assert drill.client.requests == []


@pytest.mark.parametrize("headers", [
    {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://evil.example"},
    {"origin": "null"}, {"origin": f"http://{HOST}.evil.example"},
])  # fmt: skip
def test_a_form_of_another_site_does_nothing(drill: WebDrill, headers: dict[str, str]) -> None:
    browser = drill.browser(PageRole.IC)
    for action in Action:
        form = {**NOTE, "form_token": form_token(browser.token)}
        assert browser.request("POST", f"/{action}", form=form, headers=headers).status_code == 403
    assert drill.client.requests == []
    join = f"/join/{drill.links.tokens[PageRole.IC]}"
    assert drill.browser().request("POST", join, headers=headers).status_code == 403


@pytest.mark.parametrize("value", ["", "x", "é", "\ud800", form_token("another")])
def test_a_form_without_its_token_does_nothing(drill: WebDrill, value: str) -> None:
    browser = drill.browser(PageRole.IC)
    for action in Action:
        form = {**NOTE, "form_token": value.encode("utf-8", "replace").decode()}
        assert browser.request("POST", f"/{action}", form=form).status_code == 403
    assert drill.client.requests == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"&" * 200, b"a=1&" * 200, b"form_token", b"form_token=%FF%00"])
def test_a_body_that_is_no_form_does_nothing(drill: WebDrill, body: bytes) -> None:
    assert drill.browser(PageRole.IC).request("POST", "/statement", body=body).status_code == 403
    assert drill.client.requests == []


def test_a_form_that_is_too_large_is_refused(drill: WebDrill) -> None:
    answer = drill.browser(PageRole.IC).post("/statement", {"kind": "note", "text": "x" * 20_000})
    assert (answer.status_code, drill.client.requests) == (413, [])
    assert "too long" in answer.text


def test_too_many_requests_are_refused_and_stop_still_works(drill: WebDrill) -> None:
    browser = drill.browser(PageRole.IC)
    answers = [browser.post("/statement", NOTE).status_code for _ in range(25)]
    assert answers == [303] * 20 + [429] * 5
    assert browser.post("/pause").status_code == 429
    assert [browser.post("/stop").status_code for _ in range(30)] == [303] * 30
    assert [browser.post("/end").status_code for _ in range(30)] == [303] * 30, "whoever stopped may end it"
    assert drill.browser(PageRole.RESPONDERS).post("/statement", NOTE).status_code == 303, "another link's share"
    drill.clock.advance(5.0)
    assert browser.post("/statement", NOTE).status_code == 303


def test_whoever_tries_links_does_not_keep_others_from_joining(drill: WebDrill) -> None:
    stranger = drill.browser()
    assert [stranger.get(f"/join/{number}").status_code for number in range(40)] == [404] * 30 + [429] * 10
    assert stranger.get(f"/join/{drill.links.tokens[PageRole.IC]}").status_code == 200, "behind one proxy, all are one"


@pytest.mark.parametrize("token", ["x", "é", "a" * 5000, "%00", "gd-7f3a"])
def test_a_wrong_token_opens_nothing(drill: WebDrill, token: str) -> None:
    browser = drill.browser()
    assert browser.get(f"/join/{token}").status_code == 404
    assert browser.post(f"/join/{token}").status_code == 404
    with suppress(UnicodeEncodeError):
        assert browser.get("/", cookie=f"gd-7f3a={token}").status_code == 401


def test_a_revoked_link_and_the_pages_that_it_opened_are_closed(drill: WebDrill) -> None:
    revoked, other = drill.browser(PageRole.IC), drill.browser(PageRole.OBSERVER)
    replace_link("gd-7f3a", PageRole.IC, renew=False)
    assert [revoked.get(path).status_code for path in ("/", "/state", "/events", f"/join/{revoked.token}")] == [
        401, 401, 401, 404,
    ]  # fmt: skip
    assert revoked.post("/stop").status_code == 401
    assert other.get("/").status_code == 200


def test_a_renewed_link_closes_the_old_one_and_opens_with_the_new_one(drill: WebDrill) -> None:
    old = drill.browser(PageRole.IC)
    drill.links = replace_link("gd-7f3a", PageRole.IC, renew=True)
    assert old.get("/").status_code == 401
    assert drill.browser(PageRole.IC).get("/").status_code == 200


def test_a_link_expires(drill: WebDrill, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    browser, later = drill.browser(PageRole.IC), time.time() + LIFETIME_S + 1.0
    monkeypatch.setattr("gameday.web.links.time.time", lambda: later)
    assert browser.get("/").status_code == 401
    assert drill.browser().get(f"/join/{drill.links.tokens[PageRole.IC]}").status_code == 404


def test_the_last_page_opens_when_the_drill_s_files_are_gone(drill: WebDrill) -> None:
    from gameday.web.links import links_path

    browser = drill.browser(PageRole.IC)
    links_path("gd-7f3a").unlink()
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("secure", [False, True])
def test_the_cookie_is_for_this_server_and_no_script(secure: bool) -> None:
    drill = open_drill(secure=secure)
    token = drill.links.tokens[PageRole.IC]
    [cookie] = drill.browser().post(f"/join/{token}").headers.get_list("set-cookie")
    assert cookie.startswith(f"__Host-gd-7f3a={token};" if secure else f"gd-7f3a={token};")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert ("Secure" in cookie) is secure


def test_a_link_that_is_only_opened_joins_and_records_nothing(drill: WebDrill) -> None:
    bot = drill.browser()
    for method in ("GET", "HEAD"):
        answer = bot.request(method, f"/join/{drill.links.tokens[PageRole.IC]}")
        assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
    assert (drill.client.requests, len(bot.cookies)) == ([], 0)


def test_leaving_takes_the_session(drill: WebDrill) -> None:
    browser = drill.browser(PageRole.IC)
    assert browser.post("/leave").status_code == 200
    assert browser.get("/").status_code == 401


class Elements(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "style" or "style" in named or (tag == "script" and "src" not in named):
            self.inline.append(tag)
        self.inline += [name for name in named if name.startswith("on")]
        self.addresses += [named[name] or "" for name in ("src", "href", "action", "formaction") if name in named]


def every_answer(drill: WebDrill) -> Iterator[Any]:
    """Ask for every page in every role, and for every error."""
    for role in PageRole:
        browser = drill.browser(role)
        yield from (browser.get("/"), browser.get("/state"), browser.post("/leave"))
        yield drill.browser().get(f"/join/{drill.links.tokens[role]}")
    browser = drill.browser(PageRole.WALL)
    yield from (browser.post("/stop"), browser.post("/action"), browser.request("HEAD", "/events"))
    yield from (browser.request("PUT", "/"), browser.get("/nothing"), drill.browser().get("/"), browser.get("/stop/"))
    yield from (browser.get("/static/style.css"), browser.get("/static/live.js"), browser.get("/", host="x"))


def test_every_answer_has_the_security_headers_and_no_page_loads_from_elsewhere(drill: WebDrill) -> None:
    for _stage in range(2):
        for answer in every_answer(drill):
            assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS, answer.url
            assert "server" not in answer.headers
            if answer.headers.get("content-type", "").startswith("text/html"):
                page = Elements(answer.text)
                assert not page.inline, answer.url
                assert all(re.match(r"/(?!/)|data:,$|#", address) for address in page.addresses), page.addresses
        drill.show(*STOPPED)
    assert "default-src 'none'" in SECURITY_HEADERS["content-security-policy"]
    assert "unsafe" not in SECURITY_HEADERS["content-security-policy"]


def test_a_fault_of_the_program_is_a_page_with_the_headers(drill: WebDrill, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = drill.browser(PageRole.IC)

    def fail(*_arguments: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("gameday.web.pages.read_content", fail)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] and "secret detail" not in answer.text
    assert "facilitator" in answer.text
    assert browser.post("/stop").status_code == 303, "STOP needs no page"


async def receive_updates(drill: WebDrill, token: str, updates: int, then: Any = None) -> list[str]:
    """Return the first messages of the stream; `then` is called after the first of them."""
    received: list[str] = []
    done = asyncio.Event()

    async def send(message: MutableMapping[str, Any]) -> None:
        text = message.get("body", b"").decode()
        received.extend(line for line in text.splitlines() if line.startswith("data: "))
        if len(received) == 1 and then is not None and "data" in text:
            then()
        if len(received) >= updates or not message.get("more_body", True):
            done.set()

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    scope: dict[str, Any] = {
        "type": "http", "asgi": {"spec_version": "2.4"}, "method": "GET", "path": "/events", "query_string": b"",
        "headers": [(b"host", HOST.encode()), (b"cookie", f"gd-7f3a={token}".encode())],
    }  # fmt: skip

    async def stream() -> None:
        await drill.app(scope, receive, send)

    running = asyncio.create_task(stream())
    await asyncio.wait_for(done.wait(), 20.0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return received


def test_the_stream_sends_the_page_at_once_and_after_each_change(drill: WebDrill) -> None:
    def change() -> None:
        drill.show((30.0, "note", {"text": "a graph is red"}, STOPPED[0][3], None))

    received = asyncio.run(receive_updates(drill, drill.links.tokens[PageRole.WALL], 2, change))
    assert "a graph is red" not in received[0] and "a graph is red" in received[1]


def test_the_stream_of_a_revoked_link_ends(drill: WebDrill) -> None:
    token = drill.links.tokens[PageRole.WALL]
    received = asyncio.run(
        receive_updates(drill, token, 99, lambda: replace_link("gd-7f3a", PageRole.WALL, renew=False))
    )
    assert len(received) <= 2, "at most the heartbeat that was under way"
    links: Links | None = read_links("gd-7f3a")
    assert links is not None and links.role_of(token) is None
