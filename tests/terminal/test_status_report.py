"""`gameday status`: the facilitator's view is complete, and the responders' view has no spoilers."""

from __future__ import annotations

from typing import Any

import pytest

from gameday.events import EVENT_TYPES, EVERYONE
from gameday.moments import Moment
from gameday.terminal.status_report import render_status

STATUS: dict[str, Any] = {
    "drill": "gd-7f3a", "environment": "demo", "mode": "rehearsal", "phase": "running", "since_start": 95.4,
    "to_timebox": 84.6, "moments": {moment.value: float(index) for index, moment in enumerate(Moment)},
    "received": [
        {"at": 62.0, "page": True, "sender": "", "text": "checkout has been slow for 2 minutes."},
        {"at": 70.5, "page": False, "sender": "support", "text": "Two shoppers report that checkout hangs."},
        {"at": 80.0, "page": False, "sender": "STOP", "text": "Reverting all faults"},
    ],
    "faults": [{"target_text": "proxy orders-db", "since": 81.0, "guarantee": "lease expires after 10 s"}],
    "signals": {"journey-p95": {"value": 1.94, "kind": "duration"}, "database-cpu": {"value": None, "kind": "ratio"}},
    "scenario": "db-slowdown", "course": ["a hint to come"],
}  # fmt: skip


def test_responders_see_what_they_know_anyway() -> None:
    text = render_status(STATUS, facilitator=False)
    for words in ("gd-7f3a in demo is running", "1:35 since the start, timebox ends in 1:25", "alert",
                  "checkout has been slow", "Two shoppers report", "gameday stop"):  # fmt: skip
        assert words in text, words


def test_pages_and_messages_have_their_time_and_sender() -> None:
    lines = render_status(STATUS, facilitator=False).splitlines()
    assert "     1:02  checkout has been slow for 2 minutes." in lines
    assert "     1:10  support  Two shoppers report that checkout hangs." in lines
    assert "     1:20  STOP     Reverting all faults" in lines
    before = {"at": None, "page": False, "sender": "support", "text": "We begin soon."}
    assert "        -  support  We begin soon." in render_status({**STATUS, "received": [before]}, facilitator=False)


def test_responders_learn_nothing_else_whatever_the_status_holds() -> None:
    text = render_status(STATUS, facilitator=False)
    for words in ("orders-db", "lease", "journey-p95", "database", "db-slowdown", "a hint to come"):
        assert words not in text, words
    shown = {line.split()[-1] for line in text.partition("Pages")[0].splitlines() if line.startswith("     ")}
    assert shown == {moment.value for moment in Moment if EVENT_TYPES[moment].audience is EVERYONE}


def test_the_facilitator_sees_faults_and_signals() -> None:
    text = render_status(STATUS, facilitator=True)
    for words in (
        "orders-db, active for 1:21; auto-reverts: lease expires after 10 s",
        "1.9 s",
        "cannot be read",
        "impact",
    ):
        assert words in text, words
    assert "none active" in render_status({**STATUS, "faults": []}, facilitator=True)


def test_facilitator_sees_what_could_not_be_undone() -> None:
    status = {**STATUS, "not_undone": ["shed: its undo failed; by hand: ./restore"]}
    assert "Not undone\n  shed: its undo failed; by hand: ./restore\n" in render_status(status, facilitator=True)
    assert "Not undone" not in render_status(status, facilitator=False)


@pytest.mark.parametrize("phase", ["planned", "preflight", "running", "reverting", "done", "stuck"])
def test_any_phase_and_a_bare_status_can_be_shown(phase: str) -> None:
    text = render_status({"drill": "gd-1", "phase": phase, "since_start": None}, facilitator=True)
    assert text.startswith("Drill gd-1")
    assert ("gameday halt" in text) == (phase == "stuck")


def test_paused_drill_is_shown_as_paused() -> None:
    assert "is PAUSED" in render_status({**STATUS, "paused": True}, facilitator=False)
