"""The hot debrief: its questions and records; keys typed before it are discarded."""

from __future__ import annotations

import io
import os
import pty
import select
import sys
from contextlib import closing
from pathlib import Path

import pytest
from support.drill_factory import DRILL, facilitated, rehearsal
from support.facilitated_drill import ROSTER
from support.shipped_drill import plan_of

from gameday.app.background_drill import can_be_debriefed
from gameday.app.debrief import HEADINGS
from gameday.app.role_assignment import RosterFile, assign_roles, save_cast
from gameday.cli import debrief
from gameday.cli.debrief import discard_typed_input, hold_debrief, print_next_roles
from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.events import (
    DebriefLine,
    NewEvent,
    Note,
    Prediction,
    RoleClaimed,
    list_retractable,
    of_type,
    without_retracted,
)
from gameday.files.plan_codec import encode_plan
from gameday.model import Mode, Role, Source
from gameday.people.role_history import append_role_records, create_role_records
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.sqlite import Store


def test_keys_typed_before_the_debrief_are_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with open(slave) as terminal:  # noqa: PTH123 - a descriptor, no path
        monkeypatch.setattr(sys, "stdin", terminal)
        os.write(master, b"y\n")
        assert select.select([slave], [], [], 60)[0], "it was typed"
        discard_typed_input()
        assert not select.select([slave], [], [], 0)[0]
    os.close(master)


@pytest.mark.parametrize(("typed", "is_held"), [("", False), ("\n\n", False), ("the alert was late\n", True)])
def test_debrief_that_ends_before_an_entry_was_not_held(
    typed: str, is_held: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Predictions stay sealed, and records can still be retracted."""
    store = Store(tmp_path / "gameday.db")
    store.begin("gd-0001", "test", "solo", "", current_process())
    note = NewEvent(Note("slow since noon"), source=Source.HUMAN)
    store.append("gd-0001", [NewEvent(Prediction(text="it is slow")), note], 1)
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert hold_debrief(store, "gd-0001", tmp_path / "rotation.jsonl") is is_held
    said = capsys.readouterr().out
    assert HEADINGS[0] in said
    assert ("prediction before the start: it is slow" in said) is is_held
    assert (
        "No answers recorded; the review is unchanged. To hold the debrief later: gameday debrief gd-0001" in said
    ) is not is_held
    assert ("debrief-ended" in [event.kind for event in store.events("gd-0001")]) is is_held
    assert bool(list_retractable(store.events("gd-0001"))) is not is_held
    store.close()


def test_debrief_without_input_is_refused_and_leaves_the_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    with closing(open_store()) as store:
        epoch = store.begin(DRILL, "staging", "rehearsal", "", current_process())
        made = rehearsal().events
        store.append(DRILL, [NewEvent(e.body, e.happened, e.source, e.role) for e in made], epoch)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run_command(["debrief"]) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert "nothing was entered: the input has ended" in said.err and "review  " not in said.out
    assert not (tmp_path / "reviews").exists()


def test_role_that_was_claimed_during_the_drill_is_asked_before_the_facilitator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = tmp_path / "rotation.jsonl"
    held = [(Role.IC, "chi"), (Role.OPS, "dov"), (Role.FACILITATOR, "ann")]
    append_role_records(history, "checkout", create_role_records("gd-0001", 0.0, held, ["chi", "dov", "ann"]))
    asked: list[str] = []
    with closing(Store(tmp_path / "gameday.db")) as store:
        store.begin("gd-0001", "test", "facilitated", "", current_process())
        claims = [NewEvent(RoleClaimed(), source=Source.HUMAN, role=role) for role in (Role.SCRIBE, Role.IC)]
        store.append("gd-0001", claims, 1)

        def ask(prompt: str) -> str:
            asked.append(prompt)
            return ""

        monkeypatch.setattr(debrief, "_ask", ask)
        hold_debrief(store, "gd-0001", history)
    assert [prompt.split(":")[0] for prompt in asked[:4]] == [
        "  1 of 16  IC", "  2 of 16  ops", "  3 of 16  scribe", "  4 of 16  facilitator",
    ]  # fmt: skip


def test_rehearsal_has_no_debrief(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "gameday.db")) as store:
        for made, can_be in ((rehearsal(), False), (facilitated(), True)):
            name = f"gd-000{int(can_be)}"
            store.begin(name, f"test-{name}", "", "", current_process())
            store.append(name, [NewEvent(e.body, e.happened, e.source, e.role) for e in made.events], 1)
            assert can_be_debriefed(store, name) is can_be


def test_an_answer_can_be_retracted_and_what_was_entered_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "gameday.db")
    store.begin("gd-0001", "test", "solo", "", current_process())
    store.append("gd-0001", [NewEvent(Prediction(text="it is slow"))], 1)
    answers = iter(["a tpyo", "-", "a typo", "we were quick", "?", "", ""])
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(answers)

    monkeypatch.setattr(debrief, "_ask", ask)
    hold_debrief(store, "gd-0001", tmp_path / "rotation.jsonl")
    said = capsys.readouterr().out
    assert asked[0] == "  1 of 4  anyone: What happened, in one sentence? (Enter skips): " and asked[2] == asked[0], (
        "it went back"
    )
    assert "ENDEX. Hot debrief of gd-0001: 4 questions." in said
    assert "Entered so far:" in said and "What went well: we were quick (anyone)" in said
    kept = [event.body.text for event in of_type(without_retracted(store.events("gd-0001")), DebriefLine)]
    assert kept == ["a typo", "we were quick"]
    assert list_retractable(store.events("gd-0001")) == [], "the debrief has ended"
    store.close()


def test_next_roles_are_printed_from_the_saved_cast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The debrief may be held in another terminal than the one that started the drill."""
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(tmp_path / "runtime"))
    roster, history = tmp_path / "roster.yaml", tmp_path / "rotation.jsonl"
    roster.write_text(ROSTER, encoding="utf-8")
    plan = plan_of(Mode.FACILITATED)
    save_cast(DRILL, roster, assign_roles(RosterFile(roster, history), plan.scenario))
    with closing(Store(tmp_path / "gameday.db")) as store:
        store.begin(DRILL, "staging", "facilitated", "", current_process())
        planned = [e for e in facilitated().changed("planned", plan=encode_plan(plan)).events if e.kind == "planned"]
        store.append(DRILL, [NewEvent(planned[0].body)], 1)
        print_next_roles(store, DRILL, history)
    lines = capsys.readouterr().out.splitlines()
    assert {line.split(":")[0] for line in lines} >= {"next    facilitator", "next    ic", "next    ops"}
