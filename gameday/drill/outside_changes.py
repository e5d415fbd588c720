"""Watch for changes of a drill's targets by somebody outside it: a fault of theirs must not decide a verdict."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from gameday.clock import Clock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.log import Log
from gameday.drill.revert.attribution import LastPresenceCheck, is_action_running, last_action_since
from gameday.drill.revert.revert import CHECK_TIMEOUT_S
from gameday.errors import Refused
from gameday.events import NewEvent, OutsideChangeGone, OutsideChangeSeen
from gameday.model import Json
from gameday.plugins.types import Intent


@dataclass(slots=True)
class _Target:
    """Objects that are watched. `before`: their state before the first fault on them; `known`: the last answer."""

    intent: Intent
    before: Mapping[str, Json]
    known: LastPresenceCheck
    present: frozenset[str] = frozenset()
    """Changes that the log has as present."""
    by_actions: frozenset[str] = field(default_factory=frozenset)
    """Changes that an action of the drill made."""


class OutsideChangeWatch:
    """Watch over the targets of one drill. What was there before the first fault on a target is no change."""

    def __init__(
        self, log: Log, injectors: InjectorLookup, clock: Clock, is_closed: Callable[[], bool],
        outstanding: Callable[[], Sequence[Intent]],
    ) -> None:  # fmt: skip
        """`outstanding`: the faults of this drill, which are no outside change."""
        self._log, self._injectors, self._clock = log, injectors, clock
        self._is_closed, self._outstanding = is_closed, outstanding
        self._lock = threading.Lock()
        self._targets: dict[frozenset[str], _Target] = {}
        self._keys: dict[str, frozenset[str]] = {}

    def begin(self, intent: Intent) -> None:
        """Record the state of a target before a fault is applied; a target whose state is unknown is not watched."""
        self._keys[intent.marker] = intent.resource_keys
        if intent.resource_keys in self._targets:
            self.check(intent)
            return
        check = self._now()
        state = self._read(intent, [*self._outstanding(), intent])
        if state is not None:
            self._targets[intent.resource_keys] = _Target(intent, state, check)

    def known_until(self, marker: str) -> float:
        """Return until when it is known what others changed on a fault's target (CLOCK_MONOTONIC)."""
        target = self._targets.get(self._keys.get(marker, frozenset()))
        return inf if target is None else target.known.at

    def check(self, intent: Intent) -> None:
        """Compare the target of a fault with its state before, and record what is new or gone."""
        target = self._targets.get(intent.resource_keys)
        if target is None:
            return
        check, own = self._now(), list(self._outstanding())
        state = self._read(target.intent, own)
        detector = self._injectors[intent.injector].change_detector
        if state is None or detector is None:
            return
        changes = detector.list_impairments(target.before, state)
        with self._lock:
            if not self._is_closed() and not self._is_outdated(target, check, own):
                self._record(target, changes, check)

    def _now(self) -> LastPresenceCheck:
        return LastPresenceCheck(self._clock.monotonic(), len(self._log.events))

    def _read(self, intent: Intent, own: Sequence[Intent]) -> Mapping[str, Json] | None:
        """Return the state of the intent's objects; None if it is unknown."""
        detector = self._injectors[intent.injector].change_detector
        try:
            return detector.read_state(intent, own, intent.deadline(CHECK_TIMEOUT_S)) if detector else None
        except Refused:
            return None

    def _is_outdated(self, target: _Target, check: LastPresenceCheck, own: Sequence[Intent]) -> bool:
        """Return True if a later answer is known, or a fault of the drill came meanwhile that the answer may show."""
        return check.at < target.known.at or any(intent not in own for intent in self._outstanding())

    def _record(self, target: _Target, changes: frozenset[str], check: LastPresenceCheck) -> None:
        name = target.intent.target
        new = changes - target.present - target.by_actions
        if is_action_running(self._log.events) or last_action_since(self._log.events, target.known.events):
            target.by_actions |= new
            new = frozenset()
        seen = [OutsideChangeSeen(name, text, target.known.at) for text in sorted(new)]
        ended = [OutsideChangeGone(name, text) for text in sorted(target.present - changes)]
        self._log.append(*(NewEvent(body, happened=check.at) for body in (*seen, *ended)))
        target.present = (target.present & changes) | new
        target.by_actions &= changes
        target.known = check
