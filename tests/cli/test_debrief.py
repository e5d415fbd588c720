"""The hot debrief asks people, and takes no answer that was typed before it asked."""

from __future__ import annotations

import os
import pty
import select
import sys
from pathlib import Path

import pytest

from gameday.app.debrief import HEADINGS
from gameday.cli import debrief
from gameday.cli.debrief import discard_typed_input, hold_debrief
from gameday.events import DebriefLine, NewEvent, Prediction, list_retractable, of_type, without_retracted
from gameday.process_identity import current_process
from gameday.store.sqlite import Store


def test_keys_for_the_screen_before_it_are_no_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with open(slave) as terminal:  # noqa: PTH123 - a descriptor, no path
        monkeypatch.setattr(sys, "stdin", terminal)
        os.write(master, b"y\n")
        assert select.select([slave], [], [], 60)[0], "it was typed"
        discard_typed_input()
        assert not select.select([slave], [], [], 0)[0]
    os.close(master)


def test_where_nothing_can_be_typed_it_ends_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "gameday.db")
    store.begin("gd-0001", "test", "solo", "", current_process())
    store.append("gd-0001", [NewEvent(Prediction(text="it is slow"))], 1)
    with open(os.devnull) as nothing:  # noqa: PTH123 - as a pipe that has ended
        monkeypatch.setattr(sys, "stdin", nothing)
        hold_debrief(store, "gd-0001", tmp_path / "rotation.jsonl")
    said = capsys.readouterr().out
    assert HEADINGS[0] in said and "prediction before the start: it is slow" in said
    store.close()


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
    assert asked[0] == "  1/4 anyone: " and asked[2] == asked[0], "it went back"
    assert "Entered so far:" in said and "Went well: we were quick (anyone)" in said
    kept = [event.body.text for event in of_type(without_retracted(store.events("gd-0001")), DebriefLine)]
    assert kept == ["a typo", "we were quick"]
    assert list_retractable(store.events("gd-0001")) == [], "the debrief has ended"
    store.close()
