"""Silence of a drill: recorded before it is made, renewed while the drill runs, reverted as a fault is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from gameday.clock import Clock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.log import Log
from gameday.drill.revert.revert import CHECK_TIMEOUT_S
from gameday.errors import Refused
from gameday.events import AlertsSilenced, Event, Intended, NewEvent, SilenceEndedUnexpectedly, SilenceIntended, of_type
from gameday.markers import new_marker
from gameday.model import Binding, Fault
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence
from gameday.store.protocols import Fenced, StoreError
from gameday.timing import Timing

APPLY_TIMEOUT_S = 5.0
_SILENCE = Fault("silence", "silence", "alerts", {})
"""A silence is planned as a fault is; no scenario has it."""


def used_markers(events: Sequence[Event]) -> frozenset[str]:
    """Return the markers of the drill's faults and silences: none is used twice."""
    return frozenset(event.body.intent.marker for event in of_type(events, Intended, SilenceIntended))


class AlertSilence:
    """Silence of one drill, if its environment states one. Safe from several threads."""

    def __init__(
        self, binding: Binding | None, log: Log, injectors: InjectorLookup, clock: Clock, timing: Timing,
        is_closed: Callable[[], bool],
    ) -> None:  # fmt: skip
        """`is_closed`: the drill reverts, and nothing is applied any more."""
        self._binding, self._log, self._injectors = binding, log, injectors
        self._clock, self._timing, self._is_closed = clock, timing, is_closed
        self._lock = threading.Lock()
        self._active: Intent | None = None
        self._last_present = 0.0

    def begin(self) -> str:
        """Make the silence and verify it; return why it is not in effect, empty if it is. Raises Fenced.

        What may have been made all the same is outstanding, and is reverted with the faults."""
        if self._binding is None:
            return ""
        marker = new_marker(self._log.drill, self._clock.wall(), used_markers(self._log.events))
        try:
            intent = self._plan(self._binding, marker)
            self._log.append_durably(NewEvent(SilenceIntended(intent)), self._is_closed)
        except (Refused, StoreError) as error:
            return error.wrong if isinstance(error, Refused) else str(error)
        if not self._log.is_owned():
            raise Fenced(self._log.drill)
        return "" if self._is_closed() else self._apply(intent)

    def _plan(self, binding: Binding, marker: str) -> Intent:
        injector = self._injectors[binding.injector]
        intent = injector.plan(_SILENCE, binding, marker, Deadline.after(APPLY_TIMEOUT_S))
        return replace(intent, lease=min(intent.lease, self._timing.max_lease))

    def _apply(self, intent: Intent) -> str:
        injector = self._injectors[intent.injector]
        result = injector.apply(intent, Deadline.after(APPLY_TIMEOUT_S))
        if result.outcome is not ApplyOutcome.APPLIED:
            return result.reason
        at = self._clock.monotonic()
        if injector.presence(intent, Deadline.after(CHECK_TIMEOUT_S)) is not Presence.PRESENT:
            return "Alertmanager accepted the silence, but it could not be verified"
        with self._lock:
            self._active, self._last_present = intent, at
        self._log.append(NewEvent(AlertsSilenced(intent.marker)))
        return ""

    def close(self) -> None:
        """Renew and watch no longer, because the silence is reverted now."""
        with self._lock:
            self._active = None

    def renew(self) -> None:
        """Renew the silence, and record its end if somebody else ended it; it is never made again."""
        intent, at = self._active, self._clock.monotonic()
        if intent is None:
            return
        injector = self._injectors[intent.injector]
        if injector.leased:
            injector.leased.renew(intent, intent.lease, Deadline.after(CHECK_TIMEOUT_S))
        presence = injector.presence(intent, Deadline.after(CHECK_TIMEOUT_S))
        with self._lock:
            if self._active is not intent or presence is Presence.UNKNOWN:
                return
            is_expired = 0 < intent.lease <= at - self._last_present
            self._last_present = at
            self._active = intent if presence is Presence.PRESENT else None
        if presence is not Presence.PRESENT:
            reason = "it could not be renewed in time" if is_expired else "somebody ended or changed it"
            self._log.append(NewEvent(SilenceEndedUnexpectedly(intent.marker, reason)))
