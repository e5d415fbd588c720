"""A recovery is credited to what came before it, and to nothing that came after."""

from __future__ import annotations

import pytest

from gameday.drill.observers.mitigation import SustainedMoment
from gameday.drill.observers.observer import Baseline
from gameday.drill.revert.attribution import attribute_recovery
from gameday.drill.state import State
from gameday.model import Environment, Expectation, Json, Reading, SignalBinding, SignalKind, Test
from gameday.moments import Moment
from gameday.units import limit

BINDING = SignalBinding("p95", SignalKind.DURATION, "http", {}, every=1.0)
GROUND = Baseline(Environment("test", {}, {"p95": BINDING}, {}), {})
HELD = Expectation("p95", Test.AT_MOST, limit("400ms"), hold=5.0)
FELT = {Moment.FAULT: 1.0, Moment.IMPACT: 2.0, Moment.MITIGATED: 2.0}


def said(moment: Moment, state: State) -> dict[str, Json]:
    """Bad until second 10, nothing to be read in 11 and 12, good from 13 on."""
    sustained = SustainedMoment(moment, Moment.IMPACT, [HELD], GROUND)
    for second in range(1, 21):
        sustained.feed(Reading("p95", float(second), None if second in (11, 12) else 1.0 if second < 11 else 0.1, 9))
    draft = sustained.poll(20.0, state)[0]
    assert draft.happened is not None and 10.0 <= draft.happened <= 15.0
    return dict(draft.data)


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
def test_only_actions_that_were_begun_between_the_fault_and_the_recovery(
    acting: tuple[tuple[str, float], ...], by: str
) -> None:
    state = State(moments={Moment.FAULT: 1.0, Moment.IMPACT: 2.0}, standing=frozenset({"slow"}), acting=acting)
    assert said(Moment.MITIGATED, state)["by"] == by
    recovered = said(Moment.RECOVERED, state)
    assert (recovered["by"], recovered["censored"]) == (by or "nobody knows", False)


@pytest.mark.parametrize(
    ("state", "by"),
    [
        (State(undone={"slow": "cut"}), "the fault cut"),
        (State(intents={"slow": 2}), "a turn of the fault slow"),
    ],
)
def test_what_we_did_ourselves_is_said_and_censored(state: State, by: str) -> None:
    told = State(moments=FELT, standing=frozenset({"slow"}), undone=state.undone, intents=state.intents)
    recovered = said(Moment.RECOVERED, told)
    assert (recovered["by"], recovered["censored"]) == (by, True)


@pytest.mark.parametrize(
    ("state", "by"),
    [
        (State(moments=FELT, standing=frozenset({"slow"}), acting=(("restart", 3.0),)), "our own revert"),
        (State(moments=FELT, standing=frozenset({"slow"}), undone={"slow": ""}, acting=(("restart", 3.0),)), "restart"),
        (State(moments=FELT, standing=frozenset({"slow"}), undone={"slow": "cut"}), "the fault cut"),
        (State(moments=FELT), "a lapse"),
    ],
)
def test_after_the_revert_it_was_the_revert_unless_nothing_stood(state: State, by: str) -> None:
    assert attribute_recovery(state) == by
