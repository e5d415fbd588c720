"""One drill's ledger on a real store, an engine that lies on command, and a clock that jumps."""

from __future__ import annotations

from pathlib import Path

from support.fake_injector import MadeEngine

from gameday.clock import JumpClock
from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.model import Binding, Event, Fault, PlannedFault
from gameday.model.scenario import AT_START
from gameday.process_identity import current_process
from gameday.store.sqlite import Store


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
        self.ledger = Ledger(self.log, Engines(made=CheckedInjector(self.engine)), self.clock)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events()]

    def events(self) -> list[Event]:
        return self.store.events("gd-0001")
