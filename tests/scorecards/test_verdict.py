"""Every ending, and results that are never a pass."""

from __future__ import annotations

import pytest
from support.drill_factory import MARK, Made, facilitated, rehearsal

from gameday.errors import Exit
from gameday.events import Evaluated, Event
from gameday.model import Source
from gameday.review.markdown import render_draft
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import build_scorecard
from gameday.scorecards.verdict import decide_verdict

REHEARSAL = rehearsal()


def test_a_drill_that_held_and_is_clean_is_a_pass() -> None:
    for made in (REHEARSAL, facilitated()):
        assert decide_verdict(made.events) == decide_verdict(made.events).__class__(Exit.HELD, "held", ())


@pytest.mark.parametrize(
    ("made", "code", "held"),
    [
        (REHEARSAL.without("fault-reverted"), Exit.DIRTY, "held"),
        (REHEARSAL.without("fault-reverted").plus(71, "fault-kept", marker=MARK, reason="edited"), Exit.HELD, "held"),
        (REHEARSAL.without("fault-reverted").plus(71, "given-up", marker=MARK, reason="rebuilt"), Exit.HELD, "held"),
        (REHEARSAL.without("fault-reverted").plus(20, "stop", text="STOP"), Exit.DIRTY, "unknown"),
        (REHEARSAL.plus(20, "stop", text="STOP"), Exit.HALTED, "unknown"),
        (REHEARSAL.plus(20, "guardrail-breach", signal="x"), Exit.HALTED, "unknown"),
        (REHEARSAL.plus(20, "interrupted", name="SIGTERM"), Exit.HALTED, "unknown"),
        (REHEARSAL.plus(68, "stop", text=""), Exit.HALTED, "held"),  # service was restored before
        (REHEARSAL.without("mitigated").plus(68, "stop", text=""), Exit.HALTED, "unknown"),
        (REHEARSAL.plus(20, "stop", resumable=True), Exit.HALTED, "unknown"),
        (REHEARSAL.plus(20, "stop", resumable=True).plus(25, "stop-resumed"), Exit.NOT_HELD, "unknown"),
        (
            REHEARSAL.plus(20, "stop", resumable=True).plus(25, "stop-resumed").plus(30, "stop"),
            Exit.HALTED,
            "unknown",
        ),
        (
            REHEARSAL.plus(20, "stop", resumable=True).plus(25, "stop-resumed").changed("evaluated", verdict="unmet"),
            Exit.NOT_HELD,
            "not held",
        ),
        (REHEARSAL.without("effect"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.changed("end", reason="halted"), Exit.HALTED, "held"),
        (REHEARSAL.changed("end", reason="failed"), Exit.FAILED, "held"),
        (REHEARSAL.changed("end", reason="refused"), Exit.REFUSED, "held"),
        (REHEARSAL.changed("end", reason="futile", text="no effect"), Exit.NOT_HELD, "held"),
        (
            REHEARSAL.without("applied", "fault")
            .plus(5, "apply-refused", reason="no")
            .changed("end", reason="futile", text="no"),
            Exit.REFUSED,
            "unknown",
        ),
        (REHEARSAL.changed("end", reason="failed").plus(20, "stop"), Exit.HALTED, "unknown"),
        (REHEARSAL.without("end"), Exit.FAILED, "held"),
        (REHEARSAL.changed("effect", seen=False), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.without("fault", "applied"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.plus(40, "lapsed", marker=MARK, reason="the proxy restarted"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.without("evaluated"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.changed("evaluated", verdict="unmet"), Exit.NOT_HELD, "not held"),
        (REHEARSAL.changed("evaluated", verdict="unknown"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.without("steady-state"), Exit.NOT_HELD, "held"),
        (REHEARSAL.changed("steady-state", holds=False), Exit.NOT_HELD, "held"),
        (REHEARSAL.without("mitigated"), Exit.NOT_HELD, "held"),
        (facilitated().without("mitigated"), Exit.HELD, "held"),
    ],
)
def test_endings(made: Made, code: Exit, held: str) -> None:
    found = decide_verdict(made.events)
    assert (found.exit, found.hypothesis) == (code, held)
    assert bool(found.reasons) == (code is not Exit.HELD)


def test_one_unmet_evaluation_decides_for_good() -> None:
    data = {"part": "expectation", "index": 0, "value": 0.9, "n": 20, "text": "journey-success 90%"}
    unmet = REHEARSAL.plus(30, "evaluated", verdict="unmet", **data)  # type: ignore[arg-type]  # a mixed mapping
    assert decide_verdict(unmet.events).hypothesis == "not held"


def _is_clue(event: Event) -> bool:
    return isinstance(event.body, Evaluated) and event.body.part == "clue"


def test_a_line_without_enough_data_says_what_was_missing_beside_its_value() -> None:
    text = "journey-success is 100%, 10 s of 1 min of readings so far, n 479"
    made = REHEARSAL.changed("evaluated", verdict="unknown", value=1.0, n=479, text=text)
    [line, *_] = build_scorecard(made.events, ()).expectations
    assert line.finding == "journey-success is 100%, 10 s of 1 min of readings so far"
    assert "(n=479)" in scorecard_text.format_evaluation(line)


def test_how_many_readings_are_missing_is_said_in_scorecard_and_review() -> None:
    text = "journey-success could not be read often enough: cannot connect"
    lost = REHEARSAL.changed("evaluated", verdict="unknown", value=None, n=0, text=text, readings=40, missing=12)
    few = REHEARSAL.changed("evaluated", readings=40, missing=1)
    for made, count in ((lost, "12 of 40 readings are missing"), (few, "1 of 40 readings is missing")):
        card = build_scorecard(made.events, ())
        assert (card.expectations[0].readings, card.expectations[0].missing) == (40, 12 if made is lost else 1)
        assert count in scorecard_text.format_evaluation(card.expectations[0])
        assert count in render_draft(made.events, card)
    assert decide_verdict(lost.events).hypothesis == "unknown"
    assert "(12 of 40 readings are missing)" in decide_verdict(lost.events).reasons[0]
    assert decide_verdict(few.events).hypothesis == "held"


def test_a_clue_that_does_not_show_fails_a_rehearsal_only() -> None:
    hidden = [e for e in REHEARSAL.events if not _is_clue(e)]
    assert decide_verdict(hidden).exit is Exit.NOT_HELD
    assert any("the clue did not show" in reason for reason in decide_verdict(hidden).reasons)
    people = [e for e in facilitated().events if not _is_clue(e)]
    assert decide_verdict(people).exit is Exit.HELD


def test_a_second_fault_that_was_never_applied_is_no_pass() -> None:
    faults = [
        {"id": "slow", "fault_kind": "latency", "target": "database"},
        {"id": "late", "fault_kind": "outage", "target": "x"},
    ]
    assert decide_verdict(REHEARSAL.changed("planned", faults=faults).events).hypothesis == "unknown"  # type: ignore[arg-type]  # list is invariant


def test_a_fault_without_expected_or_visible_effect_proves_nothing() -> None:
    faults = [{"id": "slow", "fault_kind": "latency", "target": "database"}]
    silent = REHEARSAL.changed("planned", faults=faults, steady_state=["journey-p95"]).without("effect")  # type: ignore[arg-type]  # list is invariant
    assert decide_verdict(silent.events).hypothesis == "held", "users were affected"
    found = decide_verdict(silent.without("impact", "mitigated").events)
    assert (found.exit, found.hypothesis) == (Exit.NOT_HELD, "unknown")
    assert "no effect on journey-p95" in " ".join(found.reasons)


def test_an_unreadable_signal_that_no_guardrail_needs_halts_nothing() -> None:
    data = {"signal": "database-cpu", "seconds": 30.0}
    unreadable = REHEARSAL.plus(30, "signal-unreadable", **data)  # type: ignore[arg-type]  # a mixed mapping
    assert decide_verdict(unreadable.events).hypothesis == "held"
    guarded = REHEARSAL.plus(30, "signal-unreadable", guardrail=0, **data)  # type: ignore[arg-type]  # a mixed mapping
    assert (decide_verdict(guarded.events).exit, decide_verdict(guarded.events).hypothesis) == (Exit.HALTED, "unknown")


def test_an_empty_log_is_our_failure() -> None:
    assert decide_verdict(()).exit is Exit.FAILED


def test_a_drill_whose_runner_died_was_ended_by_the_guardian() -> None:
    halted = REHEARSAL.plus(45, "halt", Source.GUARDIAN, reason="the runner is gone").changed("end", reason="halted")
    assert decide_verdict(halted.events).reasons[-1] == "the guardian ended it: the runner is gone"


def test_a_solo_drill_has_no_objective_that_needs_a_team() -> None:
    silent = facilitated().without("assembled", "ic-announced", "update")
    team = build_scorecard(silent.events, silent.readings)
    assert [result.id for result in team.objectives] == ["swarm", "command", "first-update"]
    solo = silent.changed("planned", mode="solo")
    assert [result.id for result in build_scorecard(solo.events, solo.readings).objectives] == ["first-update"]


ENDS_AFTER_THE_FAULT = REHEARSAL.without("mitigated").changed("planned", ends={"after": 56.0, "of": "fault"})
"""The fault is confirmed at second 13.15, and the revert begins at second 70.01."""


@pytest.mark.parametrize(
    ("made", "held"),
    [
        (ENDS_AFTER_THE_FAULT.plus(70.1, "halt", Source.GUARDIAN, reason="the runner died"), "held"),
        (ENDS_AFTER_THE_FAULT.plus(69.0, "halt", reason="a halt"), "unknown"),
        (ENDS_AFTER_THE_FAULT.changed("planned", ends={"after": 58.0, "of": "fault"}).plus(71, "halt"), "unknown"),
        (ENDS_AFTER_THE_FAULT.plus(70.0, "takeover", epoch=2, reason="x").plus(71, "halt", reason="x"), "unknown"),
    ],
)
def test_a_halt_during_the_planned_revert_leaves_the_hypothesis_tested(made: Made, held: str) -> None:
    verdict = decide_verdict(made.events)
    assert (verdict.exit, verdict.hypothesis) == (Exit.HALTED, held)
    assert any("was not tested to its end" in reason for reason in verdict.reasons) is (held == "unknown")
