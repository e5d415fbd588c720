"""No page shows a text that its role may not see, whatever the kind of the event; and every text is escaped."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drill_factory import Row, event
from support.events import bodies
from support.web_pages import BEGUN, STOPPED, WebDrill, open_drill

from gameday.events import Body
from gameday.model import Mode, Role, Source
from gameday.web.rights import PageRole

SECRET = "planted-secret"
NOTE: Row = (30.0, "note", {"text": "x"}, Source.HUMAN, Role.OPS)
HOSTILE = "<script>alert(1)</script> ' \" & \x1b[31m \x00 \u202e \u2066 \u200b {{ 7 * 7 }} {% raw %}"


def shown(drill: WebDrill, role: PageRole) -> str:
    """Return everything that the page receives: the whole page, and what is pushed to it."""
    token = drill.links.tokens[role]
    update = json.loads(drill.endpoints.pages.update(role, token, drill.live.version))
    return drill.endpoints.pages.drill_page(role, token, "", "") + "".join(update["parts"].values())


@given(bodies(st.just(SECRET)), st.sampled_from([*Role, None]))
def test_a_page_shows_only_what_the_audience_of_an_event_allows(body: Body, sender: Role | None) -> None:
    for mode in (Mode.FACILITATED, Mode.SOLO):
        drill = open_drill(mode)
        happened = replace(event(NOTE), role=sender, body=body)
        drill.live.event(happened, drill.state)
        drill.live.tick(drill.clock.monotonic(), drill.state)
        for role in PageRole:
            if SECRET not in str(body.visible_to(role.drill_role, ended=False)):
                assert SECRET not in shown(drill, role), (role, body)


@given(bodies(st.just(SECRET)))
def test_what_one_role_may_see_is_on_its_own_page_only(body: Body) -> None:
    drill = open_drill()
    drill.live.event(replace(event(NOTE), body=body), drill.state)
    drill.live.tick(drill.clock.monotonic(), drill.state)
    if SECRET not in str(body.visible_to(None, ended=False)):
        seen = {role for role in PageRole if SECRET in shown(drill, role)}
        assert {role.drill_role for role in seen} <= body.audience.roles, body


def test_a_whisper_to_the_mentor_is_on_the_mentor_s_page_only(drill: WebDrill) -> None:
    drill.show((30.0, "hint-whispered", {"text": SECRET}, Source.HUMAN, Role.FACILITATOR))
    assert {role for role in PageRole if SECRET in shown(drill, role)} == {PageRole.MENTOR}


@pytest.mark.parametrize("kind", ["note", "update", "theory", "decision", "severity"])
def test_every_text_is_escaped_and_has_no_hidden_character(drill: WebDrill, kind: str) -> None:
    drill.show((30.0, kind, {"text": HOSTILE}, Source.HUMAN, Role.OPS))
    token = drill.links.tokens[PageRole.IC]
    pages = drill.endpoints.pages
    for page in (shown(drill, PageRole.IC), pages.drill_page(PageRole.IC, token, HOSTILE, HOSTILE),
                 pages.message_page(HOSTILE, HOSTILE)):  # fmt: skip
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
        assert not set(page) & set("\x1b\x00\u202e\u2066"), "control characters and bidirectional overrides"
        assert "{{ 7 * 7 }}" in page, "a text is no template"


def test_a_notice_is_escaped_and_shown_once(drill: WebDrill) -> None:
    browser = drill.browser(PageRole.IC)
    number = drill.sessions.add_notice("<b>Recorded</b>")
    assert "&lt;b&gt;Recorded" in browser.get(f"/?notice={number}").text
    assert "Recorded" not in browser.get(f"/?notice={number}").text
    assert "injected" not in browser.get("/?notice=injected").text


@pytest.mark.parametrize("role", PageRole)
def test_no_page_names_what_the_scenario_hides(role: PageRole) -> None:
    for stage in ((), STOPPED):
        drill = open_drill().show(*BEGUN, *stage)
        plan = drill.live.attached.plan
        scenario = plan.scenario
        hidden = {scenario.id, scenario.type, scenario.statement, *scenario.requires.signals}
        hidden |= {word for fault in scenario.faults for word in (fault.id, fault.kind)}
        hidden |= {text for message in scenario.messages for text in (message.say, message.look_for)}
        assert not [word for word in hidden if word and word in shown(drill, role)]
