"""STOP as one key: all faults are reverted first; then the drill ends, or resumes as it was."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import Mock

import pytest
from support.events import event
from support.shipped_drill import plan_of

from gameday.drill.control.facilitator_requests import facilitator_event, stop_confirmation
from gameday.drill.control.participant_requests import RequestRejected, action_request_event
from gameday.drill.decisions import AdjustFault, ApplyFault, FinishDrill, RevertAfterStop, SendMessage
from gameday.drill.facilitator import STOP_DECISION_S, decide, scheduled_decisions, timebox_end
from gameday.drill.loop import Loop
from gameday.drill.observers import ObserverGroup
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.revert.attribution import attribute_recovery, list_drill_changes
from gameday.drill.state import DrillState, fold_event
from gameday.events import CAUSE_OWN_REVERT, Evaluated, ResumedAfterStop
from gameday.model import (
    Comparison,
    EndReason,
    Environment,
    Expectation,
    Json,
    Limit,
    Mode,
    Reading,
    SignalBinding,
    SignalKind,
)
from gameday.moments import Moment

PLAN = plan_of(Mode.FACILITATED, "")
START = 1000.0
Row = tuple[float, str, dict[str, Json]]
RUNS: list[Row] = [
    (0, "phase", {"after": "running"}), (0, "start", {}),
    (2, "intended", {"intent": {"fault": "slow", "marker": "m1"}}), (2, "fault", {"fault": "slow", "marker": "m1"}),
    (10, "impact", {}),
]  # fmt: skip
STOP: Row = (30, "stop", {"resumable": True})
REVERTED: list[Row] = [(30, "fault-reverted", {"marker": "m1"}), (30, "reverted", {}), (31, "stop-reverted", {})]
RESUMED: Row = (91, "stop-resumed", {})


def state_after(*rows: Row) -> DrillState:
    state = DrillState()
    for at, kind, data in rows:
        state = fold_event(state, event(kind, data, START + at))
    return state


def due(state: DrillState, at: float) -> tuple[object, ...]:
    return decide(PLAN, state, START + at)


def test_stop_reverts_at_once_and_nothing_else_is_due() -> None:
    state = state_after(*RUNS, STOP)
    assert due(state, 30) == (RevertAfterStop(),)
    waiting = state_after(*RUNS, STOP, *REVERTED)
    assert due(waiting, 30 + STOP_DECISION_S - 1) == ()
    assert not any(isinstance(what, SendMessage) for _, what in scheduled_decisions(PLAN, waiting))


def test_stop_without_an_answer_ends_the_drill() -> None:
    (finish,) = due(state_after(*RUNS, STOP, *REVERTED), 30 + STOP_DECISION_S)
    assert isinstance(finish, FinishDrill) and finish.reason is EndReason.HALTED


def test_a_confirmed_stop_ends_the_drill() -> None:
    (finish,) = due(state_after(*RUNS, STOP, (30, "stop-confirmed", {})), 30)
    assert isinstance(finish, FinishDrill) and finish.reason is EndReason.HALTED


@pytest.mark.parametrize("kind", ["stop", "halt"])
def test_a_stop_by_command_ends_a_stopped_drill_too(kind: str) -> None:
    (finish,) = due(state_after(*RUNS, STOP, *REVERTED, (40, kind, {})), 40)
    assert isinstance(finish, FinishDrill) and finish.reason is EndReason.HALTED


def test_a_stop_before_the_start_ends_the_drill() -> None:
    assert state_after((0, "phase", {"after": "preflight"}), (1, "stop", {"resumable": True})).halt_reason == "STOP"


def test_a_resume_applies_the_interrupted_fault_once_and_continues_the_clock() -> None:
    before = state_after(*RUNS)
    state = state_after(*RUNS, STOP, *REVERTED, RESUMED)
    (apply,) = [what for what in due(state, 91) if isinstance(what, ApplyFault)]
    assert apply.planned.fault.id == "slow"
    assert timebox_end(PLAN, state) == timebox_end(PLAN, before) + 61, "the time of STOP does not count"
    assert Moment.REVERTED not in state.moments
    again: list[Row] = [
        (91, "intended", {"intent": {"fault": "slow", "marker": "m2"}}),
        (92, "fault", {"fault": "slow", "marker": "m2"}),
    ]
    present = state_after(*RUNS, STOP, *REVERTED, RESUMED, *again)
    assert present.present == {"slow"}
    assert not [what for what in due(present, 93) if isinstance(what, ApplyFault | AdjustFault)]
    assert not list_drill_changes(present), "a fault that was applied again was not adjusted"


def test_a_fault_that_had_not_begun_keeps_its_delay() -> None:
    state = state_after(*RUNS[:2], (1, "stop", {"resumable": True}), (1, "stop-reverted", {}), (11, "stop-resumed", {}))
    times = [at - START for at, what in scheduled_decisions(PLAN, state) if isinstance(what, ApplyFault)]
    assert times == [12.0]


def test_a_stop_in_a_pause_ends_the_pause_too_and_counts_its_time_once() -> None:
    state = state_after(*RUNS, (20, "paused", {}), STOP, *REVERTED, RESUMED)
    assert state.interventions.paused_at is None
    assert timebox_end(PLAN, state) == timebox_end(PLAN, state_after(*RUNS)) + 71


def test_a_second_stop_is_folded_anew_after_a_resume() -> None:
    state = state_after(*RUNS, STOP, *REVERTED, RESUMED, (92, "stop", {"resumable": True}))
    assert due(state, 92) == (RevertAfterStop(),)
    assert state.stop.interrupted == {"slow"}, "also one that was not applied again yet"


def test_a_recovery_after_stop_is_our_own_revert() -> None:
    assert attribute_recovery(state_after(*RUNS, STOP, *REVERTED)) == CAUSE_OWN_REVERT


def test_after_stop_only_end_resume_and_notes_are_accepted() -> None:
    reverting, waiting = state_after(*RUNS, STOP), state_after(*RUNS, STOP, *REVERTED)
    with pytest.raises(RequestRejected, match="still being reverted"):
        facilitator_event({"intervention": "resume"}, PLAN, reverting)
    assert isinstance(facilitator_event({"intervention": "resume"}, PLAN, waiting).body, ResumedAfterStop)
    for intervention in ("now", "extend", "pause", "reveal"):
        with pytest.raises(RequestRejected, match="stopped"):
            facilitator_event({"intervention": intervention}, PLAN, waiting)
    with pytest.raises(RequestRejected):
        action_request_event("cache-on", ["cache-on"], {}, waiting)
    assert stop_confirmation(reverting)[0].kind == "stop-confirmed"
    with pytest.raises(RequestRejected, match="was not stopped"):
        stop_confirmation(state_after(*RUNS))


def test_a_rehearsal_is_ended_by_stop() -> None:
    state = state_after(*RUNS, (30, "stop", {}))
    (finish,) = decide(replace(PLAN, mode=Mode.REHEARSAL), state, START + 30)
    assert isinstance(finish, FinishDrill)


def observers_of_success() -> tuple[ObserverGroup, str]:
    """Return the observers of the shipped drill with a healthy limit of 800 ms, and the signal of the mitigation."""
    expectation = PLAN.scenario.mitigated_when[0]
    assert expectation.hold
    healthy = Expectation(expectation.signal, Comparison.AT_MOST, Limit(0.8, False, "800ms"))
    binding = SignalBinding(expectation.signal, SignalKind.DURATION, "http", {}, healthy=healthy)
    environment = Environment("test", {}, {expectation.signal: binding}, {})
    group = ObserverGroup(replace(PLAN, environment=environment), BaselineValues(environment, {}), dict)
    return group, expectation.signal


def test_stop_tells_since_when_service_was_restored_and_not_yet_confirmed() -> None:
    observers, signal = observers_of_success()
    for at in range(11, 31):
        observers.feed(Reading(signal, START + at, 3.0 if at < 22 else 0.2))
    ledger, log = Mock(), Mock(state=state_after(*RUNS, STOP))
    ledger.revert_all.side_effect = lambda: log.append("reverted") and []
    ledger.outstanding.return_value = []
    clock = Mock(monotonic=lambda: START + 30.5, suspended_seconds=lambda: 0.0)
    loop = Loop(PLAN, log, ledger, Mock(), observers, Mock(), Mock(), Mock(), clock, Mock())
    loop._perform(RevertAfterStop())
    appended = [call.args for call in log.append.call_args_list]
    [judged] = next(drafts for drafts in appended if isinstance(getattr(drafts[0], "body", None), Evaluated))
    assert (judged.body.part, judged.body.start, judged.body.end) == ("mitigated", START + 21, START + 30)
    assert appended.index(("reverted",)) < appended.index((judged,)), "no revert waits for a judgement"


def test_an_incident_message_waits_while_service_is_back() -> None:
    """Between the recovery and its verdict, `it hangs` would be untrue."""
    observers, signal = observers_of_success()
    state = state_after(*RUNS)
    for at, value in ((20, 3.0), (21, 3.0), (22, 0.2), (23, 0.2)):
        observers.feed(Reading(signal, START + at, value))
        assert observers.is_service_back_now(START + at, state) is (value < 1)
    observers.resume_after_stop()
    assert not observers.is_service_back_now(START + 23, state), "readings before a resume say nothing"
