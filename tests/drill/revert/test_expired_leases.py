"""A fault whose lease ran out while nobody was there was not taken back by whoever came later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.fake_injector import Bench, planned
from support.takeover import take_over

from gameday.drill.checked_injector import CheckedInjector
from gameday.events import Event
from gameday.plugins.types import Presence

LEASE = 15.0


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench(tmp_path)
    plan = bench.engine.plan
    monkeypatch.setattr(bench.engine, "plan", lambda *asked: replace(plan(*asked), lease=LEASE))
    bench.ledger.apply(planned())
    return bench


def taken_over(bench: Bench, after: float) -> list[Event]:
    bench.clock.advance(after)
    engines = {"made": CheckedInjector(bench.engine)}
    assert take_over(bench.store, "found", engines, bench.clock) == []
    return bench.events()


@pytest.mark.parametrize("how", [Presence.ABSENT, Presence.MODIFIED])
def test_fault_lapsed_one_lease_after_the_last_beat(bench: Bench, how: Presence) -> None:
    stood = bench.events()[-1]
    bench.engine.there.clear()
    bench.engine.on_active = [lambda _: how]
    events = taken_over(bench, after=3600.0)
    lapsed = next(event for event in events if event.kind == "lapsed")
    assert LEASE <= lapsed.happened - stood.happened < 60.0
    assert "its lease of 15 s expired" in str(lapsed.body)
    assert [event.kind for event in events].count("fault-reverted") == 1, "it was read back all the same"


def test_present_fault_is_reverted_despite_expired_lease(bench: Bench) -> None:
    assert "lapsed" not in [event.kind for event in taken_over(bench, after=3600.0)]


def test_fault_within_its_lease_is_not_inspected(bench: Bench) -> None:
    bench.engine.calls.clear()
    bench.engine.there.clear()
    assert "lapsed" not in [event.kind for event in taken_over(bench, after=1.0)]
