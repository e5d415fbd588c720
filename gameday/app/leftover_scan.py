"""What is ours on all targets of an environment, as far as their engines can be seen, and what of it is a running
drill's."""

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
    from gameday.drill.injector_registry import Injectors
    from gameday.model import Binding, Environment

LOOK_WITHIN = 15.0
"""Seconds for one target: each of its containers may have to be looked at."""
ASK_WITHIN = 5.0
_AT_ONCE = 8
_PAUSE = 0.5
_LOCAL_ONLY = "`gameday halt` reverts what the local database knows of; look on the engine for objects named gd-*."


@dataclass(frozen=True, slots=True)
class LeftoverScan:
    """By target: what was found there, and why not all of it could be seen."""

    found: Mapping[str, Sequence[Intent]]
    unseen: Mapping[str, Refused] = field(default_factory=dict[str, Refused])

    @property
    def unique_faults(self) -> list[Intent]:
        """Each fault once: two targets may mean one container."""
        every = [intent for found in self.found.values() for intent in found]
        return list({(one.marker, one.kind, str(one.address)): one for one in every}.values())


def scan_environment(environment: Environment, injectors: Injectors) -> LeftoverScan:
    """All targets at once; one that cannot be seen hides no other."""
    targets = list(environment.targets.values())
    if not targets:
        return LeftoverScan({})
    _load({target.injector for target in targets}, injectors)
    with ThreadPoolExecutor(min(_AT_ONCE, len(targets))) as pool:
        looks = list(pool.map(lambda target: _scan_target(target, injectors), targets))
    found = {target.target: intents for target, (intents, _) in zip(targets, looks, strict=True)}
    unseen = {target.target: why for target, (_, why) in zip(targets, looks, strict=True) if why is not None}
    return LeftoverScan(found, unseen)


def _load(names: Collection[str], injectors: Injectors) -> None:
    """One after the other: threads that import one SDK at once find half of it."""
    for name in names:
        with contextlib.suppress(Refused):  # told where its target is looked at
            injectors[name].load()


def _scan_target(target: Binding, injectors: Injectors) -> tuple[list[Intent], Refused | None]:
    try:
        sweepable = injectors[target.injector].sweepable
        if sweepable is None:
            return [], Refused(f"the injector {target.injector} cannot find leftovers on its engine", _LOCAL_ONLY)
        return sweepable.leftovers(target, Deadline.after(LOOK_WITHIN)), None
    except PartialScan as partly:
        return partly.leftovers, partly
    except Refused as refused:
        return [], refused


def live_drills(
    found: Collection[Intent], injectors: Injectors, report: Callable[[str], None], timing: Timing = DEFAULT_TIMING
) -> set[str]:
    """The drills that run, whoever's they are: somebody renews a lease of theirs. Waits until each lease is renewed or
    is over; what is neither after `lease_watch` is called a running drill's."""
    first = {one.marker: _until(one, injectors) for one in found}
    open_still = [one for one in found if first[one.marker] != 0]
    if open_still:
        report("Some of what is there is held by a lease: waiting until it is renewed, or over ...")
    renewed: set[str] = set()
    give_up = time.monotonic() + timing.lease_watch
    while open_still and time.monotonic() < give_up:
        time.sleep(_PAUSE)
        now = {one.marker: _until(one, injectors) for one in open_still}
        first |= {mark: end for mark, end in now.items() if first[mark] is None}
        renewed |= {one.drill for one in open_still if (now[one.marker] or 0) > (first[one.marker] or 0)}
        open_still = [one for one in open_still if now[one.marker] != 0 and one.drill not in renewed]
    return renewed | {one.drill for one in open_still}


def _until(intent: Intent, injectors: Injectors) -> int | None:
    """Return the end of its lease, 0 where none runs; None where that is unknown, which never counts as over."""
    try:
        leased = injectors[intent.injector].leased
        return leased.lease_expires_at(intent, Deadline.after(ASK_WITHIN)) if leased else 0
    except Refused:
        return None
