"""Every ending, and what is never a pass."""

from __future__ import annotations

import pytest
from support.drill_factory import MARK, Made, facilitated, rehearsal

from gameday.errors import Exit
from gameday.model import Source
from gameday.scorecards.verdict import verdict

REHEARSAL = rehearsal()


def test_a_drill_that_held_and_is_clean_is_a_pass() -> None:
    for made in (REHEARSAL, facilitated()):
        assert verdict(made.events) == verdict(made.events).__class__(Exit.HELD, "held", ())


@pytest.mark.parametrize(
    ("made", "code", "held"),
    [
        (REHEARSAL.without("gone"), Exit.DIRTY, "held"),
        (REHEARSAL.without("gone").plus(71, "left", mark=MARK, why="edited"), Exit.HELD, "held"),
        (REHEARSAL.without("gone").plus(71, "given-up", mark=MARK, why="rebuilt"), Exit.HELD, "held"),
        (REHEARSAL.without("gone").plus(20, "stop", say="STOP"), Exit.DIRTY, "unknown"),
        (REHEARSAL.plus(20, "stop", say="STOP"), Exit.HALTED, "unknown"),
        (REHEARSAL.plus(20, "breach", guardrail="x"), Exit.HALTED, "unknown"),
        (REHEARSAL.plus(20, "signal", name="SIGTERM"), Exit.HALTED, "unknown"),
        (REHEARSAL.plus(68, "stop", say=""), Exit.HALTED, "held"),  # users were served again before
        (REHEARSAL.without("mitigated").plus(68, "stop", say=""), Exit.HALTED, "unknown"),
        (REHEARSAL.without("effect"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.changed("end", reason="halted"), Exit.HALTED, "held"),
        (REHEARSAL.changed("end", reason="failed"), Exit.FAILED, "held"),
        (REHEARSAL.changed("end", reason="refused"), Exit.REFUSED, "held"),
        (REHEARSAL.changed("end", reason="futile", say="no effect"), Exit.NOT_HELD, "held"),
        (
            REHEARSAL.without("applied", "fault")
            .plus(5, "refused", why="no")
            .changed("end", reason="futile", say="no"),
            Exit.REFUSED,
            "unknown",
        ),
        (REHEARSAL.changed("end", reason="failed").plus(20, "stop"), Exit.HALTED, "unknown"),
        (REHEARSAL.without("end"), Exit.FAILED, "held"),
        (REHEARSAL.changed("effect", seen=False), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.without("fault", "applied"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.plus(40, "lapsed", mark=MARK, why="the proxy restarted"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.without("judged"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.changed("judged", verdict="unmet"), Exit.NOT_HELD, "not held"),
        (REHEARSAL.changed("judged", verdict="unreadable"), Exit.NOT_HELD, "unknown"),
        (REHEARSAL.without("steady"), Exit.NOT_HELD, "held"),
        (REHEARSAL.changed("steady", holds=False), Exit.NOT_HELD, "held"),
        (REHEARSAL.without("mitigated"), Exit.NOT_HELD, "held"),
        (facilitated().without("mitigated"), Exit.HELD, "held"),
    ],
)
def test_endings(made: Made, code: Exit, held: str) -> None:
    found = verdict(made.events)
    assert (found.exit, found.hypothesis) == (code, held)
    assert bool(found.reasons) == (code is not Exit.HELD)


def test_one_unmet_judgement_decides_for_good() -> None:
    data = {"part": "holds", "index": 0, "value": 0.9, "n": 20, "say": "journey-success 90%"}
    unmet = REHEARSAL.plus(30, "judged", verdict="unmet", **data)  # type: ignore[arg-type]  # a mixed mapping
    assert verdict(unmet.events).hypothesis == "not held"


def test_a_trail_that_does_not_show_fails_a_rehearsal_only() -> None:
    hidden = [e for e in REHEARSAL.events if e.data.get("part") != "trail"]
    assert verdict(hidden).exit is Exit.NOT_HELD
    assert any("trail" in reason for reason in verdict(hidden).reasons)
    people = [e for e in facilitated().events if e.data.get("part") != "trail"]
    assert verdict(people).exit is Exit.HELD


def test_a_second_fault_that_was_never_applied_is_no_pass() -> None:
    faults = [{"id": "slow", "kind": "latency", "target": "database"}, {"id": "late", "kind": "outage", "target": "x"}]
    assert verdict(REHEARSAL.changed("planned", faults=faults).events).hypothesis == "unknown"  # type: ignore[arg-type]  # list is invariant


def test_a_fault_of_which_nothing_was_to_show_and_nothing_did_proves_nothing() -> None:
    faults = [{"id": "slow", "kind": "latency", "target": "database"}]
    silent = REHEARSAL.changed("planned", faults=faults, steady=["journey-p95"]).without("effect")  # type: ignore[arg-type]  # list is invariant
    assert verdict(silent.events).hypothesis == "held", "users felt it"
    found = verdict(silent.without("impact", "mitigated").events)
    assert (found.exit, found.hypothesis) == (Exit.NOT_HELD, "unknown")
    assert "no effect on journey-p95" in " ".join(found.reasons)


def test_an_empty_log_is_our_failure() -> None:
    assert verdict(()).exit is Exit.FAILED


def test_a_drill_whose_runner_died_says_who_ended_it() -> None:
    halted = REHEARSAL.plus(45, "halt", Source.GUARDIAN, why="the runner is gone").changed("end", reason="halted")
    assert verdict(halted.events).reasons[-1] == "its guardian ended it: the runner is gone"
