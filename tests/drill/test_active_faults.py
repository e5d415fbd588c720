"""While faults stand: renewed, looked at, and said by whom one went that we had not taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.drill_folder import PATIENCE
from support.fake_injector import Bench, planned

from gameday.errors import Refused
from gameday.events import ActionFinished, ActionStarted, FaultEndedUnexpectedly, Halted, NewEvent, Removed, of_type
from gameday.plugins.types import ApplyOutcome, ApplyResult, Intent, Presence, Renewal


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_adjusting_during_a_check_is_no_lapse(bench: Bench) -> None:
    def turned(_: Intent) -> Presence:
        bench.ledger.adjust(planned("slow"))
        return Presence.ABSENT

    bench.ledger.apply(planned("slow"))
    bench.engine.on_active.append(turned)
    bench.ledger.renew_and_check()
    assert "lapsed" not in bench.kinds()


def test_present_fault_with_failed_renewal_is_no_lapse(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    leased(bench, monkeypatch, lambda _: Renewal.LAPSED)
    bench.ledger.apply(planned("slow"))
    for _ in range(2):
        bench.ledger.renew_and_check()
    assert "lapsed" not in bench.kinds() and bench.kinds().count("problem") == 1


def test_hanging_engine_delays_no_renewal_at_another(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    other, renewed = threading.Event(), set[str]()

    def renew(intent: Intent) -> Renewal:
        if intent.fault == "second":
            other.set()
        if other.wait(PATIENCE):
            renewed.add(intent.fault)
        return Renewal.RENEWED

    leased(bench, monkeypatch, renew)
    for name in ("first", "second"):
        bench.ledger.apply(planned(name))
    monkeypatch.setattr("gameday.drill.checked_injector.GRACE", 2 * PATIENCE)  # else the wrapper gives up on the first
    bench.ledger.renew_and_check()
    assert renewed == {"first", "second"}, "the second was not renewed beside the first"


def test_fault_that_no_check_has_shown_was_removed_by_nobody(bench: Bench) -> None:
    bench.engine.on_active.append(lambda _: Presence.ABSENT)
    bench.ledger.apply(planned("slow"))
    lapse = next(of_type(bench.events(), FaultEndedUnexpectedly)).body
    assert lapse.reason == "the engine reported it as applied, but it is not there"


def leased(bench: Bench, monkeypatch: pytest.MonkeyPatch, renew: Callable[[Intent], Renewal]) -> None:
    plan = bench.engine.plan
    monkeypatch.setattr(bench.engine, "plan", lambda *asked: replace(plan(*asked), lease=5.0))
    monkeypatch.setattr(bench.engine, "renew", lambda intent, *_: renew(intent))


def test_absent_fault_lapses_once(bench: Bench) -> None:
    bench.ledger.apply(planned())
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    bench.ledger.renew_and_check()
    assert bench.kinds().count("lapsed") == 1


def test_fault_that_an_order_to_stop_all_drills_ended_halts_the_drill_and_is_no_lapse(bench: Bench) -> None:
    orders: list[str] = []
    ledger = bench.new_ledger(find_stop_order=lambda: "".join(orders))
    ledger.apply(planned())
    orders.append("gameday-stop in namespace gameday: incident 4711")
    ledger.renew_and_check()
    assert "halt" not in bench.kinds(), "a fault that is present does not ask: another thread does"
    bench.engine.there.clear()
    ledger.renew_and_check()
    ledger.renew_and_check()
    [halt] = [event.body.reason for event in of_type(bench.events(), Halted)]
    assert halt == "gameday-stop in namespace gameday: incident 4711; the guardian has already reverted the fault"
    assert "lapsed" not in bench.kinds() and ledger.outstanding()


def test_fault_that_is_refused_because_all_drills_are_stopped_halts_the_drill(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Intent:
        raise Refused("drills are stopped in namespace shop: incident 4711")

    monkeypatch.setattr(bench.engine, "plan", refuse)
    bench.new_ledger(find_stop_order=lambda: "gameday-stop in namespace gameday: incident 4711").apply(planned())
    assert bench.kinds()[-1] == "halt"


@pytest.mark.parametrize("done", [False, True])
def test_end_during_an_action_is_credited_to_it(bench: Bench, done: bool) -> None:
    bench.ledger.apply(planned())
    bench.ledger.renew_and_check()
    bench.ledger._log.append(NewEvent(ActionStarted(action="restart")))
    if done:
        bench.ledger._log.append(NewEvent(ActionFinished(action="restart", succeeded=True, text="")))
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    bench.ledger.renew_and_check()
    assert bench.kinds().count("removed") == 1
    assert "lapsed" not in bench.kinds()
    assert bench.ledger.outstanding(), "it is taken back all the same"


def test_action_before_the_fault_did_not_end_it(bench: Bench) -> None:
    bench.ledger._log.append(NewEvent(ActionStarted(action="restart")))
    bench.ledger._log.append(NewEvent(ActionFinished(action="restart", succeeded=True, text="")))
    bench.ledger.apply(planned())
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    assert bench.kinds().count("lapsed") == 1


def test_fault_removed_by_a_later_fault_is_no_lapse(bench: Bench) -> None:
    bench.ledger.apply(planned("cut"))
    bench.ledger.apply(planned("restarted"))
    bench.ledger._log.append(NewEvent(ActionStarted(action="restart")))
    cut = bench.ledger.outstanding()[0].marker
    bench.engine.there.discard(cut)
    bench.ledger.renew_and_check()
    ended = [event.body for event in bench.events() if isinstance(event.body, Removed | FaultEndedUnexpectedly)]
    at = bench.clock.monotonic()
    assert ended == [Removed(cut, "cut", by_fault="restarted", last_present=at)], "and no action is credited with it"
    assert bench.ledger.outstanding(), "it is taken back all the same"


@pytest.mark.parametrize("how", ["elsewhere", "outlived", "refused"])
def test_fault_on_another_target_did_not_end_it(bench: Bench, how: str) -> None:
    bench.ledger.apply(planned("cut"))
    bench.engine.on_apply = [lambda _: ApplyResult(ApplyOutcome.REFUSED, "not now")] if how == "refused" else []
    bench.ledger.apply(planned("other", "cache" if how == "elsewhere" else "database"))
    if how == "outlived":
        bench.ledger.renew_and_check()
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    assert "cut" not in [event.body.fault for event in of_type(bench.events(), Removed)]
    assert "lapsed" in bench.kinds()


def test_fault_that_outlived_an_action_was_not_ended_by_it(bench: Bench) -> None:
    bench.ledger.apply(planned())
    bench.ledger._log.append(NewEvent(ActionStarted(action="restart")))
    bench.ledger._log.append(NewEvent(ActionFinished(action="restart", succeeded=True, text="")))
    bench.ledger.renew_and_check()
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    assert bench.kinds().count("lapsed") == 1


def test_unknown_presence_is_no_lapse(bench: Bench) -> None:
    bench.ledger.apply(planned())
    bench.engine.on_active = [lambda _: Presence.UNKNOWN]
    bench.ledger.renew_and_check()
    assert "lapsed" not in bench.kinds()


def test_fault_of_unknown_presence_after_its_apply_is_checked_again_and_confirmed(bench: Bench) -> None:
    bench.engine.on_active = [lambda _: Presence.UNKNOWN]
    bench.ledger.apply(planned())
    assert {"lapsed", "fault"}.isdisjoint(bench.kinds()) and bench.kinds()[-1] == "problem"
    bench.ledger.renew_and_check()
    assert bench.kinds().count("fault") == 1 and "lapsed" not in bench.kinds()
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    assert bench.kinds().count("lapsed") == 1


def test_fault_that_is_gone_when_it_can_be_seen_ended_unexpectedly(bench: Bench) -> None:
    bench.engine.on_active = [lambda _: Presence.UNKNOWN]
    bench.ledger.apply(planned())
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    bench.ledger.renew_and_check()
    [ended] = [event.body for event in bench.events() if isinstance(event.body, FaultEndedUnexpectedly)]
    assert "it is not there" in str(ended) and "fault" not in bench.kinds()


def test_failed_renewal_with_unknown_presence_is_no_lapse(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    leased(bench, monkeypatch, lambda _: Renewal.LAPSED)
    bench.ledger.apply(planned())
    bench.engine.on_active = [lambda _: Presence.UNKNOWN]
    bench.ledger.renew_and_check()
    assert "its presence is unknown" in str(bench.events()[-1].body)
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    assert bench.kinds().count("lapsed") == 1, "once that is seen"


def test_action_is_credited_across_unknown_presence(bench: Bench) -> None:
    bench.ledger.apply(planned())
    bench.ledger._log.append(NewEvent(ActionStarted(action="restart")))
    bench.engine.on_active = [lambda _: Presence.UNKNOWN]
    bench.ledger.renew_and_check()
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    last = bench.events()[-1].body
    assert isinstance(last, Removed) and last.by_action == "restart"
