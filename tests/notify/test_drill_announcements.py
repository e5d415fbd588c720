"""Announcements of the start and the end of a drill: window, environment, who can stop it, never the fault."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from support.events import event, sample_intent
from support.shipped_drill import plan_of, scenario

from gameday.drill.drill_announcements import drill_announcement
from gameday.events import Event
from gameday.model import Json, Mode
from gameday.web.links import create_links, replace_link
from gameday.web.rights import PageRole

NOON = 1_790_942_400.0
"""2026-10-02 12:00 UTC."""
INTENT: Json = sample_intent().encode()
CLEANUP: Mapping[str, Json] = {"item": "recommendations-off", "result": "owed"}


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(tmp_path))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()


def start(mode: Mode, delay: float = 0.0) -> str:
    plan = replace(plan_of(mode), drill="gd-7f3a")
    plan = replace(plan, environment=replace(plan.environment, name="staging"))
    return drill_announcement(plan, replace(event("start", {"delay": delay}), wall=NOON), [])


def end(*before: Event, reason: str = "ends", text: str = "") -> str:
    return drill_announcement(plan_of(Mode.SOLO), event("end", {"reason": reason, "text": text}), before)


def test_the_start_says_where_how_long_and_how_to_stop_it() -> None:
    assert start(Mode.FACILITATED) == (
        "A drill with real faults has started in staging: gd-7f3a, 14:00 to 14:30 CEST at the latest. "
        "If you see something odd there: gameday was-it-us --env staging. Anyone may stop it: gameday stop"
    )
    assert start(Mode.REHEARSAL).startswith("A rehearsal without people with real faults has started in staging")


def test_the_start_reveals_neither_the_scenario_nor_the_time_of_its_fault() -> None:
    text = start(Mode.FACILITATED, delay=93.0)
    assert text == start(Mode.FACILITATED, delay=0.0)
    fault = scenario().faults[0]
    for word in (scenario().id, fault.target, fault.kind, "toxiproxy"):
        assert word.casefold() not in text.casefold(), word


def test_the_start_has_the_link_on_which_anyone_can_stop() -> None:
    links = create_links("gd-7f3a", "https://drill.example")
    assert start(Mode.FACILITATED).endswith(f"gameday stop, or STOP on {links.url(PageRole.WALL)}")
    replace_link("gd-7f3a", PageRole.WALL, renew=False)
    assert start(Mode.FACILITATED).endswith("gameday stop")


@pytest.mark.parametrize("content", ["", "[]", '{"base_url": "x", "tokens": 1}'])
def test_a_file_of_links_that_cannot_be_read_does_not_prevent_the_announcement(content: str, tmp_path: Path) -> None:
    (tmp_path / "gd-7f3a.links").write_text(content)
    assert start(Mode.FACILITATED).endswith("gameday stop")


def test_the_end_says_what_became_of_the_faults() -> None:
    applied = event("intended", {"intent": INTENT})
    assert end() == "The drill is over. No fault was applied"
    assert end(applied) == "The drill is over. Everything was reverted and verified"
    assert end(applied, reason="halted", text="guardrail broken") == (
        "The drill was halted and is over: guardrail broken. Everything was reverted and verified"
    )
    assert "somebody else changed" in end(applied, event("fault-kept", {"reason": "people set 40 MB"}))
    assert end(applied, event("cleanup", CLEANUP)) == (
        "The drill is over. All faults are removed, but 1 other change of the drill is NOT restored yet: "
        "gameday status lists what to do"
    )


def test_a_drill_whose_faults_could_not_be_reverted_says_so() -> None:
    stuck = event("phase", {"before": "reverting", "after": "stuck"})
    text = drill_announcement(plan_of(Mode.SOLO), stuck, [event("intended", {"intent": INTENT})])
    assert text.startswith("The drill is over, but NOT everything could be reverted") and "gameday halt" in text


@pytest.mark.parametrize("kind", ["phase", "fault", "message", "stop"])
def test_other_events_are_no_announcements_of_a_drill(kind: str) -> None:
    assert drill_announcement(plan_of(Mode.SOLO), event(kind), []) == ""
