"""Statements of people become events of their role, at the time they name, with the moments that follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.drill_factory import HUMAN, event

from gameday.drill.control.participant_requests import (
    MAX_TEXT_LENGTH,
    RequestRejected,
    moment_note,
    statement_events,
)
from gameday.drill.state import DrillState, fold_event
from gameday.events import EVENT_TYPES, STATEMENT_TYPES, Note
from gameday.model import Phase, Role, Source
from gameday.moments import HUMAN_MOMENTS, Moment

RUNNING = DrillState(phase=Phase.RUNNING, started_at=100.0)
NEED = (Role.FACILITATOR, Role.IC, Role.OPS)


def said(state: DrillState = RUNNING, **request: Any) -> list[tuple[str, Role | None, float | None]]:
    return [(one.kind, one.role, one.happened) for one in statement_events(request, state, 400.0, NEED)]


def test_every_human_moment_has_a_request_and_an_event_kind() -> None:
    assert {moment.value for moment in HUMAN_MOMENTS} <= set(STATEMENT_TYPES) <= set(EVENT_TYPES)


def test_event_of_a_person_names_a_role() -> None:
    [draft] = statement_events({"kind": "note", "text": "slow since noon", "role": "ops"}, RUNNING, 400.0, NEED)
    assert (draft.body, draft.role, draft.source) == (
        Note("slow since noon"), Role.OPS, Source.HUMAN,
    )  # fmt: skip


def test_invisible_characters_are_removed_and_emoji_kept() -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    [draft] = statement_events({"kind": "note", "text": f"a\u202eb\u200b\u2066 {family}"}, RUNNING, 400.0, NEED)
    assert draft.body == Note(f"ab {family}")


@pytest.mark.parametrize(("ago", "happened"), [(0.0, 400.0), (180.0, 220.0), (9_999.0, 100.0), (-5.0, 400.0)])
def test_happened_may_be_earlier_but_not_before_the_drill(ago: float, happened: float) -> None:
    assert said(kind="declared", seconds_ago=ago) == [("declared", None, happened)]


def test_claiming_ic_announces_and_last_role_assembles() -> None:
    assert [kind for kind, _, _ in said(kind="role-claimed", role="ic")] == ["role-claimed", "ic-announced"]
    held = replace(RUNNING, roles=frozenset({Role.OPS}))
    assert [kind for kind, _, _ in said(held, kind="role-claimed", role="ic")] == [
        "role-claimed", "ic-announced", "assembled",
    ]  # fmt: skip
    there = replace(held, moments={Moment.ASSEMBLED: 200.0})
    assert [kind for kind, _, _ in said(there, kind="role-claimed", role="mentor")] == ["role-claimed"]


def test_announced_ic_holds_the_role() -> None:
    held = replace(RUNNING, roles=frozenset({Role.OPS}))
    assert said(held, kind="ic-announced", role="scribe") == [
        ("ic-announced", Role.IC, 400.0), ("assembled", None, 400.0),
    ]  # fmt: skip
    with pytest.raises(RequestRejected, match="role IC is already taken"):
        statement_events(
            {"kind": "role-claimed", "role": "ic"},
            fold_event(RUNNING, event((1.0, "ic-announced", {}, HUMAN, None))),
            400.0,
            NEED,
        )


def test_acknowledgement_of_a_page_is_not_dated_before_the_page() -> None:
    paged = replace(RUNNING, moments={Moment.PAGED: 390.0})
    assert said(paged, kind="acknowledged", seconds_ago=60.0) == [("acknowledged", None, 390.0)]


@pytest.mark.parametrize(
    ("moments", "note"),
    [
        ({}, ", although no page is recorded yet"),
        ({Moment.PAGED: 390.0}, ""),
        ({Moment.ACKNOWLEDGED: 380.0, Moment.PAGED: 390.0}, ""),
        ({Moment.PAGED: 390.0, Moment.ACKNOWLEDGED: 395.0}, " (already recorded)"),
    ],
)
def test_confirmation_of_an_acknowledgement_says_if_no_page_is_recorded(
    moments: dict[Moment, float], note: str
) -> None:
    state = replace(RUNNING, moments=moments)
    assert said(state, kind="acknowledged"), "it is recorded: the people know of a page before the log does"
    assert moment_note({"kind": "acknowledged"}, state) == note


def test_answer_needs_a_question() -> None:
    with pytest.raises(RequestRejected, match="no question was asked yet"):
        said(kind="answer", text="the database")
    asked = replace(RUNNING, questions_asked=1)
    assert [kind for kind, _, _ in said(asked, kind="answer", text="the database")] == ["answer"]


@pytest.mark.parametrize(
    ("state", "request_"),
    [
        (replace(RUNNING, roles=frozenset({Role.IC})), {"kind": "role-claimed", "role": "ic"}),
        (replace(RUNNING, phase=Phase.DONE), {"kind": "note", "text": "late"}),
        (RUNNING, {"kind": "note", "text": "x" * (MAX_TEXT_LENGTH + 1)}),
        (RUNNING, {"kind": "guardrail-breach", "text": "not for people"}),
        *[
            (RUNNING, {"kind": kind, "text": say})
            for kind in ("note", "decision", "update", "answer")
            for say in ("", " \n")
        ],
        (RUNNING, {"kind": "note", "text": "\u200b\u202e\u200d"}),
        (DrillState(phase=Phase.PREFLIGHT), {"kind": "prediction", "text": ""}),
        (RUNNING, {"kind": "handover", "role": "mentor"}),
        (DrillState(phase=Phase.PREFLIGHT), {"kind": "acknowledged"}),
        (DrillState(phase=Phase.PREFLIGHT), {"kind": "update", "text": "all is well"}),
    ],
)
def test_refused_request_says_why(state: DrillState, request_: dict[str, Any]) -> None:
    with pytest.raises(RequestRejected) as caught:
        statement_events(request_, state, 400.0, NEED)
    assert str(caught.value)
