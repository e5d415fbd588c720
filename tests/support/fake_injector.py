"""An engine that can be made to lie, hang and come late, its injector, and a ledger on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from gameday.clock import JumpClock
from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.events import Event
from gameday.model import Binding, Fault, Json, PlannedFault
from gameday.model.scenario import AT_START
from gameday.plugins.injector import ChangeDetector, Checkable, Injector, Leased, Sweepable
from gameday.plugins.parameters import Params
from gameday.plugins.types import (
    ApplyOutcome,
    ApplyResult,
    Deadline,
    Intent,
    Presence,
    Renewal,
    RevertGuarantee,
    RevertOutcome,
    RevertResult,
)
from gameday.process_identity import current_process
from gameday.store.sqlite import Store


class NoParams(Params):
    """Takes no parameters."""


class MadeEngine(Injector, Leased, Sweepable, Checkable, ChangeDetector):
    """`there`: the marks that stand. The `on_*` lists hold what the next calls do instead of the right thing."""

    name = "made"
    kinds: Mapping[str, type[Params]] = {"latency": NoParams}

    def __init__(self) -> None:
        self.there: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        self.on_apply: list[Callable[[Intent], ApplyResult]] = []
        self.apply_time = 0.0
        """Seconds that the last apply had."""
        self.on_revert: list[Callable[[Intent], RevertResult]] = []
        self.unsettled = ""
        self.on_active: list[Callable[[Intent], Presence]] = []
        self.outside: set[str] = set()
        """What somebody else has changed."""
        self.on_state: list[Callable[[], Mapping[str, Json]]] = []

    @override
    def load(self) -> None: ...

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        return Intent(
            marker, marker[:7], fault.id, fault.kind, self.name, binding.environment, binding.target,
            dict(binding.settings), {}, {}, f"thing {binding.target}", "put it back", RevertGuarantee.GUARDIAN,
        )  # fmt: skip

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        self.calls.append(("apply", intent.marker))
        self.apply_time = deadline.remaining()
        if self.on_apply:
            return self.on_apply.pop(0)(intent)
        self.there.add(intent.marker)
        return ApplyResult(ApplyOutcome.APPLIED)

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        return Renewal.UNSUPPORTED

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        self.calls.append(("revert", intent.marker))
        if self.on_revert:
            return self.on_revert.pop(0)(intent)
        self.there.discard(intent.marker)
        return RevertResult(RevertOutcome.REVERTED)

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        if self.on_active:
            return self.on_active.pop(0)(intent)
        return Presence.PRESENT if intent.marker in self.there else Presence.ABSENT

    @override
    def read_state(self, intent: Intent, own: Sequence[Intent], deadline: Deadline) -> Mapping[str, Json]:
        assert intent in own
        return self.on_state.pop(0)() if self.on_state else dict.fromkeys(self.outside, True)

    @override
    def list_impairments(self, before: Mapping[str, Json], now: Mapping[str, Json]) -> frozenset[str]:
        return frozenset(now) - frozenset(before)

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        return []

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        return 0

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        self.calls.append(("release", intent.marker))
        return ""

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        return ""

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        return ""

    @override
    def find_unsettled(self, intent: Intent, deadline: Deadline) -> str:
        return self.unsettled

    @override
    def interference_warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        return []

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return frozenset()


class Engines(dict[str, CheckedInjector]):
    pass


def planned(name: str = "slow", target: str = "database") -> PlannedFault:
    return PlannedFault(Fault(name, "latency", target, {}), Binding("test", target, "made", {"at": target}), AT_START)


class Bench:
    """One drill on a real store, a made engine and a clock that jumps."""

    def __init__(self, folder: Path) -> None:
        self.clock = JumpClock()
        self.store = Store(folder / "gameday.db", self.clock)
        self.engine = MadeEngine()
        epoch = self.store.begin("gd-0001", "test", "rehearsal", "", current_process())
        self.log = Log(self.store, "gd-0001", epoch)
        self.ledger = self.new_ledger()

    def new_ledger(self, find_obstacle: Callable[[], str] = str, find_stop_order: Callable[[], str] = str) -> Ledger:
        engines = Engines(made=CheckedInjector(self.engine))
        return Ledger(self.log, engines, self.clock, find_obstacle=find_obstacle, find_stop_order=find_stop_order)

    def close(self) -> None:
        self.store.close()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events()]

    def events(self) -> list[Event]:
        return self.store.events("gd-0001")
