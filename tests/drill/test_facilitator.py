"""A whole drill on a clock that jumps: the facilitator alone, with a world that does what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.events import event as made_event
from support.shipped_drill import plan_of

from gameday.drill.decisions import ApplyFault, Decision, FinishDrill, PerformStep, SendMessage, SendPage, SkipMessage
from gameday.drill.facilitator import decide, next_decision_at
from gameday.drill.message_rules import depends_on_people
from gameday.drill.state import DrillState, fold_event
from gameday.model import EndReason, HintLevel, Json, Message, Mode, Plan, TimeExpression
from gameday.moments import HUMAN_MOMENTS, Moment


class World:
    """Performs what is due; `answers` are events that follow others after so many seconds."""

    def __init__(self, plan: Plan, answers: Mapping[str, tuple[float, str, dict[str, Json]]]) -> None:
        self.plan = plan
        self.now = 1000.0
        self.state = DrillState()
        self.log: list[tuple[float, str]] = []
        self._answers = answers
        self._coming: list[tuple[float, str, dict[str, Json]]] = []
        self.say("phase", {"after": "running"})
        self.say("start", {})

    def say(self, kind: str, data: Mapping[str, Json]) -> None:
        event = made_event(kind, data, self.now)
        self.state = fold_event(self.state, event)
        self.log.append((self.now - 1000.0, kind))
        if kind in self._answers:
            after, answer, body = self._answers[kind]
            self._coming.append((self.now + after, answer, body))

    def run(self) -> FinishDrill:
        while True:
            self._arrive()
            for what in decide(self.plan, self.state, self.now):
                if isinstance(what, FinishDrill):
                    return what
                self._perform(what)
            times = [next_decision_at(self.plan, self.state, self.now), *(at for at, _, _ in self._coming)]
            self.now = min(at for at in times if at is not None)

    def _arrive(self) -> None:
        ready = [one for one in self._coming if one[0] <= self.now]
        self._coming = [one for one in self._coming if one[0] > self.now]
        for _, kind, data in ready:
            self.say(kind, data)

    def _perform(self, what: Decision) -> None:
        match what:
            case ApplyFault(planned):
                self.say("intended", {"intent": {"fault": planned.fault.id}})
                self.say("fault", {"fault": planned.fault.id})
            case SendPage(say):
                self.say("paged", {"by": "program", "text": say})
            case SendMessage(entry, message, offer):
                hint = message.hint is not None
                self.say("hint-offered" if offer else "hint" if hint else "message", {"entry": entry})
            case SkipMessage(entry, why):
                self.say("message-skipped", {"entry": entry, "reason": why})
            case PerformStep(index, step) if step.moment is not None:
                self.say(step.moment.value, {"step": index})
            case PerformStep(index, step):
                self.say("action-finished", {"action": step.action, "succeeded": True, "step": index})
            case FinishDrill():
                raise AssertionError("endings are returned")


FOLLOWS: dict[str, tuple[float, str, dict[str, Json]]] = {
    "fault": (1.0, "impact", {}),
    "impact": (5.0, "alert", {"signal": "journey-slow", "expected": True}),
    "alert": (0.0, "paged", {"by": "environment", "text": "slow"}),
    "action-finished": (4.0, "mitigated", {}),
}


def at(world: World, kind: str) -> float:
    return next(when for when, what in world.log if what == kind)


def test_rehearsal_plays_every_step_in_order() -> None:
    world = World(plan_of(), FOLLOWS)
    finish = world.run()
    assert finish.why == "12 s after service was restored"
    assert finish.reason == "ends"
    order = ["start", "fault", "impact", "alert", "declared", "ic-announced", "update", "action-finished", "mitigated"]
    assert [at(world, kind) for kind in order] == sorted(at(world, kind) for kind in order)
    assert at(world, "fault") == 2.0
    assert at(world, "alert") == 8.0
    assert world.now - 1000.0 == pytest.approx(at(world, "mitigated") + 12.0)


def test_rehearsal_meets_objectives_at_half_their_limit() -> None:
    world = World(plan_of(), FOLLOWS)
    world.run()
    assert at(world, "ic-announced") - at(world, "declared") == pytest.approx(9.0)
    assert at(world, "update") - at(world, "declared") == pytest.approx(15.0)
    assert at(world, "assembled") - at(world, "paged") == pytest.approx(15.0)


def test_timebox_ends_drill_without_mitigation() -> None:
    follows = {**FOLLOWS, "action-finished": (1.0, "note", {})}
    world = World(plan_of(), follows)
    assert world.run().reason == "timebox"
    assert world.now - 1000.0 == pytest.approx(world.plan.scenario.timebox)


def test_silent_alert_is_replaced_by_a_page() -> None:
    world = World(plan_of(), {"fault": FOLLOWS["fault"], "action-finished": FOLLOWS["action-finished"]})
    world.run()
    page = world.plan.scenario.page
    assert page is not None
    assert at(world, "paged") == pytest.approx(at(world, "impact") + page.fallback.after)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("stop", {"text": "enough"}),
        ("halt", {"reason": "enough"}),
        ("interrupted", {"name": "SIGTERM"}),
        ("guardrail-breach", {"text": "enough"}),
    ],
)
def test_stop_leaves_only_the_ending_due(kind: str, data: dict[str, Json]) -> None:
    world = World(plan_of(), {"fault": (0.0, kind, data)})
    assert world.run().reason == "halted"
    assert decide(world.plan, world.state, world.now + 1e6) == (FinishDrill(EndReason.HALTED, world.state.halt_reason),)


def test_unreadable_guardrail_halts_but_other_signal_does_not() -> None:
    halted = World(plan_of(), {**FOLLOWS, "impact": (1.0, "signal-unreadable", {"guardrail": 0, "text": "no answer"})})
    assert halted.run().reason == "halted"
    state = fold_event(DrillState(), made_event("signal-unreadable", {"guardrail": None, "text": "no answer"}))
    assert state.halt_reason == ""


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("apply-refused", {"marker": "m", "reason": "no"}),
        ("apply-unknown", {"marker": "m", "reason": "late"}),
        ("lapsed", {"marker": "m", "reason": "gone"}),
        ("effect", {"fault": "slow", "seen": False, "text": "nothing"}),
    ],
)
def test_rehearsal_without_effect_ends_at_once(kind: str, data: dict[str, Json]) -> None:
    world = World(plan_of(), {"fault": (0.5, kind, data)})
    assert world.run().reason == "futile"


def test_facilitated_drill_continues_without_effect() -> None:
    world = World(plan_of(Mode.FACILITATED), {"fault": (0.5, "effect", {"fault": "slow", "seen": False})})
    assert world.run().reason == "timebox"


def test_fault_is_applied_once() -> None:
    world = World(plan_of(), {})
    world.run()
    assert [kind for _, kind in world.log].count("intended") == 1


def test_hint_on_human_event_is_offered_and_unneeded_hint_skipped() -> None:
    world = World(plan_of(), FOLLOWS)
    world.run()
    kinds = [kind for _, kind in world.log]
    assert "message-skipped" in kinds
    for index, message in enumerate(world.plan.scenario.messages):
        if message.hint is not None and message.unless in HUMAN_MOMENTS:
            assert depends_on_people(message), index


def test_a_hint_on_measured_moments_alone_is_sent() -> None:
    assert "hint" in hinted((HintLevel.NUDGE, None))


def hinted(*hints: tuple[HintLevel, Moment | None], after: float = 1.0) -> list[str]:
    """Return the kinds of events if these hints are all messages, each so long after the impact."""
    plan = plan_of()
    time = TimeExpression(Moment.IMPACT, after)
    messages = tuple(Message("?", hint=rung, at=time, unless=unless) for rung, unless in hints)
    world = World(replace(plan, scenario=replace(plan.scenario, messages=messages)), FOLLOWS)
    world.run()
    return [kind for _, kind in world.log]


def test_that_users_are_served_is_said_before_it_is_measured_so_the_hint_is_offered() -> None:
    kinds = hinted((HintLevel.ANSWER, Moment.MITIGATED))
    assert "hint-offered" in kinds and "hint" not in kinds


def test_no_hint_overtakes_one_that_gives_less_away_and_was_only_offered() -> None:
    kinds = hinted((HintLevel.QUESTION, Moment.THEORY), (HintLevel.ANSWER, None))
    assert kinds.count("hint-offered") == 2 and "hint" not in kinds
    assert "hint" in hinted((HintLevel.POINTER, Moment.THEORY), (HintLevel.NUDGE, None)), "a lower one may go"


def test_no_hint_after_mitigation() -> None:
    world = World(plan_of(), FOLLOWS)
    world.run()
    kinds = hinted((HintLevel.NUDGE, None), after=at(world, "mitigated") - at(world, "impact") + 5.0)
    assert kinds.index("mitigated") < kinds.index("message-skipped") and "hint" not in kinds


def test_next_at_is_always_in_the_future() -> None:
    world = World(plan_of(), FOLLOWS)
    soonest = next_decision_at(world.plan, world.state, world.now)
    assert soonest is not None
    assert soonest > world.now
