"""Role × request × answer, over HTTP, for every route that the application has."""

from __future__ import annotations

import re

import pytest
from support.web_pages import STOPPED, WebDrill

from gameday.cli.web import PAGE_ROLES
from gameday.model import Role, Source
from gameday.web.rights import STATEMENTS, Action, PageRole

EVERYONE = frozenset(PageRole)
RESPONDING = frozenset({PageRole.RESPONDERS, PageRole.IC})
FORMS: dict[str, tuple[frozenset[PageRole], dict[str, str], str]] = {
    "stop": (EVERYONE, {}, "stop"),
    "end": (EVERYONE, {}, "end"),
    "pause": (EVERYONE, {}, "pause"),
    "resume": (RESPONDING | {PageRole.MENTOR}, {}, "resume"),
    "statement": (EVERYONE - {PageRole.WALL}, {"kind": "note", "text": "a graph is red"}, "note"),
    "claim": (RESPONDING, {"role": "ops"}, "role-claimed"),
    "handover": (RESPONDING, {"role": "ops"}, "handover"),
    "retract": (RESPONDING, {"record": "4711"}, "retract"),
    "action": (RESPONDING, {"action": "read-from-cache"}, "act"),
}
"""Each form: who may send it, its fields, and the request that the drill gets."""
PAGES = {
    ("GET", "/"): (200, 401), ("GET", "/state"): (200, 401), ("HEAD", "/events"): (200, 401), ("GET", "/events"): None,
    ("GET", "/join/{token}"): None, ("POST", "/join/{token}"): None, ("POST", "/leave"): (200, 401),
    ("GET", "/static/{name}"): None,
}  # fmt: skip
"""Each other route: the answer with a cookie and without; None: it has tests of its own."""


def test_the_table_has_every_route(drill: WebDrill) -> None:
    routes = {(method, route.path) for route in drill.endpoints.routes() for method in route.methods or ()}
    heads = {("HEAD", path) for method, path in PAGES if method == "GET"}
    assert routes == {*PAGES, *heads, *(("POST", f"/{name}") for name in FORMS)}
    assert set(FORMS) == set(Action)


def test_the_command_names_every_page() -> None:
    assert set(PAGE_ROLES) == set(PageRole)


@pytest.mark.parametrize("role", PageRole)
@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_accepted_from_the_roles_of_the_table_only(drill: WebDrill, name: str, role: PageRole) -> None:
    allowed, form, request = FORMS[name]
    answer = drill.browser(role).post(f"/{name}", form)
    if role in allowed:
        assert answer.status_code == 303
        assert [kind for kind, _ in drill.client.requests] == [request]
    else:
        assert (answer.status_code, drill.client.requests) == (403, [])
        assert "may not do this" in answer.text


@pytest.mark.parametrize("role", PageRole)
def test_a_page_offers_the_forms_that_the_server_accepts(drill: WebDrill, role: PageRole) -> None:
    drill.show((15.0, "note", {"text": "a graph is red"}, Source.HUMAN, Role.OPS))
    running = drill.browser(role).get("/").text
    drill.show(*STOPPED)
    stopped = drill.browser(role).get("/").text
    for name, (allowed, _, _) in FORMS.items():
        offered = f'action="/{name}"' in running + stopped or f'formaction="/{name}"' in running
        assert offered == (role in allowed), name


@pytest.mark.parametrize("role", [PageRole.MENTOR, PageRole.OBSERVER])
def test_who_does_not_respond_writes_notes_and_may_hold_stop(drill: WebDrill, role: PageRole) -> None:
    browser = drill.browser(role)
    answers = {kind: browser.post("/statement", {"kind": kind, "text": "x"}).status_code for kind in STATEMENTS}
    assert answers == {kind: 303 if kind in ("note", "stop-held") else 403 for kind in STATEMENTS}
    assert drill.client.requests == [(kind, (role.drill_role, 0.0)) for kind in ("stop-held", "note")]


