"""Keys that do nothing now say so, and prompts are never truncated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.desk import Desk, stopped

from gameday.boards.drill_board import MessageOutcome
from gameday.drill.control.client import STOP_CONFIRMATION
from gameday.drill.interventions import Interventions
from gameday.model import Mode, Phase
from gameday.moments import Moment
from gameday.terminal.desk.desk_state import DeskState
from gameday.terminal.desk.footer import render_footer
from gameday.terminal.desk.prompt import Prompt, PromptStep
from gameday.terminal.glyphs import UNICODE


@pytest.mark.parametrize(
    ("press", "changes", "reason"),
    [
        ("t", {"present": frozenset()}, "no adjustable fault is active"),
        ("f", {"intended": frozenset({"slow-database"})}, "all faults are already active"),
        ("v", {"moments": {}}, "no fault was applied yet"),
        ("e", {"interventions": Interventions(extension=300.0)}, "the timebox was already extended"),
        ("j", {}, "only a hint can be whispered"),
        ("x", {"closed_messages": frozenset(range(20))}, "every message was already sent or skipped"),
        ("question_mark", {}, ""),
    ],
)
def test_a_key_that_the_drill_would_reject_says_so_and_asks_nothing(
    press: str, changes: dict[str, Any], reason: str
) -> None:
    desk = Desk(Mode.FACILITATED if reason else Mode.SOLO)
    if "closed_messages" in changes:
        desk.state.board.messages = dict.fromkeys(range(20), MessageOutcome(950.0, "sent"))
    fault = desk.state.plan.faults[0].fault.id
    changes |= {"intended": frozenset({fault})} if press == "f" else {}
    desk.state.board.state = replace(desk.state.board.state, **changes)
    desk.press("space", press)
    assert desk.state.prompt is None and desk.link.requests == []
    assert f"NOT possible: {reason or 'no hint is available yet'}" in desk.shown


@pytest.mark.parametrize(
    ("mode", "press", "answer"),
    [
        (Mode.FACILITATED, "circumflex_accent", "^: no such key here. F1 lists all keys"),
        (Mode.SOLO, "x", "x: no such key here. F1 lists all keys"),
        (Mode.FACILITATED, "b", "b: no such key at this stage. F1 lists all keys"),
        (Mode.FACILITATED, "f7", "f7: no such key here. F1 lists all keys"),
        (Mode.FACILITATED, "escape", ""),
    ],
)
def test_a_wrong_key_is_answered(mode: Mode, press: str, answer: str) -> None:
    desk = Desk(mode)
    desk.presses.key(press, "^" if press == "circumflex_accent" else None)
    assert desk.state.footer_answer == answer
    assert desk.state.prompt is None


def test_answer_key_says_that_no_question_was_asked() -> None:
    desk = Desk(Mode.SOLO).press("g")
    assert desk.state.prompt is None
    assert "NOT possible: no question was asked yet" in desk.shown


def test_acknowledge_prompt_says_if_no_page_is_recorded() -> None:
    desk = Desk(Mode.SOLO).press("a")
    assert "Page acknowledged (no page is recorded yet)" in desk.shown
    desk.press("escape")
    desk.state.board.state = replace(desk.state.board.state, moments={Moment.PAGED: 960.0})
    assert "no page is recorded" not in desk.press("a").shown


def second_terminal(mode: Mode, phase: Phase = Phase.RUNNING) -> Desk:
    """Return the desk of `gameday attach`, which has no token."""
    desk = Desk(mode, phase)
    desk.state.facilitates = False
    return desk


@pytest.mark.parametrize(("mode", "phase", "press", "label"), [
    (Mode.FACILITATED, Phase.PREFLIGHT, "b", "start the drill"), (Mode.SOLO, Phase.PREFLIGHT, "b", "start the drill"),
    (Mode.FACILITATED, Phase.RUNNING, "p", "pause or resume"),
    (Mode.SOLO, Phase.RUNNING, "question_mark", "request a hint"),
])  # fmt: skip
def test_a_second_terminal_neither_offers_nor_asks_what_only_the_first_may_do(
    mode: Mode, phase: Phase, press: str, label: str
) -> None:
    desk = second_terminal(mode, phase)
    assert label in Desk(mode, phase).press("f1").shown, "the first offers it"
    assert label not in desk.press("f1").shown
    desk.press("f1", press)
    assert desk.state.prompt is None and "NOT available here, only in the" in desk.shown


def test_a_second_terminal_is_told_who_starts_the_drill() -> None:
    desk = second_terminal(Mode.FACILITATED, Phase.PREFLIGHT)
    desk.state.board.preflight_passed = True
    assert "Preflight passed. The facilitator starts the drill." in desk.shown


def test_every_key_is_whole_in_the_list_of_keys() -> None:
    desk = stopped().press("f1")
    assert "resume: apply the faults again" in desk.shown
    assert UNICODE.more not in desk.shown
    for mode, phase in (
        (Mode.FACILITATED, Phase.RUNNING),
        (Mode.SOLO, Phase.RUNNING),
        (Mode.FACILITATED, Phase.PREFLIGHT),
    ):
        assert UNICODE.more not in Desk(mode, phase).press("f1").shown


def test_a_number_stays_with_its_choice_and_a_name_is_not_broken() -> None:
    choices = ["read-from-cache", "shed-optional-work", "a note of some length about the dashboard", "restart-database"]
    board = Desk().state.board
    for width in range(40, 100):
        prompt = Prompt("Run", (PromptStep.WHICH, PromptStep.SURE), lambda _: None, choices=choices)
        rows = render_footer(prompt, [], board, UNICODE, width, "", orphaned=False, facilitates=True)
        text = [row.plain.strip() for row in rows]
        assert not any(row.endswith(("1", "2", "3", "4", "read-", "shed-optional-", "restart-")) for row in text), text


def test_answer_of_stop_goes_once_all_faults_are_reverted() -> None:
    for is_reverted in (False, True):
        desk = stopped(reverted=is_reverted)
        desk.state.set_footer_answer(STOP_CONFIRMATION)
        assert (STOP_CONFIRMATION in desk.shown) is not is_reverted


def test_enter_promises_a_debrief_only_where_one_follows() -> None:
    desk = Desk(phase=Phase.DONE)
    assert "Enter debrief" in desk.shown
    plan, clock = desk.state.plan, desk.clock
    attached = DeskState(plan, None, UNICODE, lambda: True, clock, facilitates=False, private=False, has_debrief=False)
    attached.board.state = desk.state.board.state
    shown = "\n".join(line.plain for line in attached.lines(80, 24))
    assert "Enter summary" in shown and "debrief" not in shown


def test_a_key_that_is_no_answer_says_what_is() -> None:
    prompt = Prompt("Incident declared", (PromptStep.WHO,), lambda _: None)
    assert not prompt.key("h") and prompt.label().startswith("Press a number from 1 to ")
    assert prompt.key("1") and "Press a number" not in prompt.label()
