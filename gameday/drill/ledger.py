"""Ledger of a drill's faults: plan, apply, verify, renew, revert, verify. The only caller of injectors in a drill."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from gameday.clock import Clock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.log import Log
from gameday.drill.revert.attribution import (
    LOSS_TEXT,
    LastPresenceCheck,
    attribute_end,
    last_fault_since,
    reclassify_kept_fault,
)
from gameday.drill.revert.closing_events import reverted_event
from gameday.drill.revert.quiescence import unsettled_targets, watch_for_late_faults
from gameday.drill.revert.revert import CHECK_TIMEOUT_S, revert_all
from gameday.errors import Refused
from gameday.events import (
    Applied,
    ApplyRefused,
    ApplyUnknown,
    FaultConfirmed,
    FaultEnded,
    FaultEndedUnexpectedly,
    FaultReverted,
    ForeignChangeKept,
    Halted,
    Intended,
    NewEvent,
    PreflightChecked,
    ProblemReported,
    Removed,
    of_type,
)
from gameday.markers import new_marker
from gameday.model import Binding, Fault, PlannedFault
from gameday.plugins.types import ApplyOutcome, ApplyResult, Deadline, Intent, Presence, Renewal
from gameday.store.outstanding import markers_of_unknown_applies, outstanding_intents
from gameday.store.protocols import Fenced, StoreError
from gameday.timing import DEFAULT_TIMING, Timing

APPLY_TIMEOUT_S = 5.0


class Ledger:
    """The faults of one drill. Nothing is applied before its intent is durable."""

    def __init__(
        self, log: Log, injectors: InjectorLookup, clock: Clock, timing: Timing = DEFAULT_TIMING,
        by_responders: bool = False,
    ) -> None:  # fmt: skip
        self._log = log
        self._injectors, self._removed_by_responders = injectors, by_responders
        self._clock = clock
        self._timing = timing
        self._closed = False
        self._ended, self._replaced, self._lease_warnings = set[str](), set[str](), set[str]()
        self._judgement_lock = threading.Lock()
        self._latest: dict[frozenset[str], Intent] = {}
        self._last_present: dict[str, LastPresenceCheck] = {}

    def forbid_applies(self) -> None:
        """Apply nothing from now on. A plain flag: signal handlers set it too, and must take no lock."""
        self._closed = True

    def allow_applies(self) -> None:
        """Apply faults again, because the drill was resumed after STOP."""
        self._closed = False

    def apply(self, planned: PlannedFault) -> None:
        """Apply one fault and record the outcome; errors of the engine are recorded, not raised."""
        injector = self._injectors[planned.binding.injector]
        known = frozenset(event.body.marker for event in of_type(self._log.events, Intended))
        marker = new_marker(self._log.drill, self._clock.wall(), known)
        try:
            binding = self._restrict_to_previewed(planned)
            intent = injector.plan(planned.fault, binding, marker, Deadline.after(APPLY_TIMEOUT_S))
            intent = replace(intent, lease=min(intent.lease, self._timing.max_lease))
            self._log.append_durably(NewEvent(Intended(intent)), lambda: self._closed)
        except (Refused, StoreError) as error:
            reason = error.wrong if isinstance(error, Refused) else str(error)
            self._log.append(NewEvent(ApplyRefused(marker, reason)))
            return
        if not self._log.is_owned():
            raise Fenced(self._log.drill)
        if self._closed:
            self._log.append(NewEvent(ApplyRefused(marker, "the drill was halted first")))
            return
        self._latest[intent.resource_keys] = intent
        self._record_outcome(planned, intent, injector.apply(intent, intent.deadline(APPLY_TIMEOUT_S)))

    def _restrict_to_previewed(self, planned: PlannedFault) -> Binding:
        """Return the binding restricted to the objects that preflight showed to people."""
        checks = [e.body for e in of_type(self._log.events, PreflightChecked) if e.body.fault == planned.fault.id]
        return replace(planned.binding, shown=checks[-1].ids or checks[-1].members if checks else ())

    def adjust(self, planned: PlannedFault) -> None:
        """Apply the fault with its new parameters, then revert the old ones.

        In this order the last revert restores what was before the first apply."""
        before = [intent for intent in self.outstanding() if intent.fault == planned.fault.id]
        replaced = {intent.marker for intent in before} - self._ended
        with self._judgement_lock:
            self._replaced |= replaced  # replaced by this drill is no lapse
        self.apply(planned)
        if self._has_replacement(planned, before):
            self._ended |= replaced
            revert_all(before, self._injectors, self._log.append, self._clock, self._timing)
        else:
            self._replaced -= replaced

    def end(self, fault: Fault) -> None:
        """End one fault as planned: revert it, verified. If that fails, the drill halts."""
        intents = [intent for intent in self.outstanding() if intent.fault == fault.id]
        self._check([intent for intent in intents if intent.marker in self._last_present])
        markers = {intent.marker for intent in intents} - self._ended
        with self._judgement_lock:
            self._replaced |= markers  # reverted by this drill is no lapse
        self._ended |= markers
        record = partial(self._record, late=frozenset())
        if revert_all(intents, self._injectors, record, self._clock, self._timing):
            self._log.append(NewEvent(Halted(f"the fault {fault.id} could not be ended at its time")))
            return
        for marker in sorted(markers):
            self._log.append(NewEvent(FaultEnded(marker, fault.id, self.confirmed_until().get(marker))))

    def _has_replacement(self, planned: PlannedFault, before: Sequence[Intent]) -> bool:
        """Return True if the adjusted fault is present or may be; a refused apply replaced nothing."""
        applied = {event.body.marker for event in of_type(self._log.events, Applied, ApplyUnknown)}
        fault = planned.fault.id
        new = {intent.marker for intent in self.outstanding() if intent.fault == fault and intent not in before}
        return bool(applied & new)

    def _record_outcome(self, planned: PlannedFault, intent: Intent, applied: ApplyResult) -> None:
        if applied.outcome is ApplyOutcome.APPLIED:
            self._log.append(NewEvent(Applied(intent.marker)))
            self._verify(planned, intent)
        else:
            event = ApplyRefused if applied.outcome is ApplyOutcome.REFUSED else ApplyUnknown
            self._log.append(NewEvent(event(intent.marker, applied.reason)))

    def _verify(self, planned: PlannedFault, intent: Intent) -> None:
        check = self._now()
        presence = self._injectors[intent.injector].presence(intent, intent.deadline(CHECK_TIMEOUT_S))
        if presence is Presence.PRESENT:
            self._last_present[intent.marker] = check
            fault = planned.fault
            body = FaultConfirmed(intent.marker, fault.id, fault.kind, fault.target, dict(fault.params))
            self._log.append(NewEvent(body))
        else:
            why = f"the engine reported it applied, but it is {presence.value}"
            self._log.append(NewEvent(FaultEndedUnexpectedly(intent.marker, why)))

    def _now(self) -> LastPresenceCheck:
        """Return the time and the number of events before a check: what it shows was so then at the latest."""
        return LastPresenceCheck(self._clock.monotonic(), len(self._log.events))

    def confirmed_until(self) -> dict[str, float]:
        """Return by marker until when each fault was confirmed present (CLOCK_MONOTONIC)."""
        return {marker: seen.at for marker, seen in dict(self._last_present).items()}

    def outstanding(self) -> list[Intent]:
        """Return the intents of the faults that are present or may be, oldest first."""
        return list(outstanding_intents(self._log.events).values())

    def renew_and_check(self) -> None:
        """Renew the leases and check the presence of all faults; one that ended unexpectedly has lapsed.

        The faults are handled in parallel: an engine that hangs must not let a lease expire at another one."""
        applied = {event.body.marker for event in of_type(self._log.events, FaultConfirmed)}
        self._check([intent for intent in self.outstanding() if intent.marker in applied])

    def _check(self, intents: Sequence[Intent]) -> None:
        present = [intent for intent in intents if intent.marker not in self._ended]
        if present and not self._closed:
            with ThreadPoolExecutor(len(present)) as pool:
                list(pool.map(self._renew_and_check_fault, present))

    def _renew_and_check_fault(self, intent: Intent) -> None:
        injector, check = self._injectors[intent.injector], self._now()
        leased = injector.leased if intent.lease else None
        renewal = leased.renew(intent, intent.lease, intent.deadline(CHECK_TIMEOUT_S)) if leased else None
        presence = injector.presence(intent, intent.deadline(CHECK_TIMEOUT_S))
        with self._judgement_lock:
            if not self._closed and intent.marker not in self._replaced | self._ended:
                self._judge(intent, renewal, presence, check)

    def _judge(self, intent: Intent, renewal: Renewal | None, presence: Presence, check: LastPresenceCheck) -> None:
        if presence in LOSS_TEXT:
            self._ended.add(intent.marker)
            by_responders = self._is_removal_by_responders(intent, presence)
            last, how = self._last_present[intent.marker], LOSS_TEXT[presence]
            self._log.append(NewEvent(attribute_end(self._log.events, intent, last, how, by_responders)))
            return
        if presence is Presence.PRESENT:
            self._last_present[intent.marker] = check
        if renewal is Renewal.LAPSED:
            self._warn_lease_lost(intent, presence)

    def _is_removal_by_responders(self, intent: Intent, presence: Presence) -> bool:
        """Return True if the responders removed it, as expected; no lost lease or target explains it."""
        expired = intent.lease and self._clock.monotonic() - self._last_present[intent.marker].at >= intent.lease
        return self._removed_by_responders and presence is not Presence.TARGET_GONE and not expired

    def _warn_lease_lost(self, intent: Intent, presence: Presence) -> None:
        """Record once that a fault no longer ends by itself."""
        if intent.marker not in self._lease_warnings:
            self._lease_warnings.add(intent.marker)
            state = "the fault is present" if presence is Presence.PRESENT else "its presence is unknown"
            text = f"the lease of {intent.marker} expired; {state}, and only the guardian reverts it if the runner dies"
            self._log.append(NewEvent(ProblemReported(text)))

    def revert_all(self) -> list[Intent]:
        """Revert all faults; return what could not be reverted.

        An apply of unknown outcome is then watched until the quiet period has passed."""
        self.forbid_applies()
        late = markers_of_unknown_applies(self._log.events)
        pending = self.outstanding()
        left = revert_all(pending, self._injectors, lambda draft: self._record(draft, late), self._clock, self._timing)
        watched = [intent for intent in pending if intent.marker in late and intent not in left]
        left += watch_for_late_faults(watched, self._injectors, self._log.append, self._clock, self._timing)
        if not left and pending:
            self._log.append(reverted_event(self._log.events, self._clock.monotonic()))
        return left

    def find_unsettled(self) -> list[str]:
        """Return what the targets of the drill's faults are still recovering from, each once."""
        return unsettled_targets(self._latest.values(), self._injectors)

    def _record(self, draft: NewEvent, late: frozenset[str]) -> None:
        if isinstance(draft.body, FaultReverted) and draft.body.marker in late:
            return
        if isinstance(draft.body, ForeignChangeKept):
            self._record_superseding_fault(draft.body.marker)
        self._log.append(reclassify_kept_fault(self._log.events, draft))

    def _record_superseding_fault(self, marker: str) -> None:
        """Record that another fault of this drill removed it, if that happened after its last check."""
        last = None if marker in self._ended else self._last_present.get(marker)
        for intent in self.outstanding():
            if last and intent.marker == marker and (by := last_fault_since(self._log.events, last.events, intent)):
                self._log.append(NewEvent(Removed(marker, intent.fault, by_fault=by, last_present=last.at)))
