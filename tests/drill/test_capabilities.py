"""The wrapper offers each optional capability as an object or None, and the program works without any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from support.fake_injector import Bench, MadeEngine, NoParams, planned
from typing_extensions import override

from gameday.app.leftover_scan import scan_environment, wait_for_live_drills
from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.injector_registry import InjectorRegistry
from gameday.drill.planning import interference_warnings
from gameday.errors import Refused
from gameday.model import Binding, Environment, Fault
from gameday.plugins.injector import Injector
from gameday.plugins.parameters import Params
from gameday.plugins.types import ApplyResult, Deadline, Intent, Presence, Renewal, RevertResult

BINDING = Binding("test", "web", "made", {})
MARKER = "gd-000000000001"


class CoreOnly(Injector):
    """The required core of a plugin, and nothing else."""

    name = "made"
    kinds: Mapping[str, type[Params]] = {"latency": NoParams}

    def __init__(self) -> None:
        self.engine = MadeEngine()

    @override
    def load(self) -> None: ...

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return frozenset({binding.target})

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        return self.engine.plan(fault, binding, marker, deadline)

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        return self.engine.apply(intent, deadline)

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        return self.engine.revert(intent, deadline)

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        return self.engine.presence(intent, deadline)


def intent_of(injector: Injector) -> Intent:
    return injector.plan(Fault("slow", "latency", "web", {}), BINDING, MARKER, Deadline.after(1))


def test_an_injector_with_the_required_core_has_no_capability() -> None:
    checked = CheckedInjector(CoreOnly())
    assert (checked.leased, checked.sweepable, checked.checkable) == (None, None, None)


@pytest.mark.parametrize("name", InjectorRegistry().names())
def test_every_shipped_injector_has_all_capabilities(name: str) -> None:
    checked = InjectorRegistry()[name]
    assert checked.leased and checked.sweepable and checked.checkable


def test_a_drill_applies_and_reverts_a_fault_of_an_injector_with_the_core_alone(tmp_path: Path) -> None:
    bench, core = Bench(tmp_path), CoreOnly()
    bench.ledger._injectors = {"made": CheckedInjector(core)}
    bench.ledger.apply(planned())
    bench.ledger.renew_and_check()
    assert core.engine.there and bench.ledger.find_unsettled() == []
    assert bench.ledger.revert_all() == []
    assert not core.engine.there


def test_a_scan_says_that_an_injector_cannot_find_leftovers() -> None:
    injectors = {"made": CheckedInjector(CoreOnly())}
    scan = scan_environment(Environment("test", {"web": BINDING}, {}, {}), injectors)
    assert "cannot find leftovers" in str(scan.unscanned["web"]), "it must never say that nothing is left"
    assert wait_for_live_drills([intent_of(CoreOnly())], injectors, print) == set()


def test_a_plan_with_a_lease_that_nobody_can_renew_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    core, planned_intent = CoreOnly(), intent_of(MadeEngine())
    monkeypatch.setattr(core.engine, "plan", lambda *_: replace(planned_intent, lease=5.0))
    with pytest.raises(Refused, match="cannot renew"):
        intent_of(CheckedInjector(core))


def test_every_capability_that_fails_gives_the_careful_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, deadline = MadeEngine(), Deadline.after(1)
    intent, checked = intent_of(engine), CheckedInjector(engine)
    assert checked.leased and checked.sweepable and checked.checkable

    def fail(*_: object) -> str:
        raise ValueError("broken")

    for call in (
        "renew",
        "lease_expires_at",
        "leftovers",
        "release",
        "check_target",
        "find_unsettled",
        "interference_warnings",
    ):
        monkeypatch.setattr(engine, call, fail)
    assert checked.leased.renew(intent, 1.0, deadline) is Renewal.UNSUPPORTED
    with pytest.raises(Refused, match="cannot tell when the lease"):
        checked.leased.lease_expires_at(intent, deadline)
    with pytest.raises(Refused, match="cannot look for leftovers on web"):
        checked.sweepable.leftovers(BINDING, deadline)
    assert "broken" in checked.sweepable.release(intent, deadline)
    assert "broken" in checked.checkable.check_target(BINDING, deadline)
    assert "broken" in checked.checkable.find_unsettled(intent, deadline)
    [warning] = checked.checkable.interference_warnings(intent, deadline)
    assert warning.startswith("cannot check who else changes")


def test_recovering_target_is_named_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for _ in range(2):
        bench.ledger.apply(planned())
    bench.engine.unsettled = "health check of container web: starting"
    assert bench.ledger.find_unsettled() == ["target database: health check of container web: starting"]


def test_the_warnings_of_a_plan_are_listed_by_marker(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = MadeEngine()
    monkeypatch.setattr(engine, "interference_warnings", lambda *_: ["Kubernetes (pod web-0) runs container web"])
    found = interference_warnings([intent_of(engine)], {"made": CheckedInjector(engine)})
    assert found == {MARKER: ["Kubernetes (pod web-0) runs container web"]}
