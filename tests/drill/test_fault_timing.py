"""Faults that begin at any moment, end by themselves and return; messages that are spared or in reserve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.events import event
from support.fake_injector import Bench, planned
from support.shipped_drill import plan_of

from gameday.drill.decisions import AdjustFault, ApplyFault, Decision, EndFault, SendMessage, SkipMessage
from gameday.drill.facilitator import scheduled_decisions
from gameday.drill.observers.hypothesis import HypothesisObserver
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.revert.attribution import attribute_recovery, planned_ends
from gameday.drill.state import DrillState, fold_event
from gameday.events import Evaluated
from gameday.model import (
    Comparison,
    Environment,
    Expectation,
    HintLevel,
    Json,
    Limit,
    Message,
    Mode,
    Plan,
    Reading,
    Repeat,
    SignalBinding,
    SignalKind,
    TimeExpression,
)
from gameday.moments import Moment
from gameday.plugins.types import RevertOutcome, RevertResult

START = 1000.0
Said = tuple[float, str, dict[str, Json]]
INTENDED: Said = (30.0, "intended", {"intent": {"fault": "slow"}})
PRESENT: Said = (30.0, "fault", {"fault": "slow"})
ENDED: Said = (150.0, "fault-end", {"fault": "slow"})


def after(*said: Said) -> DrillState:
    state = DrillState()
    begun: tuple[Said, Said] = ((0.0, "phase", {"after": "running"}), (0.0, "start", {}))
    for at, kind, data in (*begun, *said):
        state = fold_event(state, event(kind, data, START + at))
    return state


def with_fault(at: TimeExpression, lasts: float | None = None, repeat: Repeat | None = None) -> Plan:
    plan = plan_of(Mode.FACILITATED, "")
    [fault] = plan.faults
    changed = replace(fault, at=at, fault=replace(fault.fault, lasts=lasts, repeat=repeat))
    return replace(plan, faults=(changed,), scenario=replace(plan.scenario, messages=()))


def when(plan: Plan, state: DrillState, kind: type[Decision]) -> list[float]:
    return [at - START for at, what in scheduled_decisions(plan, state) if isinstance(what, kind)]


def test_a_fault_begins_at_any_moment_once_that_has_been() -> None:
    plan = with_fault(TimeExpression(Moment.DECLARED, 180.0))
    assert when(plan, after(), ApplyFault) == []
    assert when(plan, after((40.0, "declared", {})), ApplyFault) == [220.0]
    paused = after((40.0, "declared", {}), (50.0, "paused", {}), (80.0, "resumed", {}))
    assert when(plan, paused, ApplyFault) == [250.0]


def test_a_fault_ends_after_the_time_it_lasts_counted_from_when_it_was_confirmed() -> None:
    plan = with_fault(TimeExpression(Moment.START), lasts=120.0)
    assert when(plan, after(), EndFault) == []
    assert when(plan, after(INTENDED, PRESENT), EndFault) == [150.0]
    assert when(plan, after(INTENDED, PRESENT, ENDED), EndFault) == []
    assert when(plan, after(INTENDED, PRESENT, ENDED), ApplyFault) == [], "it does not return"
    removed = after(INTENDED, PRESENT, (60.0, "removed", {"fault": "slow", "by_action": "restart"}))
    assert when(plan, removed, EndFault) == [], "what an action ended has no planned end"


def test_a_planned_end_is_no_lapse_and_the_fault_is_not_present_after_it() -> None:
    state = after(INTENDED, PRESENT, ENDED)
    assert not state.present and not state.futile_reason
    assert state.moments[Moment.FAULT_END] == START + 150.0


def test_a_fault_returns_as_often_as_it_says_counted_from_its_first_time() -> None:
    plan = with_fault(TimeExpression(Moment.START), 120.0, Repeat(2, 300.0))
    assert when(plan, after(INTENDED, PRESENT), ApplyFault) == []
    assert when(plan, after(INTENDED, PRESENT, ENDED), ApplyFault) == [330.0]
    again: tuple[Said, Said] = ((330.0, *INTENDED[1:]), (331.0, *PRESENT[1:]))
    assert when(plan, after(INTENDED, PRESENT, ENDED, *again), EndFault) == [451.0]
    over = after(INTENDED, PRESENT, ENDED, *again, (451.0, *ENDED[1:]))
    assert when(plan, over, ApplyFault) == [] and over.end_counts == {"slow": 2}
    assert when(plan, after(INTENDED, PRESENT, ENDED, (330.0, "apply-refused", {})), ApplyFault) == []


def test_an_adjusted_fault_keeps_its_time_and_returns_as_it_was_adjusted() -> None:
    plan = with_fault(TimeExpression(Moment.START), 120.0, Repeat(2, 300.0))
    adjusted: Said = (60.0, "adjusted", {"fault": "slow", "params": {"delay": "200ms"}})
    state = after(INTENDED, PRESENT, adjusted)
    assert len(when(plan, state, AdjustFault)) == 1
    done = after(INTENDED, PRESENT, adjusted, (60.0, *INTENDED[1:]), (61.0, *PRESENT[1:]))
    assert when(plan, done, EndFault) == [150.0] and when(plan, done, AdjustFault) == []
    ended = after(INTENDED, PRESENT, adjusted, (60.0, *INTENDED[1:]), (61.0, *PRESENT[1:]), ENDED)
    [again] = [what for _, what in scheduled_decisions(plan, ended) if isinstance(what, ApplyFault)]
    assert again.planned.fault.params["delay"] == "200ms"


def with_messages(*messages: Message, mode: Mode = Mode.REHEARSAL) -> Plan:
    plan = plan_of(mode, "")
    return replace(plan, scenario=replace(plan.scenario, messages=messages))


MITIGATED: tuple[Said, Said] = ((10.0, "impact", {}), (20.0, "mitigated", {}))


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        (Message("?", "support", at=TimeExpression(Moment.IMPACT, 30.0)), False),
        (Message("?", hint=HintLevel.NUDGE, at=TimeExpression(Moment.IMPACT, 30.0)), False),
        (Message("?", "support", at=TimeExpression(Moment.MITIGATED, 30.0)), True),
        (Message("?", "expert", when="restart-database"), True),
    ],
)
def test_a_message_that_belongs_to_the_incident_is_not_sent_after_it(message: Message, sent: bool) -> None:
    state = after(*MITIGATED, (25.0, "action-finished", {"action": "restart-database", "succeeded": True}))
    expected = SendMessage if sent else SkipMessage
    assert len(when(with_messages(message), state, expected)) == 1


def test_unless_spares_a_message_of_a_persona_too() -> None:
    message = Message("?", "support", at=TimeExpression(Moment.IMPACT, 30.0), unless=Moment.DECLARED)
    plan = with_messages(message)
    assert when(plan, after((10.0, "impact", {})), SendMessage) == [40.0]
    assert when(plan, after((10.0, "impact", {}), (20.0, "declared", {})), SkipMessage) == [40.0]


def test_a_message_in_reserve_is_sent_by_the_facilitator_alone() -> None:
    plan = with_messages(Message("?", "support"), mode=Mode.FACILITATED)
    assert when(plan, after(*MITIGATED), SendMessage) == []
    send: Said = (30.0, "message-override", {"operation": "send", "entry": 0})
    assert len(when(plan, after(*MITIGATED, send), SendMessage)) == 1


def test_the_ledger_reverts_a_fault_at_its_end_and_verifies_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.ledger.apply(planned("brief"))
    bench.ledger.apply(planned("lasting", "cache"))
    bench.ledger.end(planned("brief").fault)
    assert bench.kinds()[-2:] == ["fault-reverted", "fault-end"]
    assert [intent.fault for intent in bench.ledger.outstanding()] == ["lasting"]
    bench.ledger.renew_and_check()
    assert "lapsed" not in bench.kinds()
    assert bench.ledger.revert_all() == [] and bench.engine.there == set()


def test_a_fault_that_cannot_be_ended_halts_the_drill(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.ledger.apply(planned("brief"))
    bench.engine.on_revert = [lambda _: RevertResult(RevertOutcome.PENDING, "away")] * 1000
    bench.ledger.end(planned("brief").fault)
    assert bench.kinds()[-1] == "halt" and "fault-end" not in bench.kinds()
    assert len(bench.ledger.outstanding()) == 1


AFTER_END = Expectation(
    "success", Comparison.AT_LEAST, Limit(0.9, False, "90%"), by=TimeExpression(Moment.FAULT_END, 60.0)
)
BINDING = SignalBinding("success", SignalKind.COUNT, "http", {})


def judged(state: DrillState, *values: tuple[float, float]) -> list[str]:
    """Return the verdicts, reading by reading, of an expectation after the planned end."""
    observer = HypothesisObserver(0, AFTER_END, BaselineValues(Environment("", {}, {"success": BINDING}, {}), {}), dict)
    verdicts: list[str] = []
    for at, value in values:
        observer.feed(Reading("success", START + at, value))
        bodies = [draft.body for draft in observer.poll(START + at, state)]
        verdicts += [body.verdict for body in bodies if isinstance(body, Evaluated)]
    bodies = [draft.body for draft in observer.finalize(START + values[-1][0], state)]
    return verdicts + [body.verdict for body in bodies if isinstance(body, Evaluated)]


def test_an_expectation_of_the_time_after_a_planned_end_is_judged_then() -> None:
    state = after(INTENDED, PRESENT, ENDED)
    assert judged(state, (160.0, 0.5), (200.0, 1.0), (220.0, 1.0)) == ["met"]
    assert judged(state, (160.0, 0.5), (200.0, 0.5), (220.0, 0.5)) == ["unmet"]
    assert judged(after(INTENDED, PRESENT), (100.0, 1.0)) == [], "the fault is still present"


def test_it_is_not_judged_once_a_responder_acted() -> None:
    state = after(INTENDED, PRESENT, ENDED, (155.0, "action-started", {"action": "retries-off"}))
    assert judged(state, (160.0, 0.5), (200.0, 1.0), (220.0, 1.0)) == ["unknown"]


def test_a_planned_end_restored_service_unless_a_responder_acted_after_it() -> None:
    ended = after(INTENDED, PRESENT, ENDED)
    assert planned_ends(ended) == ["the planned end of fault slow"]
    assert attribute_recovery(ended) == "the planned end of fault slow"
    acted = after(INTENDED, PRESENT, ENDED, (155.0, "action-started", {"action": "retries-off"}))
    assert planned_ends(acted) == []
    early = after(INTENDED, PRESENT, (140.0, "action-started", {"action": "retries-off"}), ENDED)
    assert planned_ends(early) == ["the planned end of fault slow"]
