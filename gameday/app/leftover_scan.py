"""Leftover faults on the targets of an environment, as far as their engines can be reached."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gameday.errors import Refused
from gameday.plugins.types import Deadline, Intent, PartialScan
from gameday.timing import DEFAULT_TIMING, Timing

if TYPE_CHECKING:
    from gameday.drill.injector_registry import InjectorLookup
    from gameday.model import Binding, Environment

SCAN_TIMEOUT_S = 15.0
"""For one target: each of its containers may have to be inspected."""
LEASE_QUERY_TIMEOUT_S = 5.0
MAX_WORKERS = 8
POLL_INTERVAL_S = 0.5
_LOCAL_ONLY = "`gameday halt` reverts what the local database knows of; look on the engine for objects named gd-*."


@dataclass(frozen=True, slots=True)
class LeftoverScan:
    """Faults per target, and per target the reason why it could not be scanned completely."""

    faults: Mapping[str, Sequence[Intent]]
    unscanned: Mapping[str, Refused] = field(default_factory=dict[str, Refused])

    @property
    def unique_faults(self) -> list[Intent]:
        """Each fault once: two targets may resolve to one container."""
        every = [intent for intents in self.faults.values() for intent in intents]
        return list({(intent.marker, intent.kind, str(intent.address)): intent for intent in every}.values())


def scan_environment(environment: Environment, injectors: InjectorLookup) -> LeftoverScan:
    """Scan all targets, and the silences, in parallel; one that cannot be reached hides no other."""
    targets = environment.swept_bindings
    if not targets:
        return LeftoverScan({})
    _load({target.injector for target in targets}, injectors)
    with ThreadPoolExecutor(min(MAX_WORKERS, len(targets))) as pool:
        scans = list(pool.map(lambda target: _scan_target(target, injectors), targets))
    faults = {target.target: intents for target, (intents, _) in zip(targets, scans, strict=True)}
    unscanned = {target.target: why for target, (_, why) in zip(targets, scans, strict=True) if why is not None}
    return LeftoverScan(faults, unscanned)


def _load(names: Collection[str], injectors: InjectorLookup) -> None:
    """Load one injector after the other: threads that import one SDK at once get half of it."""
    for name in names:
        with contextlib.suppress(Refused):  # reported when its target is scanned
            injectors[name].load()


def _scan_target(target: Binding, injectors: InjectorLookup) -> tuple[list[Intent], Refused | None]:
    try:
        sweepable = injectors[target.injector].sweepable
        if sweepable is None:
            return [], Refused(f"the injector {target.injector} cannot find leftovers on its engine", _LOCAL_ONLY)
        return sweepable.leftovers(target, Deadline.after(SCAN_TIMEOUT_S)), None
    except PartialScan as partial:
        return partial.leftovers, partial
    except Refused as refused:
        return [], refused


def wait_for_live_drills(
    intents: Collection[Intent],
    injectors: InjectorLookup,
    report: Callable[[str], None],
    timing: Timing = DEFAULT_TIMING,
) -> set[str]:
    """Return the drills that still run, whoever runs them: their leases are renewed.

    Waits until each lease is renewed or over; a fault that is neither after `timing.lease_watch` counts as running.
    """
    first = {intent.marker: _lease_end(intent, injectors) for intent in intents}
    undecided = [intent for intent in intents if first[intent.marker] != 0]
    if undecided:
        report("Some faults have a lease: waiting until it is renewed or expires ...")
    renewed: set[str] = set()
    give_up_at = time.monotonic() + timing.lease_watch
    while undecided and time.monotonic() < give_up_at:
        time.sleep(POLL_INTERVAL_S)
        now = {intent.marker: _lease_end(intent, injectors) for intent in undecided}
        first |= {marker: end for marker, end in now.items() if first[marker] is None}
        renewed |= {intent.drill for intent in undecided if (now[intent.marker] or 0) > (first[intent.marker] or 0)}
        undecided = [intent for intent in undecided if now[intent.marker] != 0 and intent.drill not in renewed]
    return renewed | {intent.drill for intent in undecided}


def _lease_end(intent: Intent, injectors: InjectorLookup) -> int | None:
    """Return when the lease ends, 0 without one; None if unknown, which never counts as over."""
    try:
        leased = injectors[intent.injector].leased
        return leased.lease_expires_at(intent, Deadline.after(LEASE_QUERY_TIMEOUT_S)) if leased else 0
    except Refused:
        return None
