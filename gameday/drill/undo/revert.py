"""Taking faults back: last in first out within one target, in parallel over targets, each read back as gone.

The runner, the guardian and `gameday halt` all revert through this one function.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gameday.clock import Clock
from gameday.contract import Back, Injector, Intent, Presence, Restored
from gameday.drill.registry import Injectors
from gameday.errors import GamedayError
from gameday.events import Draft

Record = Callable[[Draft], None]
AT_ONCE = 8
LOOK_SECONDS = 2.0
"""For one question whether a fault stands."""


@dataclass(frozen=True, slots=True)
class Patience:
    """`each`: seconds for one try, on one thing; `whole`: for all tries of one fault; `pauses`: between tries, the last
    repeats."""

    each: float = 5.0
    whole: float = 45.0
    pauses: tuple[float, ...] = (0.1, 0.3, 1.0, 2.0)


@dataclass
class _Target:
    """The faults on one target that are still to be taken back, first in first."""

    intents: list[Intent]
    tries: int = 0
    whys: dict[str, str] = field(default_factory=dict[str, str])


def take_back(
    intents: Iterable[Intent], injectors: Injectors, record: Record, clock: Clock, patience: Patience
) -> list[Intent]:
    """Revert all; returns what could not be taken back in time. Each GONE or LEFT_TO_PEOPLE is recorded at once."""
    targets = [_Target(group) for group in _by_target(list(intents))]
    if not targets:
        return []
    with ThreadPoolExecutor(min(AT_ONCE, len(targets))) as pool:
        list(pool.map(lambda target: _until_gone(target, injectors, record, clock, patience), targets))
    return [intent for target in targets for intent in target.intents]


def _by_target(intents: list[Intent]) -> list[list[Intent]]:
    """Together what has a thing in common, in their order: one of them may have changed what another put there."""
    groups: list[list[Intent]] = []
    for intent in intents:
        met = [group for group in groups if any(intent.things & other.things for other in group)]
        groups = [group for group in groups if group not in met]
        groups.append(sorted([intent, *(one for group in met for one in group)], key=intents.index))
    return groups


def _until_gone(target: _Target, injectors: Injectors, record: Record, clock: Clock, patience: Patience) -> None:
    give_up = clock.monotonic() + patience.whole
    while True:
        for intent in reversed(target.intents):
            _try(target, intent, injectors, record, patience)
        if not target.intents or clock.monotonic() >= give_up:
            return
        clock.wait(threading.Event(), patience.pauses[min(target.tries, len(patience.pauses) - 1)])
        target.tries += 1


def _try(target: _Target, intent: Intent, injectors: Injectors, record: Record, patience: Patience) -> None:
    restored = once(intent, injectors, patience.each)
    if restored.back is Back.NOT_YET:
        if target.whys.get(intent.mark) != restored.why:
            target.whys[intent.mark] = restored.why
            record(Draft("not-yet", {"mark": intent.mark, "why": restored.why}))
        return
    target.intents = [other for other in target.intents if other.mark != intent.mark]
    if restored.back is Back.GONE:
        record(Draft("gone", {"mark": intent.mark, **({"why": restored.why} if restored.why else {})}))
    else:
        record(Draft("left", {"mark": intent.mark, "why": restored.why}))


def once(intent: Intent, injectors: Injectors, seconds: float) -> Restored:
    """One try: revert, then ask the target itself. GONE only when both say so."""
    try:
        injector: Injector = injectors[intent.injector]
    except GamedayError as error:
        return Restored(Back.NOT_YET, str(error))
    restored = injector.revert(intent, intent.within(seconds))
    if restored.back is not Back.GONE:
        return restored
    presence = injector.active(intent, intent.within(seconds))
    if presence.is_over:
        return restored
    saw = "cannot be seen" if presence is Presence.CANNOT_SEE else "is still there"
    return Restored(Back.NOT_YET, f"{intent.touches}: taken back, but read back it {saw}")
