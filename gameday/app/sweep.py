"""Sweeping an environment: find leftover faults from the engines alone, and revert them."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gameday.app.environment_selection import select_environment
from gameday.app.leftover_scan import LeftoverScan, scan_environment, wait_for_live_drills
from gameday.app.reporter import Reporter
from gameday.app.running_drills import responding_drills, unregister_lost_drills
from gameday.errors import EnvironmentDirty, Refused

if TYPE_CHECKING:
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.events import NewEvent
    from gameday.model import Environment
    from gameday.plugins.types import Intent
    from gameday.timing import Timing


@dataclass(frozen=True, slots=True)
class Sweep:
    """Result of a scan. `own_drills`: responding drills of this user; True if the token is theirs."""

    environment: Environment
    injectors: InjectorRegistry
    scan: LeftoverScan
    own_drills: Mapping[str, bool]
    other_drills: Collection[str]

    @property
    def leftovers(self) -> list[Intent]:
        """Faults that no running drill owns."""
        return [intent for intent in self.scan.unique_faults if not self._is_running(intent)]

    def _is_running(self, intent: Intent) -> bool:
        return intent.drill in self.own_drills or intent.drill in self.other_drills

    def describe(self, intent: Intent) -> str:
        """Describe one fault; a running drill's target only to that drill's facilitator."""
        if intent.drill in self.other_drills or self.own_drills.get(intent.drill) is False:
            return describe_without_spoilers(intent)
        owner = "  (belongs to a running drill; left unchanged)" if intent.drill in self.own_drills else ""
        return f"{intent.marker}  {format_age(intent)} old  {intent.target_text}{owner}"


def scan_for_sweep(name: str, token: str, reporter: Reporter, timing: Timing) -> Sweep:
    """Scan an environment and decide which faults belong to running drills. Changes nothing."""
    from gameday.drill.injector_registry import InjectorRegistry

    injectors = InjectorRegistry()
    environment = select_environment(name, reporter.status, start_demo=False, need_variables=False).environment
    scan = scan_environment(environment, injectors)
    own = responding_drills(token)
    foreign = [intent for intent in scan.unique_faults if intent.drill not in own]
    return Sweep(environment, injectors, scan, own, wait_for_live_drills(foreign, injectors, reporter.status, timing))


def revert_leftovers(sweep: Sweep, reporter: Reporter, timing: Timing) -> None:
    """Revert the leftovers of a sweep.

    Raises EnvironmentDirty if one is still present, Refused if a target could not be scanned.
    """
    from gameday.drill.reservations import remove_dead_reservations

    if sweep.leftovers:
        revert_intents(sweep.leftovers, sweep.injectors, reporter, timing)
    reverted = {intent.drill for intent in sweep.leftovers}
    remove_dead_reservations(sweep.environment, sweep.injectors, reverted)
    if sweep.scan.unscanned:
        raise _unscanned_error(sweep)
    unregister_lost_drills(sweep.environment)
    if not sweep.leftovers:
        other = "other " if sweep.scan.unique_faults else ""
        reporter.output(f"No {other}leftover faults in environment {sweep.environment.name}.")


def revert_intents(intents: list[Intent], injectors: InjectorRegistry, reporter: Reporter, timing: Timing) -> None:
    """Revert and verify these faults, and report the result. Raises EnvironmentDirty."""
    from gameday.clock import SystemClock
    from gameday.drill.revert.revert import revert_all
    from gameday.events import FaultReverted, ForeignChangeKept

    drafts: list[NewEvent] = []
    present = revert_all(intents, injectors, partial(_record, drafts, reporter), SystemClock(), timing)
    reverted, unchanged = (
        sum(isinstance(draft.body, kind) for draft in drafts) for kind in (FaultReverted, ForeignChangeKept)
    )
    if reverted:
        reporter.output(f"{reverted} reverted and verified.")
    if unchanged:
        reporter.output(f"{unchanged} left unchanged: see above.")
    if present:
        markers = ", ".join(intent.marker for intent in present)
        by_hand = "; ".join(intent.revert_text for intent in present)
        raise EnvironmentDirty(f"DIRTY: still present: {markers}", f"By hand: {by_hand}")


def _record(drafts: list[NewEvent], reporter: Reporter, draft: NewEvent) -> None:
    from gameday.events import FaultEvent

    drafts.append(draft)
    if isinstance(draft.body, FaultEvent) and draft.body.reason:
        reporter.status(f"{draft.body.marker}: {draft.body.reason}")


def _unscanned_error(sweep: Sweep) -> Refused:
    names = ", ".join(sweep.scan.unscanned)
    targets = f"target{'s' if len(sweep.scan.unscanned) > 1 else ''} {names}"
    todo = f"Correct what is reported above, then repeat: gameday halt --sweep {sweep.environment.name}"
    return Refused(f"could not search {targets} for leftover faults", todo)


def describe_without_spoilers(intent: Intent) -> str:
    """Describe a running drill's fault without spoiling it."""
    return f"{intent.marker}: belongs to a running drill, {format_age(intent)} old; left unchanged"


def format_age(intent: Intent) -> str:
    """Format how long ago the marker was made."""
    from gameday.markers import age
    from gameday.units import format_duration

    return format_duration(age(intent.marker, time.time()))
