"""Checks that the faults of a drill are present: confirmed after the apply, and watched until their end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from gameday.clock import Clock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.log import Log
from gameday.drill.outside_changes import OutsideChangeWatch
from gameday.drill.revert.attribution import LOSS_TEXT, NEVER_SEEN_TEXT, LastPresenceCheck, attribute_end
from gameday.drill.revert.revert import CHECK_TIMEOUT_S
from gameday.drill.stop_orders import ALREADY_REVERTED, StopOrders
from gameday.events import FaultConfirmed, FaultEndedUnexpectedly, NewEvent, ProblemReported
from gameday.model import Fault
from gameday.plugins.types import Intent, Presence, Renewal


class PresenceChecks:
    """Checks of one drill's faults.

    A fault whose presence could not be determined after its apply is neither confirmed nor ended: it is checked again.
    """

    def __init__(
        self, log: Log, injectors: InjectorLookup, clock: Clock, is_closed: Callable[[], bool], by_responders: bool,
        changes: OutsideChangeWatch, stop_orders: StopOrders,
    ) -> None:  # fmt: skip
        """`is_closed`: the drill reverts, and what a check shows no longer counts; `by_responders`: they may remove."""
        self._log, self._injectors, self._clock = log, injectors, clock
        self._is_closed, self._removed_by_responders = is_closed, by_responders
        self._changes, self._stop_orders = changes, stop_orders
        self._lock = threading.Lock()
        self._unconfirmed: dict[str, Fault] = {}
        self._replaced, self._lease_warnings = set[str](), set[str]()
        self.ended = set[str]()
        """Markers of the faults whose end is known: by this drill, or by somebody else."""
        self.last_present: dict[str, LastPresenceCheck] = {}

    def confirm(self, fault: Fault, intent: Intent) -> None:
        """Check a fault that its engine reported applied."""
        check = self._now()
        presence = self._injectors[intent.injector].presence(intent, intent.deadline(CHECK_TIMEOUT_S))
        if not self._confirm_or_end(fault, intent, presence, check):
            self._unconfirmed[intent.marker] = fault  # from now on the thread that renews checks it too
            text = f"{intent.kind} on {intent.target} was applied, but could not be verified yet; checking again"
            self._log.append(NewEvent(ProblemReported(text)))

    def expect_end(self, markers: Collection[str]) -> None:
        """From now on the end of these faults is this drill's own, and no lapse."""
        with self._lock:
            self._replaced |= set(markers)

    def expect_no_end(self, markers: Collection[str]) -> None:
        """Watch these faults again, because this drill did not end them."""
        self._replaced -= set(markers)

    def confirmed_until(self) -> dict[str, float]:
        """Return by marker until when each fault was confirmed present (CLOCK_MONOTONIC).

        No later than it is known what somebody else changed on its target."""
        last = dict(self.last_present)
        return {marker: min(seen.at, self._changes.known_until(marker)) for marker, seen in last.items()}

    def renew_and_check(self, intents: Sequence[Intent]) -> None:
        """Renew the leases and check the presence of these faults, as far as they were applied.

        They are handled in parallel: an engine that hangs must not let a lease expire at another one."""
        applied = {*self.last_present, *self._unconfirmed} - self.ended
        present = [intent for intent in intents if intent.marker in applied]
        if present and not self._is_closed():
            with ThreadPoolExecutor(len(present)) as pool:
                list(pool.map(self._renew_and_check_fault, present))
                list(pool.map(self._changes.check, present))

    def _now(self) -> LastPresenceCheck:
        """Return the time and the number of events before a check: what it shows was so then at the latest."""
        return LastPresenceCheck(self._clock.monotonic(), len(self._log.events))

    def _renew_and_check_fault(self, intent: Intent) -> None:
        injector, check = self._injectors[intent.injector], self._now()
        leased = injector.leased if intent.lease else None
        renewal = leased.renew(intent, intent.lease, intent.deadline(CHECK_TIMEOUT_S)) if leased else None
        presence = injector.presence(intent, intent.deadline(CHECK_TIMEOUT_S))
        if self._is_end_by_stop_order(intent, presence):
            return
        with self._lock:
            if self._is_closed() or intent.marker in self._replaced | self.ended:
                return
            fault = self._unconfirmed.get(intent.marker)
            if fault is None:
                self._judge(intent, presence, check)
            elif self._confirm_or_end(fault, intent, presence, check):
                del self._unconfirmed[intent.marker]
            if renewal is Renewal.LAPSED and intent.marker not in self.ended:
                self._warn_lease_lost(intent, presence)

    def _is_end_by_stop_order(self, intent: Intent, presence: Presence) -> bool:
        """Halt the drill and return True if the fault ended because all drills are to stop: that is no lapse."""
        if presence not in LOSS_TEXT or self._is_closed() or intent.marker in self._replaced | self.ended:
            return False
        return self._stop_orders.check(ALREADY_REVERTED if presence is Presence.ABSENT else "")

    def _confirm_or_end(self, fault: Fault, intent: Intent, presence: Presence, check: LastPresenceCheck) -> bool:
        """Record what the first conclusive check shows; return False if this one shows nothing."""
        if presence is Presence.PRESENT:
            body = FaultConfirmed(intent.marker, fault.id, fault.kind, fault.target, dict(fault.params))
            self._log.append(NewEvent(body))
            self.last_present[intent.marker] = check  # from now on it is watched: no end is logged before this
        elif presence in LOSS_TEXT:
            self.ended.add(intent.marker)
            why = f"the engine reported it as applied, but {NEVER_SEEN_TEXT[presence]}"
            self._log.append(NewEvent(FaultEndedUnexpectedly(intent.marker, why)))
        return presence is Presence.PRESENT or presence in LOSS_TEXT

    def _judge(self, intent: Intent, presence: Presence, check: LastPresenceCheck) -> None:
        if presence is Presence.PRESENT:
            self.last_present[intent.marker] = check
        elif presence in LOSS_TEXT:
            self.ended.add(intent.marker)
            by_responders = self._is_removal_by_responders(intent, presence)
            last, how = self.last_present[intent.marker], LOSS_TEXT[presence]
            self._log.append(NewEvent(attribute_end(self._log.events, intent, last, how, by_responders)))

    def _is_removal_by_responders(self, intent: Intent, presence: Presence) -> bool:
        """Return True if the responders removed it, as expected; no lost lease or target explains it."""
        expired = intent.lease and self._clock.monotonic() - self.last_present[intent.marker].at >= intent.lease
        return self._removed_by_responders and presence is not Presence.TARGET_GONE and not expired

    def _warn_lease_lost(self, intent: Intent, presence: Presence) -> None:
        """Record once that a fault no longer ends by itself."""
        if intent.marker not in self._lease_warnings:
            self._lease_warnings.add(intent.marker)
            state = "the fault is present" if presence is Presence.PRESENT else "its presence is unknown"
            text = f"the lease of {intent.marker} expired; {state}, and only the guardian reverts it if the runner dies"
            self._log.append(NewEvent(ProblemReported(text)))
