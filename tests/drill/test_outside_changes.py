"""Watch over the targets of a drill: what counts as a change by somebody outside it, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from support.fake_injector import Bench, planned

from gameday.errors import Refused
from gameday.events import (
    ActionFinished,
    ActionStarted,
    NewEvent,
    OutsideChangeGone,
    OutsideChangeSeen,
    of_type,
    outside_changes,
)
from gameday.model import Json


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def check(bench: Bench, seconds: float = 1.5) -> float:
    """Let time pass and check the faults; return when."""
    bench.clock.advance(seconds)
    bench.ledger.renew_and_check()
    return bench.clock.monotonic()


def refuse() -> Mapping[str, Json]:
    raise Refused("the engine does not respond")


def test_change_is_recorded_from_the_last_check_without_it_until_the_first_one_after_it(bench: Bench) -> None:
    bench.ledger.apply(planned())
    last = check(bench)
    bench.engine.outside = {"db was paused"}
    check(bench)
    check(bench)
    bench.engine.outside = set()
    gone = check(bench)
    [change] = outside_changes(bench.events())
    assert (change.target, change.text, change.start, change.end) == ("database", "db was paused", last, gone)
    assert not bench.log.state.outside_changes[0].contains(last)
    assert change.contains(gone - 0.1) and not change.contains(gone)


def test_what_was_there_before_the_first_fault_on_a_target_is_no_change(bench: Bench) -> None:
    bench.engine.outside = {"db was paused"}
    bench.ledger.apply(planned("first"))
    bench.engine.outside = {"db was paused", "db was stopped"}
    bench.ledger.apply(planned("second"))
    check(bench)
    assert [event.body.text for event in of_type(bench.events(), OutsideChangeSeen)] == ["db was stopped"]


def test_unknown_state_is_no_change_and_nothing_is_confirmed_meanwhile(bench: Bench) -> None:
    bench.ledger.apply(planned())
    known = check(bench)
    bench.engine.on_state = [refuse]
    check(bench)
    assert set(bench.ledger.confirmed_until().values()) == {known}
    bench.engine.outside = {"db was paused"}
    check(bench)
    [seen] = [event.body for event in of_type(bench.events(), OutsideChangeSeen)]
    assert seen.last_absent == known


def test_target_whose_state_is_unknown_before_the_fault_is_not_watched(bench: Bench) -> None:
    bench.engine.on_state = [refuse]
    bench.ledger.apply(planned())
    bench.engine.outside = {"db was paused"}
    at = check(bench)
    assert "outside-change" not in bench.kinds()
    assert set(bench.ledger.confirmed_until().values()) == {at}


@pytest.mark.parametrize("is_finished", [False, True])
def test_change_by_an_action_of_the_drill_is_no_outside_change(bench: Bench, is_finished: bool) -> None:
    bench.ledger.apply(planned())
    check(bench)
    bench.log.append(NewEvent(ActionStarted("scale")))
    if is_finished:
        bench.log.append(NewEvent(ActionFinished("scale", succeeded=True)))
    bench.engine.outside = {"replicas were lowered"}
    check(bench)
    bench.log.append(NewEvent(ActionFinished("scale", succeeded=True)))
    check(bench)
    check(bench)
    assert "outside-change" not in bench.kinds()
    bench.engine.outside = {"db was paused"}
    check(bench)
    assert "outside-change" in bench.kinds()


def test_fault_of_the_drill_that_came_during_the_check_is_no_outside_change(bench: Bench) -> None:
    def apply_another() -> Mapping[str, Json]:
        bench.ledger.apply(planned("second"))
        return {"effect of the second fault": True}

    bench.ledger.apply(planned("first"))
    bench.engine.on_state = [apply_another]
    check(bench)
    assert "outside-change" not in bench.kinds()


def test_nothing_is_recorded_while_the_drill_reverts(bench: Bench) -> None:
    bench.ledger.apply(planned())

    def revert() -> Mapping[str, Json]:
        bench.ledger.revert_all()
        return {"db was paused": True}

    bench.engine.on_state = [revert]
    check(bench)
    assert not list(of_type(bench.events(), OutsideChangeSeen, OutsideChangeGone))
