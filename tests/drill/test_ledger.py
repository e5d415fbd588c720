"""Intend, apply, read back, revert, read back: against an engine that lies, fails and comes late."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fake_injector import Bench, NoParams, planned

from gameday.events import AllReverted, Event, NewEvent, PreflightChecked, Removed, RevertStarted, of_type
from gameday.model import Binding, Fault, PlannedFault
from gameday.model.scenario import AT_START
from gameday.plugins.types import ApplyOutcome, ApplyResult, Deadline, Intent, Presence, RevertOutcome, RevertResult
from gameday.process_identity import current_process
from gameday.store.outstanding import outstanding_intents
from gameday.store.protocols import Fenced, StoreFull
from gameday.timing import DEFAULT_TIMING


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with closing(Bench(tmp_path)) as bench:
        yield bench


def test_intent_is_durable_before_apply(bench: Bench) -> None:
    def look(intent: Intent) -> ApplyResult:
        assert bench.kinds() == ["intended"]
        return ApplyResult(ApplyOutcome.REFUSED, "enough seen")

    bench.engine.on_apply = [look]
    bench.ledger.apply(planned())
    assert bench.kinds() == ["intended", "apply-refused"]


def test_apply_and_revert_are_both_verified(bench: Bench) -> None:
    bench.ledger.apply(planned())
    assert bench.kinds() == ["intended", "applied", "fault"]
    assert bench.ledger.revert_all() == []
    assert bench.kinds()[3:] == ["fault-reverted", "reverted"]
    assert bench.engine.there == set()


def test_kind_says_how_long_its_apply_may_take(bench: Bench) -> None:
    class Slow(NoParams):
        apply_timeout = 900.0

    bench.ledger.apply(planned())
    assert bench.engine.apply_time <= NoParams.apply_timeout
    bench.engine.kinds = {"latency": Slow}
    bench.ledger = bench.new_ledger()
    bench.ledger.apply(planned())
    assert NoParams.apply_timeout < bench.engine.apply_time <= Slow.apply_timeout


def test_without_durable_intent_nothing_is_applied(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> list[Event]:
        raise StoreFull("no room")

    monkeypatch.setattr(bench.store, "append", full)
    bench.ledger.apply(planned())
    assert bench.engine.calls == []


def test_a_drill_that_lost_its_reservation_applies_nothing(bench: Bench) -> None:
    bench.new_ledger(lambda: "the reservation was lost").apply(planned())
    assert bench.kinds() == ["apply-refused"] and not bench.engine.there
    assert "the reservation was lost" in str(bench.events()[0].body)


def test_fenced_owner_applies_nothing(bench: Bench) -> None:
    bench.store.take_over("gd-0001", current_process())
    with pytest.raises(Fenced):
        bench.ledger.apply(planned())
    assert bench.engine.calls == []


def test_fenced_between_intent_and_apply_applies_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    durable = bench.log.append_durably

    def then_taken_over(*drafts: object) -> None:
        durable(*drafts)  # type: ignore[arg-type]  # passed on as it came
        bench.store.take_over("gd-0001", current_process())

    monkeypatch.setattr(bench.log, "append_durably", then_taken_over)
    with pytest.raises(Fenced):
        bench.ledger.apply(planned())
    assert bench.engine.calls == []


def test_after_close_nothing_is_applied(bench: Bench) -> None:
    bench.ledger.forbid_applies()
    bench.ledger.apply(planned())
    assert bench.engine.calls == []
    assert bench.kinds() == ["intended", "apply-refused"]


def test_applied_but_absent_fault_has_lapsed(bench: Bench) -> None:
    bench.engine.on_apply = [lambda _: ApplyResult(ApplyOutcome.APPLIED)]
    bench.ledger.apply(planned())
    assert bench.kinds() == ["intended", "applied", "lapsed"]


def test_unverified_revert_is_retried(bench: Bench) -> None:
    bench.ledger.apply(planned())
    bench.engine.on_revert = [lambda _: RevertResult(RevertOutcome.REVERTED)] * 3
    assert bench.ledger.revert_all() == []
    assert bench.engine.there == set()
    assert "revert-pending" in bench.kinds()


def test_failing_revert_is_left_and_reported_once(bench: Bench) -> None:
    bench.ledger.apply(planned())
    bench.engine.on_revert = [lambda _: RevertResult(RevertOutcome.PENDING, "it hangs")] * 1000
    left = bench.ledger.revert_all()
    assert [intent.fault for intent in left] == ["slow"]
    assert bench.kinds().count("revert-pending") == 1
    assert "reverted" not in bench.kinds()


def test_hanging_target_delays_no_other(bench: Bench) -> None:
    bench.ledger.apply(planned("a", "database"))
    bench.ledger.apply(planned("b", "cache"))
    stuck = bench.ledger.outstanding()[0].marker

    def revert(intent: Intent) -> RevertResult:
        if intent.marker == stuck:
            return RevertResult(RevertOutcome.PENDING, "it hangs")
        bench.engine.there.discard(intent.marker)
        return RevertResult(RevertOutcome.REVERTED)

    bench.engine.on_revert = [revert] * 1000
    assert [intent.marker for intent in bench.ledger.revert_all()] == [stuck]
    assert bench.engine.there == {stuck}


def test_reverts_run_last_in_first_out_within_one_target(bench: Bench) -> None:
    for name in ("a", "b", "c"):
        bench.ledger.apply(planned(name))
    marks = [intent.marker for intent in bench.ledger.outstanding()]
    bench.engine.calls.clear()
    bench.ledger.revert_all()
    assert [mark for call, mark in bench.engine.calls if call == "revert"] == marks[::-1]


def test_faults_sharing_a_resource_revert_last_in_first_out(bench: Bench) -> None:
    for name, on in (("first", ["a", "b"]), ("second", ["c"]), ("third", ["b", "c"])):
        binding = Binding("test", "web", "made", {"engine": "here", "containers": [*on]})
        bench.ledger.apply(PlannedFault(Fault(name, "latency", "web", {}), binding, AT_START))
    marks = [mark for call, mark in bench.engine.calls if call == "apply"]
    bench.ledger.revert_all()
    assert [mark for call, mark in bench.engine.calls if call == "revert"] == [*reversed(marks)]


def test_fault_is_planned_on_previewed_objects(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    planned_on: list[tuple[str, ...]] = []
    plan = bench.engine.plan

    def noted(fault: Fault, binding: Binding, mark: str, deadline: Deadline) -> Intent:
        planned_on.append(binding.shown)
        return plan(fault, binding, mark, deadline)

    monkeypatch.setattr(bench.engine, "plan", noted)
    for fault, on in (("slow", ["a"]), ("other", ["b"]), ("slow", ["a", "c"])):
        bench.log.append(NewEvent(PreflightChecked(name="target", passed=True, text="", fault=fault, members=(*on,))))
    bench.log.append(
        NewEvent(PreflightChecked(name="target", passed=True, text="", fault="known", members=("a",), ids=("0a", "0b")))
    )
    for name in ("slow", "gone", "known"):
        bench.ledger.apply(planned(name))
    assert planned_on == [("a", "c"), (), ("0a", "0b")]


def test_refused_adjustment_replaces_nothing(bench: Bench) -> None:
    bench.ledger.apply(planned("slow"))
    bench.ledger.apply(planned("other", "cache"))
    bench.engine.on_apply.append(lambda _: ApplyResult(ApplyOutcome.REFUSED, "no room"))
    bench.ledger.adjust(planned("slow"))
    assert not [call for call in bench.engine.calls if call[0] == "revert"]
    bench.engine.there.clear()
    bench.ledger.renew_and_check()
    assert bench.kinds().count("lapsed") == 2, "both are looked after still"


def test_late_apply_of_unknown_outcome_is_reverted(bench: Bench) -> None:
    bench.engine.on_apply = [lambda _: ApplyResult(ApplyOutcome.UNKNOWN, "no answer")]
    bench.ledger.apply(planned())
    mark = bench.ledger.outstanding()[0].marker
    before = bench.clock.monotonic()
    looks = 0

    def late(_: Intent) -> Presence:
        nonlocal looks
        looks += 1
        if looks == 20:
            bench.engine.there.add(mark)
        return Presence.PRESENT if mark in bench.engine.there else Presence.ABSENT

    bench.engine.on_active = [late] * 1000
    assert bench.ledger.revert_all() == []
    assert bench.engine.there == set()
    assert looks > 20
    assert bench.clock.monotonic() - before >= DEFAULT_TIMING.quiet_period
    assert bench.kinds()[-2:] == ["fault-reverted", "reverted"]


def test_kept_object_is_not_reported_as_reverted(bench: Bench) -> None:
    bench.ledger.apply(planned())
    bench.ledger._log.append(NewEvent(RevertStarted(reason="ends")))
    bench.clock.advance(2.0)
    bench.engine.on_revert = [lambda _: RevertResult(RevertOutcome.KEPT, "it was removed by somebody")]
    assert bench.ledger.revert_all() == []
    said = bench.events()[-1]
    assert isinstance(said.body, AllReverted) and said.body.kept == ("it was removed by somebody",)
    assert said.body.seconds == pytest.approx(2.0), "counted from the first try"


def test_object_ended_by_our_fault_is_not_reported_as_kept(bench: Bench) -> None:
    bench.ledger.apply(planned("cut"))
    bench.ledger.apply(planned("restarted"))
    cut = bench.ledger.outstanding()[0].marker

    def revert(intent: Intent) -> RevertResult:
        bench.engine.there.discard(intent.marker)
        return RevertResult(
            RevertOutcome.KEPT if intent.marker == cut else RevertOutcome.REVERTED, "started again by somebody"
        )

    bench.engine.on_revert = [revert] * 2
    assert bench.ledger.revert_all() == []
    assert "fault-kept" not in bench.kinds()
    assert [event.body.by_fault for event in of_type(bench.events(), Removed)] == ["restarted"]


def test_full_disk_does_not_stop_the_revert(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.ledger.apply(planned())
    append = bench.store.append

    def full(*_: object) -> list[Event]:
        raise StoreFull("no room")

    monkeypatch.setattr(bench.store, "append", full)
    assert bench.ledger.revert_all() == []
    assert bench.engine.there == set()
    assert "not written yet" in capsys.readouterr().err
    monkeypatch.setattr(bench.store, "append", append)
    assert bench.ledger._log.flush(10.0)
    assert outstanding_intents(bench.events()) == {}


Moves = st.lists(
    st.sampled_from(["right", "lies", "raises", "not yet", "cannot see", "sqlite"]), min_size=0, max_size=12
)


@given(applies=Moves, reverts=Moves, looks=Moves)
def test_any_interleaving_ends_reverted_or_reported(
    tmp_path_factory: pytest.TempPathFactory, applies: list[str], reverts: list[str], looks: list[str]
) -> None:
    with closing(Bench(tmp_path_factory.mktemp("any"))) as bench:
        bench.engine.on_apply = [_apply(bench, move) for move in applies]
        bench.engine.on_revert = [_revert(bench, move) for move in reverts]
        bench.engine.on_active = [_active(bench, move) for move in looks if move != "lies"]
        for name in ("a", "b"):
            bench.ledger.apply(planned(name))
        left = {intent.marker for intent in bench.ledger.revert_all()}
        assert bench.engine.there <= left
        assert set(outstanding_intents(bench.events())) >= bench.engine.there


def _apply(bench: Bench, move: str) -> Callable[[Intent], ApplyResult]:
    def apply(intent: Intent) -> ApplyResult:
        if move in ("right", "raises", "cannot see"):
            bench.engine.there.add(intent.marker)
        _maybe_raise(move)
        return ApplyResult(ApplyOutcome.UNKNOWN if move in ("not yet", "cannot see") else ApplyOutcome.APPLIED)

    return apply


def _revert(bench: Bench, move: str) -> Callable[[Intent], RevertResult]:
    def revert(intent: Intent) -> RevertResult:
        if move in ("right", "cannot see"):
            bench.engine.there.discard(intent.marker)
        _maybe_raise(move)
        return RevertResult(RevertOutcome.PENDING if move in ("not yet", "cannot see") else RevertOutcome.REVERTED)

    return revert


def _active(bench: Bench, move: str) -> Callable[[Intent], Presence]:
    def active(intent: Intent) -> Presence:
        _maybe_raise(move)
        if move in ("cannot see", "not yet"):
            return Presence.UNKNOWN
        return Presence.PRESENT if intent.marker in bench.engine.there else Presence.ABSENT

    return active


def _maybe_raise(move: str) -> None:
    if move == "raises":
        raise RuntimeError("the engine's client failed")
    if move == "sqlite":
        raise sqlite3.OperationalError("nothing of ours")
