"""Ledger of a drill's faults: plan, apply, verify, renew, revert, verify. The only caller of injectors in a drill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from gameday.clock import Clock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.log import Log
from gameday.drill.outside_changes import OutsideChangeWatch
from gameday.drill.presence_checks import PresenceChecks
from gameday.drill.revert.attribution import (
    last_fault_since,
    reclassify_kept_fault,
)
from gameday.drill.revert.closing_events import reverted_event
from gameday.drill.revert.quiescence import unsettled_targets, watch_for_late_faults
from gameday.drill.revert.revert import revert_all
from gameday.errors import Refused
from gameday.events import (
    Applied,
    ApplyRefused,
    ApplyUnknown,
    FaultEnded,
    FaultReverted,
    ForeignChangeKept,
    Halted,
    Intended,
    NewEvent,
    PreflightChecked,
    Removed,
    of_type,
)
from gameday.markers import new_marker
from gameday.model import Binding, Fault, PlannedFault
from gameday.plugins.types import ApplyOutcome, ApplyResult, Deadline, Intent
from gameday.store.outstanding import markers_of_unknown_applies, outstanding_intents
from gameday.store.protocols import Fenced, StoreError
from gameday.timing import DEFAULT_TIMING, Timing

PLAN_TIMEOUT_S = 5.0


class Ledger:
    """The faults of one drill. Nothing is applied before its intent is durable."""

    def __init__(
        self, log: Log, injectors: InjectorLookup, clock: Clock, timing: Timing = DEFAULT_TIMING,
        by_responders: bool = False, find_obstacle: Callable[[], str] = str,
    ) -> None:  # fmt: skip
        self._log = log
        self._injectors = injectors
        self._clock = clock
        self._timing = timing
        self._closed = False
        self._find_obstacle = find_obstacle
        self._changes = OutsideChangeWatch(log, injectors, clock, lambda: self._closed, self.outstanding)
        self._checks = PresenceChecks(log, injectors, clock, lambda: self._closed, by_responders, self._changes)
        self._latest: dict[frozenset[str], Intent] = {}

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
            intent = injector.plan(planned.fault, binding, marker, Deadline.after(PLAN_TIMEOUT_S))
            intent = replace(intent, lease=min(intent.lease, self._timing.max_lease))
            if obstacle := self._find_obstacle():
                raise Refused(obstacle)
            self._changes.begin(intent)
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
        self._record_outcome(
            planned, intent, injector.apply(intent, intent.deadline(injector.kinds[intent.kind].apply_timeout))
        )

    def _restrict_to_previewed(self, planned: PlannedFault) -> Binding:
        """Return the binding restricted to the objects that preflight showed to people."""
        checks = [e.body for e in of_type(self._log.events, PreflightChecked) if e.body.fault == planned.fault.id]
        return replace(planned.binding, shown=checks[-1].ids or checks[-1].members if checks else ())

    def adjust(self, planned: PlannedFault) -> None:
        """Apply the fault with its new parameters, then revert the old ones.

        In this order the last revert restores what was before the first apply."""
        before = [intent for intent in self.outstanding() if intent.fault == planned.fault.id]
        replaced = {intent.marker for intent in before} - self._checks.ended
        self._checks.expect_end(replaced)
        self.apply(planned)
        if self._has_replacement(planned, before):
            self._checks.ended |= replaced
            revert_all(before, self._injectors, self._log.append, self._clock, self._timing)
        else:
            self._checks.expect_no_end(replaced)

    def end(self, fault: Fault) -> None:
        """End one fault as planned: revert it, verified. If that fails, the drill halts."""
        intents = [intent for intent in self.outstanding() if intent.fault == fault.id]
        self._checks.renew_and_check(intents)
        markers = {intent.marker for intent in intents} - self._checks.ended
        self._checks.expect_end(markers)
        self._checks.ended |= markers
        record = partial(self._record, late=frozenset())
        if revert_all(intents, self._injectors, record, self._clock, self._timing):
            self._log.append(NewEvent(Halted(f"fault {fault.id} could not be ended at its time")))
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
            self._checks.confirm(planned.fault, intent)
        else:
            event = ApplyRefused if applied.outcome is ApplyOutcome.REFUSED else ApplyUnknown
            self._log.append(NewEvent(event(intent.marker, applied.reason)))

    def confirmed_until(self) -> dict[str, float]:
        """Return by marker until when each fault was confirmed present (CLOCK_MONOTONIC)."""
        return self._checks.confirmed_until()

    def outstanding(self) -> list[Intent]:
        """Return the intents of the faults that are present or may be, oldest first."""
        return list(outstanding_intents(self._log.events).values())

    def renew_and_check(self) -> None:
        """Renew the leases and check the presence of all faults; one that ended unexpectedly has lapsed."""
        self._checks.renew_and_check(self.outstanding())

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
        last = None if marker in self._checks.ended else self._checks.last_present.get(marker)
        for intent in self.outstanding():
            if last and intent.marker == marker and (by := last_fault_since(self._log.events, last.events, intent)):
                self._log.append(NewEvent(Removed(marker, intent.fault, by_fault=by, last_present=last.at)))
