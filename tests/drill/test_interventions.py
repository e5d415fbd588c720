"""The facilitator's hands, on a clock that jumps: what is due, and when, after each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.events import event
from support.shipped_drill import plan_of

from gameday.drill.control.facilitator_requests import facilitator_event, parse_adjustment
from gameday.drill.control.participant_requests import RequestRejected
from gameday.drill.decisions import AdjustFault, ApplyFault, Decision, EndPause, FinishDrill, SendMessage, SkipMessage
from gameday.drill.facilitator import PREVIEW_S, decide, scheduled_decisions
from gameday.drill.interventions import EXTENSION_S, MAX_PAUSE_S, Interventions, paused_seconds
from gameday.drill.state import DrillState, fold_event
from gameday.events import MessageOverridden, StartApproved
from gameday.injectors.toxiproxy.faults import KINDS
from gameday.model import EndReason, Fault, Json, Mode, Phase, Plan, Role, Source, TimeExpression
from gameday.moments import Moment

PLAN = plan_of(Mode.FACILITATED, "")
START = 1000.0
SENT_BY_ITSELF = 0
"""`2m after impact`, a cue from support."""


Said = tuple[float, str, dict[str, Json]]


def after(*said: Said) -> DrillState:
    state = DrillState()
    begun: tuple[Said, Said] = ((0.0, "phase", {"after": "running"}), (0.0, "start", {}))
    for at, kind, data in (*begun, *said):
        state = fold_event(state, event(kind, data, START + at))
    return state


def times(state: DrillState, plan: Plan = PLAN) -> list[tuple[float, Decision]]:
    return [(at - START, what) for at, what in scheduled_decisions(plan, state)]


def when(state: DrillState, kind: type[Any], plan: Plan = PLAN) -> list[float]:
    return sorted(at for at, what in times(state, plan) if isinstance(what, kind))


INTENT: dict[str, Json] = {"intent": {"fault": "slow"}}
IMPACT: Said = (10.0, "impact", {})
STANDS: tuple[Said, Said] = ((2.0, "intended", INTENT), (2.0, "fault", {"fault": "slow"}))


FIRST = PLAN.scenario.messages[0].at or TimeExpression(Moment.IMPACT)


def line(do: str, say: str = "") -> Said:
    return (12.0, "message-override", {"operation": do, "entry": SENT_BY_ITSELF, "text": say})


def played(state: DrillState, at: float) -> list[Decision]:
    return [what for what in decide(PLAN, state, START + at) if isinstance(what, SendMessage | SkipMessage)]


def test_message_waits_for_its_time_or_is_sent_on_request() -> None:
    assert played(after(IMPACT), 20.0) == []
    [sent] = played(after(IMPACT, line("send")), 13.0)
    assert isinstance(sent, SendMessage) and sent.entry == SENT_BY_ITSELF and not sent.offer
    assert played(after(line("send")), 13.0), "also before its moment has been"
    assert played(after(line("send"), (13.0, "message", {"entry": 0})), 14.0) == [], "and once"


def test_held_message_waits_until_released() -> None:
    assert played(after(IMPACT, line("hold")), 500.0) == []
    assert played(after(IMPACT, line("hold"), line("release")), 500.0)
    assert played(after(IMPACT, line("hold"), line("send")), 13.0)


def test_skipped_and_reworded_messages_are_recorded() -> None:
    assert [type(one) for one in played(after(IMPACT, line("skip")), 13.0)] == [SkipMessage]
    [said] = played(after(IMPACT, line("reword", "other words")), 500.0)[:1]
    assert isinstance(said, SendMessage) and said.message.say == "other words"


def test_with_people_a_line_stands_under_next_before_it_is_played() -> None:
    messages = (replace(PLAN.scenario.messages[0], at=TimeExpression(Moment.IMPACT)),)
    quick = replace(PLAN, scenario=replace(PLAN.scenario, messages=messages))
    assert when(after(IMPACT), SendMessage, quick) == [10.0 + PREVIEW_S]
    assert when(after(IMPACT), SendMessage, replace(quick, mode=Mode.REHEARSAL)) == [10.0]


def test_fault_started_early_is_applied_once() -> None:
    assert when(after(), ApplyFault) == [2.0]
    assert when(after((0.5, "apply-early", {"fault": "slow"})), ApplyFault) == [float("-inf")]
    assert when(after(*STANDS, (3.0, "apply-early", {"fault": "slow"})), ApplyFault) == []


def test_a_fault_is_adjusted_once_for_each_request() -> None:
    turned: Said = (5.0, "adjusted", {"fault": "slow", "params": {"delay": "200ms"}})
    assert when(after(turned), AdjustFault) == [], "not before it stands"
    [(_, adjusted)] = [one for one in times(after(*STANDS, turned)) if isinstance(one[1], AdjustFault)]
    assert isinstance(adjusted, AdjustFault) and adjusted.planned.fault.params["delay"] == "200ms"
    assert when(after(*STANDS, turned, (6.0, "intended", INTENT)), AdjustFault) == []


def test_the_timebox_is_extended() -> None:
    box = PLAN.scenario.timebox
    assert when(after(), FinishDrill) == [box]
    assert when(after((1.0, "extended", {"seconds": EXTENSION_S})), FinishDrill) == [box + EXTENSION_S]


def test_paused_drill_only_resumes_or_halts() -> None:
    paused = after(IMPACT, (20.0, "paused", {}))
    assert [type(what) for _, what in times(paused)] == [EndPause]
    assert when(paused, EndPause) == [20.0 + MAX_PAUSE_S]
    halted = after(IMPACT, (20.0, "paused", {}), (21.0, "stop", {}))
    [ending] = decide(PLAN, halted, START + 21.0)
    assert isinstance(ending, FinishDrill) and ending.reason is EndReason.HALTED


def test_pause_shifts_only_what_counts_from_before_it() -> None:
    state = after(IMPACT, (20.0, "paused", {}), (50.0, "resumed", {}))
    assert when(state, FinishDrill) == [PLAN.scenario.timebox + 30.0]
    assert min(when(state, SendMessage)) == 10.0 + FIRST.after + 30.0
    later = after((20.0, "paused", {}), (50.0, "resumed", {}), (60.0, "impact", {}))
    assert min(when(later, SendMessage)) == 60.0 + FIRST.after


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e3)), max_size=5), st.floats(0, 1e4))
def test_total_shift_never_exceeds_the_pauses(pauses: list[tuple[float, float]], since: float) -> None:
    hands = Interventions(pauses=tuple((start, start + long) for start, long in pauses))
    assert 0.0 <= paused_seconds(hands, since) <= sum(long for _, long in pauses) + 1e-6


SLOW = Fault("slow", "latency", "database", {"delay": "400ms"}, adjust={"delay": "100ms..800ms"})


def test_an_adjustment_stays_within_the_scenarios_range() -> None:
    assert parse_adjustment(SLOW, "800ms") == {"delay": "800ms"}
    for to in ("801ms", "99ms", "fast", ""):
        with pytest.raises(RequestRejected):
            parse_adjustment(SLOW, to)
    with pytest.raises(RequestRejected):
        parse_adjustment(replace(SLOW, adjust={}), "200ms")


@pytest.mark.parametrize(("kind", "params", "key", "range_", "to"), [
    ("jitter", {"delay": "400ms"}, "delay", "100ms..800ms", "200ms"),
    ("reset", {"after": "400ms"}, "after", "0s..1s", "200ms"),
    ("slice", {"size": "64B", "delay": "400ms"}, "delay", "100ms..800ms", "200ms"),
    ("slice", {"size": "64B", "delay": "400ms"}, "size", "1B..1KB", "16B"),
    ("bandwidth", {"rate": "100KB/s"}, "rate", "50KB/s..2MB/s", "1MB/s"),
    ("limit", {"bytes": "64KB"}, "bytes", "1KB..1MB", "2KB"),
])  # fmt: skip
def test_any_quantity_of_any_kind_is_adjusted(kind: str, params: Json, key: str, range_: str, to: str) -> None:
    assert isinstance(params, dict)
    fault = replace(SLOW, kind=kind, params=params, adjust={key: range_})
    for words in (to, f"{key}={to}", f" {key} = {to} "):
        assert parse_adjustment(fault, words) == {key: to}
    assert KINDS[kind].read({**params, key: to}) != KINDS[kind].read(params)


def test_of_several_quantities_the_facilitator_names_one() -> None:
    both = replace(SLOW, params={"delay": "400ms", "jitter": "10ms"}, adjust={"delay": "1ms..1s", "jitter": "0s..1s"})
    assert parse_adjustment(both, "jitter=20ms") == {"jitter": "20ms"}
    for to in ("20ms", "rate=20ms", "jitter=", "jitter=10%"):
        with pytest.raises(RequestRejected):
            parse_adjustment(both, to)


@pytest.mark.parametrize(
    ("request_", "state"),
    [
        ({"intervention": "send", "message": 99}, after()),
        ({"intervention": "send", "message": 0}, after((1.0, "message", {"entry": 0}))),
        ({"intervention": "reword", "message": 0}, after()),
        ({"intervention": "now"}, after(*STANDS)),
        ({"intervention": "adjust", "value": "200ms"}, after()),
        ({"intervention": "extend"}, after((1.0, "extended", {}))),
        ({"intervention": "pause"}, after((1.0, "paused", {}))),
        ({"intervention": "resume"}, after()),
        ({"intervention": "reveal"}, after()),
        ({"intervention": "shake"}, after()),
        ({"intervention": "pause"}, DrillState(phase=Phase.REVERTING)),
    ],
)
def test_impossible_intervention_is_refused_and_not_recorded(request_: dict[str, Any], state: DrillState) -> None:
    with pytest.raises(RequestRejected) as caught:
        facilitator_event(request_, PLAN, state)
    assert str(caught.value)


def test_each_intervention_is_a_facilitator_event() -> None:
    made = facilitator_event({"intervention": "hold", "message": 2}, PLAN, after())
    assert (made.body, made.role, made.source) == (
        MessageOverridden("hold", 2), Role.FACILITATOR, Source.HUMAN,
    )  # fmt: skip


def test_a_drill_does_not_start_without_a_required_role_unless_each_is_confirmed() -> None:
    begin = {"intervention": "begin", "roles": ["facilitator", "ic"]}
    before = DrillState(phase=Phase.PREFLIGHT)
    with pytest.raises(RequestRejected, match="required role: ops") as caught:
        facilitator_event(begin, PLAN, before)
    assert "--without ops" in caught.value.remedy
    with pytest.raises(RequestRejected, match="required role: IC, ops"):
        facilitator_event({"intervention": "begin", "without": ["mentor"]}, PLAN, before)
    approved = facilitator_event({**begin, "without": ["ops", "ic"]}, PLAN, before).body
    assert approved == StartApproved((Role.FACILITATOR, Role.IC), (Role.OPS,)), "only what is missing is recorded"
    claimed = replace(before, roles=frozenset({Role.OPS}))
    assert facilitator_event(begin, PLAN, claimed).body == StartApproved((Role.FACILITATOR, Role.IC))
    alone = replace(PLAN, mode=Mode.SOLO)
    assert facilitator_event({"intervention": "begin"}, alone, before).body == StartApproved()
