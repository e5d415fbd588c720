"""A recovery is credited to what came before it, and to nothing that came after."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gameday.drill.observers.mitigation import SustainedMomentObserver
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.revert.attribution import attribute_recovery
from gameday.drill.state import DrillState
from gameday.events import Body, Mitigated, Recovered
from gameday.model import Comparison, Environment, Expectation, Reading, SignalBinding, SignalKind
from gameday.moments import Moment
from gameday.units import parse_limit

BINDING = SignalBinding("p95", SignalKind.DURATION, "http", {}, every=1.0)
GROUND = BaselineValues(Environment("test", {}, {"p95": BINDING}, {}), {})
HELD = Expectation("p95", Comparison.AT_MOST, parse_limit("400ms"), hold=5.0)
FELT = {Moment.FAULT: 1.0, Moment.IMPACT: 2.0, Moment.MITIGATED: 2.0}


def said(moment: Moment, state: DrillState, kinds: Mapping[str, str] | None = None) -> Body:
    """Bad until second 10, nothing to be read in 11 and 12, good from 13 on."""
    sustained = SustainedMomentObserver(moment, Moment.IMPACT, [HELD], GROUND, kinds=kinds)
    for second in range(1, 21):
        sustained.feed(Reading("p95", float(second), None if second in (11, 12) else 1.0 if second < 11 else 0.1, 9))
    draft = sustained.poll(20.0, state)[0]
    assert draft.happened is not None and 10.0 <= draft.happened <= 15.0
    return draft.body


@pytest.mark.parametrize(
    ("acting", "by"),
    [
        ((("restart", 9.0),), "restart"),
        ((("restart", 12.5),), "restart"),  # nothing could be read while it was taken
        ((("restart", 16.0),), ""),  # users were served again before
        ((("restart", 0.5),), ""),  # before there was a fault
        ((("rollback", 4.0), ("restart", 9.0), ("cache-on", 17.0)), "rollback, restart"),
    ],
)
def test_only_actions_between_fault_and_recovery_are_credited(acting: tuple[tuple[str, float], ...], by: str) -> None:
    state = DrillState(
        moments={Moment.FAULT: 1.0, Moment.IMPACT: 2.0}, present=frozenset({"slow"}), started_actions=acting
    )
    mitigated, recovered = said(Moment.MITIGATED, state), said(Moment.RECOVERED, state)
    assert isinstance(mitigated, Mitigated) and isinstance(recovered, Recovered)
    assert ", ".join(mitigated.actions) == by
    assert (recovered.cause, recovered.censored) == (by or "an unknown cause", False)


@pytest.mark.parametrize(
    ("state", "by"),
    [
        (DrillState(removed={"slow": "cut"}), "fault cut"),
        (DrillState(apply_counts={"slow": 2}), "an adjustment of fault slow"),
    ],
)
def test_recovery_by_our_own_action_is_censored(state: DrillState, by: str) -> None:
    told = DrillState(moments=FELT, present=frozenset({"slow"}), removed=state.removed, apply_counts=state.apply_counts)
    recovered = said(Moment.RECOVERED, told)
    assert isinstance(recovered, Recovered)
    assert (recovered.cause, recovered.censored) == (by, True)


@pytest.mark.parametrize(
    ("state", "by"),
    [
        (
            DrillState(moments=FELT, present=frozenset({"slow"}), started_actions=(("restart", 3.0),)),
            "the drill's own revert",
        ),
        (
            DrillState(
                moments=FELT, present=frozenset({"slow"}), removed={"slow": ""}, started_actions=(("restart", 3.0),)
            ),
            "restart",
        ),
        (DrillState(moments=FELT, present=frozenset({"slow"}), removed={"slow": "cut"}), "fault cut"),
        (DrillState(moments=FELT), "a lapse"),
    ],
)
def test_recovery_after_revert_is_credited_to_the_revert(state: DrillState, by: str) -> None:
    assert attribute_recovery(state) == by


@pytest.mark.parametrize(
    ("kinds", "acting", "by"),
    [
        ({"lost": "kill"}, (), "the automatic replacement of what fault lost ended"),
        ({"lost": "latency"}, (), "an unknown cause"),
        ({}, (), "an unknown cause"),
        ({"lost": "kill"}, (("restart", 9.0),), "restart"),
    ],
)
def test_platform_is_credited_with_replacing_what_a_fault_ended(
    kinds: Mapping[str, str], acting: tuple[tuple[str, float], ...], by: str
) -> None:
    state = DrillState(moments=FELT, present=frozenset({"lost"}), started_actions=acting)
    recovered = said(Moment.RECOVERED, state, kinds)
    assert isinstance(recovered, Recovered)
    assert (recovered.cause, recovered.censored) == (by, False)
