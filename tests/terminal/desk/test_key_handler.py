"""Keys: those that change the drill ask first, STOP never does, and the facilitator's need their view."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk import Desk, stopped
from support.drill_factory import MONO, event
from support.facilitated_drill import ROSTER
from support.shipped_drill import SHIPPED

from gameday.app.role_assignment import RosterFile, assign_roles
from gameday.drill.control.client import DrillClient
from gameday.drill.state import DrillState
from gameday.files.scenario import read_scenario
from gameday.model import Json, Mode, Phase, Role, Source
from gameday.terminal.desk.desk_state import FACILITATOR_VIEW_SECONDS
from gameday.terminal.desk.footer import describe_ignored_paste
from gameday.terminal.desk.key_handler import ExitReason
from gameday.terminal.desk.keymap import KEYS, Stage, find_key

EVERY = sorted({key.press for key in KEYS} | set("123456789") | {"up", "minus", "escape", "q", "x"})


@given(
    st.lists(st.sampled_from([key for key in EVERY if key not in ("y", "exclamation_mark")]), max_size=40),
    st.sampled_from([Mode.FACILITATED, Mode.SOLO]),
    st.sampled_from([Phase.PREFLIGHT, Phase.RUNNING]),
)
def test_random_keys_change_nothing_of_the_drill(keys: list[str], mode: Mode, phase: Phase) -> None:
    assert Desk(mode, phase).press(*keys).link.requests == []


@pytest.mark.parametrize("before", [[], ["d"], ["z"], ["p"], ["f1"], ["space", "f"], ["q"]])
def test_stop_never_asks(before: list[str]) -> None:
    assert ("stop", None) in Desk().press(*before, "exclamation_mark").link.requests


def test_each_minus_sets_the_time_one_minute_earlier() -> None:
    desk = Desk().press("d", "minus", "minus", "minus", "1").type("")
    assert desk.link.requests == [("declared", ("ic", 180.0))]
    assert Desk().press("i", "minus", "plus", "y").link.requests == [("ic-announced", (None, 0.0))]


def test_facilitator_keys_need_the_facilitator_view_and_extend_it() -> None:
    desk = Desk()
    assert desk.press("f", "y").link.requests == []
    desk.press("space", "f")
    desk.clock.advance(FACILITATOR_VIEW_SECONDS + 5)
    assert "Apply the fault now?" in desk.shown and "FACILITATOR" in desk.shown, "a question does not fall into public"
    desk.press("y")
    assert desk.link.requests == [("now", {})]
    assert "Recorded: now" not in desk.shown, "the look is over, and so is its answer"


def test_footer_answer_disappears_after_a_while() -> None:
    desk = Desk().press("d", "1").type("checkout is slow")
    assert "Recorded: declared" in desk.shown
    desk.clock.advance(30.0)
    assert "Recorded" not in desk.shown


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60), (40, 12), (20, 5)])
@pytest.mark.parametrize("keys", [[], ["space"], ["f1"], ["d"], ["z"]])
def test_every_screen_fits_and_says_how_to_stop(width: int, height: int, keys: list[str]) -> None:
    desk = Desk().press(*keys)
    lines = desk.state.lines(width, height)
    assert len(lines) == height
    assert all(line.cell_len <= width for line in lines)
    if keys in ([], ["space"]) and width >= 80:
        assert "! stops and reverts all faults" in desk.shown


def test_unfilled_role_is_not_truncated_on_a_narrow_screen() -> None:
    desk = Desk()
    held = (Role.FACILITATOR, Role.MENTOR, Role.OPS, Role.SCRIBE, Role.COMMS, Role.OBSERVER)
    desk.state.board.responders.roles.update(dict.fromkeys(held, 930.0))
    assert "unfilled: IC" in desk.shown


def test_a_role_that_was_taken_in_the_briefing_is_held_from_the_beginning() -> None:
    desk = Desk()
    desk.state.board.responders.roles[Role.OPS] = 894.0
    assert "ops since 0:00" in desk.shown


def test_closing_the_screen_does_not_end_the_drill() -> None:
    desk = Desk().press("q")
    assert desk.left == [] and "Close this screen (the drill continues)?" in desk.shown
    desk.press("y")
    assert desk.left == [ExitReason.DETACHED] and desk.link.requests == []


def test_a_private_screen_stays_the_facilitators_and_shows_the_responders_when_asked() -> None:
    briefing = Desk(phase=Phase.PREFLIGHT, private=True)
    assert "Read aloud" in briefing.shown
    desk = Desk(private=True)
    desk.clock.advance(3600.0)
    assert "FACILITATOR" in desk.shown
    assert "FACILITATOR" not in desk.press("space").shown
    desk.press("space").clock.advance(3600.0)
    assert "FACILITATOR" in desk.shown


def test_stop_reaches_the_guardian_if_the_runner_has_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begun: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: begun.append(command))
    link = DrillClient("gd-7f3a", tmp_path / "no.sock", "token")
    assert "gameday stop" in link.stop() and begun[-1][-2:] == ["gameday", "stop"]
    assert link.leave_to_guardian_or_halt()[1]
    assert begun[-1][-2:] == ["gameday", "halt"]


def test_nobody_is_silent_before_it_begins() -> None:
    board = Desk(Mode.FACILITATED, Phase.PREFLIGHT).state.board
    roles: dict[str, Json] = {"roles": ["ic", "ops"]}
    board.event(event((900.0, "go-ahead", roles, Source.RUNNER, None)), DrillState())
    board.event(event((990.0, "start", {}, Source.RUNNER, None)), DrillState())
    assert set(board.last_heard.values()) == {MONO + 990.0}


def test_ctrl_c_cancels_a_prompt_and_is_stop_without_one() -> None:
    desk = Desk().press("n", "1")
    desk.presses.interrupt()
    assert desk.state.prompt is None and desk.link.requests == []
    assert "Ctrl-C again is STOP" in desk.shown
    desk.presses.interrupt()
    assert desk.link.requests == [("stop", None)]


@pytest.mark.parametrize("press", list("eqvtxfosjpzb"))
def test_a_key_that_changes_the_drill_asks_first(press: str) -> None:
    select_hint = ["down"] if press == "j" else []
    desk = Desk(phase=Phase.PREFLIGHT if press == "b" else Phase.RUNNING).press("space", *select_hint, press)
    assert desk.link.requests == [] and desk.left == []
    assert desk.state.prompt is not None


def test_a_role_has_the_same_digit_in_the_briefing_and_in_every_prompt(tmp_path: Path) -> None:
    roster = tmp_path / "roster.yaml"
    roster.write_text(ROSTER, encoding="utf-8")
    cast = assign_roles(RosterFile(roster, tmp_path / "rotation.jsonl"), read_scenario(SHIPPED))
    desk = Desk(phase=Phase.PREFLIGHT)
    desk.state.cast = cast
    shown = {line.split()[1]: line.split()[0] for line in desk.shown.splitlines() if line[1:2].isdigit()}
    label = Desk().press("n").state.prompt
    assert label is not None
    assert all(f"{digit} {role}" in label.label() for role, digit in shown.items())
    facilitator = dict(cast.holders())[Role.FACILITATOR]
    desk.press(shown["facilitator"])
    assert desk.state.cast.missing == {facilitator}


def test_stop_is_followed_by_the_question_whether_to_end_or_resume() -> None:
    assert "STOP: reverting all faults" in stopped(reverted=False).shown
    desk = stopped()
    assert "End, or resume?" in desk.shown and "in 4:50" in desk.shown
    assert desk.press("r", "n").link.requests == [], "another key than y cancels"
    desk.press("r", "y", "e", "y")
    assert desk.link.requests == [("resume", {}), ("end", None)]


def test_only_the_facilitator_can_resume_and_anyone_can_end() -> None:
    desk = stopped(facilitates=False)
    assert "the facilitator can resume it" in " ".join(desk.shown.split())
    assert desk.press("r", "y", "e", "y").link.requests == [("end", None)]


def test_who_responds_alone_can_resume_after_stop() -> None:
    desk = stopped(mode=Mode.SOLO)
    assert "r resume it" in desk.shown
    assert desk.press("r", "y").link.requests == [("resume", {})]
    assert "resume: apply the faults again" in desk.press("f1").shown


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        (Stage.BRIEFING, "Pasted text ignored. To submit it as a prediction, press y and paste it there"),
        (Stage.RUNNING, "Pasted text ignored. To record it, press n and paste it there"),
        (Stage.STOPPED, "Pasted text ignored. To record it, press n and paste it there"),
        (Stage.OVER, "Pasted text ignored"),
    ],
)
def test_ignored_paste_names_a_key_that_works_at_this_stage(stage: Stage, text: str) -> None:
    assert describe_ignored_paste(stage) == text
    if " press " in text:
        key = text.split(" press ")[1][0]
        assert all(find_key(key, stage, solo=solo) for solo in (False, True))


def test_prompt_says_that_pasted_text_is_not_sent_yet() -> None:
    prompt = Desk(phase=Phase.PREFLIGHT).press("y").state.prompt
    assert prompt is not None and prompt.takes_text and "not sent yet" not in prompt.label()
    prompt.has_paste = True
    assert "pasted text is not sent yet: press Enter" in prompt.label()


def test_choice_of_a_record_to_retract_counts_the_older_ones() -> None:
    desk = Desk()
    desk.link.records.extend((number, f"Note: {number}") for number in range(8, 0, -1))
    assert "Retract (3 older: gameday retract): 1" in " ".join(
        desk.press("backspace").shown.replace("\xa0", " ").split()
    )
    assert "Retract Note: 7?" in desk.press("2").shown


def test_rewording_starts_from_the_text_and_a_confirmation_shows_all_of_it() -> None:
    desk = Desk().press("space")
    entry = desk.state.current_message_index()
    assert entry is not None
    say = desk.state.plan.scenario.messages[entry].say
    assert " ".join(say.split()) in " ".join(desk.press("s").shown.split())
    desk.press("escape", "w")
    assert desk.state.prompt is not None and desk.state.prompt.text == say