@pytest.mark.parametrize("kind", ["private-note", "answer", "assembled", "", "pause"])
def test_no_page_sends_a_statement_that_it_does_not_offer(drill: WebDrill, kind: str) -> None:
    answer = drill.browser(PageRole.IC).post("/statement", {"kind": kind, "text": "x"})
    assert (answer.status_code, drill.client.requests) == (403, [])


@pytest.mark.parametrize(("path", "answers"), [(key, value) for key, value in PAGES.items() if value])
def test_a_page_needs_a_cookie(drill: WebDrill, path: tuple[str, str], answers: tuple[int, int]) -> None:
    method, url = path
    for role, expected in ((PageRole.OBSERVER, answers[0]), (None, answers[1])):
        browser = drill.browser(role)
        answer = browser.post(url) if method == "POST" else browser.request(method, url)
        assert answer.status_code == expected


@pytest.mark.parametrize("name", FORMS)
def test_no_form_is_accepted_without_a_cookie(drill: WebDrill, name: str) -> None:
    assert drill.browser().post(f"/{name}", FORMS[name][1]).status_code == 401
    assert drill.client.requests == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/stop", "/state", "/join/x", "/nothing", "/static/../pages.py", "/static/x.py"])
def test_another_method_or_path_does_nothing(drill: WebDrill, method: str, path: str) -> None:
    browser = drill.browser(PageRole.IC)
    assert browser.request(method, path).status_code in (404, 405)
    if path not in ("/", "/state"):
        assert browser.get(path).status_code in (404, 405)
    assert drill.client.requests == []


@pytest.mark.parametrize(("mode_role", "chosen", "spoken"), [
    (PageRole.IC, "ops", "ic"), (PageRole.MENTOR, "", "mentor"), (PageRole.RESPONDERS, "ops", "ops"),
    (PageRole.RESPONDERS, "", None), (PageRole.RESPONDERS, "facilitator", None), (PageRole.RESPONDERS, "x\u202e", None),
])  # fmt: skip
def test_a_statement_has_the_role_of_its_page_or_the_chosen_one(
    drill: WebDrill, mode_role: PageRole, chosen: str, spoken: str | None
) -> None:
    browser = drill.browser(mode_role)
    assert browser.post("/statement", {"kind": "note", "text": "x", "role": chosen}).status_code == 303
    assert drill.client.requests == [("note", (spoken, 0.0))]
    if mode_role is PageRole.RESPONDERS and spoken:
        assert f'value="{chosen}" selected' in browser.get("/").text, "the browser keeps it for the next statement"


def test_a_role_is_kept_until_it_is_handed_over(drill: WebDrill) -> None:
    browser = drill.browser(PageRole.RESPONDERS)
    browser.post("/claim", {"role": "ops"})
    assert 'value="ops" selected' in browser.get("/").text
    browser.post("/handover", {"role": "ic"})
    assert 'value="ops" selected' in browser.get("/").text, "somebody else's"
    browser.post("/handover", {"role": "ops"})
    assert 'value="ops" selected' not in browser.get("/").text


def test_a_page_offers_to_retract_what_people_recorded_and_nothing_else(drill: WebDrill) -> None:
    browser = drill.browser(PageRole.IC)
    drill.show(
        (15.0, "note", {"text": "a graph is red"}, Source.HUMAN, Role.OPS),
        (16.0, "action-started", {"action": "read-from-cache"}, Source.HUMAN, Role.OPS),
        (17.0, "update", {"text": "we look at it"}, Source.SCRIPT, Role.COMMS),
    )
    records = re.findall(r'name="record" value="(\d+)" aria-label="Retract: ([^"]*)"', browser.get("/").text)
    assert [text for _, text in records] == ["Note: a graph is red"]
    assert browser.post("/retract", {"record": records[0][0]}).status_code == 303
    assert drill.client.requests == [("retract", int(records[0][0]))]
    for wrong in ("", "-1", "x", "\u0663"):
        browser.post("/retract", {"record": wrong})
    assert len(drill.client.requests) == 1
