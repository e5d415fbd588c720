"""Ledger of a drill's faults: plan, apply, verify, renew, revert, verify.

With the silence of alerts, which is reverted here too, the only caller of injectors in a drill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from gameday.clock import Clock
from gameday.drill.alert_silence import AlertSilence, used_markers
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.log import Log
from gameday.drill.outside_changes import OutsideChangeWatch
from gameday.drill.presence_checks import PresenceChecks
from gameday.drill.revert.attribution import (
    last_fault_since,
    reclassify_revert,
)
from gameday.drill.revert.closing_events import reverted_event
from gameday.drill.revert.quiescence import unsettled_targets, watch_for_late_faults
from gameday.drill.revert.revert import revert_all
from gameday.drill.stop_orders import StopOrders
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
        by_responders: bool = False, find_obstacle: Callable[[], str] = str, silence: Binding | None = None,
        find_stop_order: Callable[[], str] = str,
    ) -> None:  # fmt: skip
        """`find_obstacle`: why no fault may be applied now, empty if nothing; `silence`: the environment's.

        `find_stop_order`: an order of somebody else to stop all drills, empty for none."""
        self._log = log
        self._injectors = injectors
        self._clock = clock
        self._timing = timing
        self._closed = False
        self._find_obstacle = find_obstacle
        self._changes = OutsideChangeWatch(log, injectors, clock, lambda: self._closed, self.outstanding)
        self.stop_orders = StopOrders(log, find_stop_order)
        self._checks = PresenceChecks(
            log, injectors, clock, lambda: self._closed, by_responders, self._changes, self.stop_orders
        )
        self._latest: dict[frozenset[str], Intent] = {}
        self._silence = AlertSilence(silence, log, injectors, clock, timing, lambda: self._closed)

    def forbid_applies(self) -> None:
        """Apply nothing from now on. A plain flag: signal handlers set it too, and must take no lock."""
        self._closed = True

    def allow_applies(self) -> None:
        """Apply faults again, because the drill was resumed after STOP; alerts are silenced again first."""
        self._closed = False
        self.silence_alerts()

    def silence_alerts(self) -> None:
        """Silence the alerts as the environment states it; if that fails, the drill halts."""
        if failure := self._silence.begin():
            self._log.append(NewEvent(Halted(f"alerts could not be silenced: {failure}")))

    def renew_silence(self) -> None:
        """Renew the silence; record it if somebody has ended it."""
        self._silence.renew()

    def apply(self, planned: PlannedFault) -> None:
        """Apply one fault and record the outcome; errors of the engine are recorded, not raised."""
        injector = self._injectors[planned.binding.injector]
        marker = new_marker(self._log.drill, self._clock.wall(), used_markers(self._log.events))
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
            self.stop_orders.check()
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
        return [intent for intent in outstanding_intents(self._log.events).values() if not intent.is_silence]

    def outstanding_silences(self) -> list[Intent]:
        """Return the intents of the silences that are in effect or may be."""
        return [intent for intent in outstanding_intents(self._log.events).values() if intent.is_silence]

    def renew_and_check(self) -> None:
        """Renew the leases and check the presence of all faults; one that ended unexpectedly has lapsed."""
        self._checks.renew_and_check(self.outstanding())

    def revert_all(self, *, keep_silence: bool = False) -> list[Intent]:
        """Revert all faults, and the silence at the same time; return what could not be reverted.

        An apply of unknown outcome is then watched until the quiet period has passed."""
        self.forbid_applies()
        faults = self.outstanding()
        left = self._revert(faults if keep_silence else [*faults, *self._close_silence()])
        if faults and not any(intent in left for intent in faults):
            self._log.append(reverted_event(self._log.events, self._clock.monotonic()))
        return left

    def revert_silence(self) -> list[Intent]:
        """Delete the silence; return it if that could not be verified."""
        return self._revert(self._close_silence())

    def _close_silence(self) -> list[Intent]:
        self._silence.close()
        return self.outstanding_silences()

    def _revert(self, pending: list[Intent]) -> list[Intent]:
        late = markers_of_unknown_applies(self._log.events)
        left = revert_all(pending, self._injectors, lambda draft: self._record(draft, late), self._clock, self._timing)
        watched = [intent for intent in pending if intent.marker in late and intent not in left]
        record = partial(self._record, late=frozenset())
        return left + watch_for_late_faults(watched, self._injectors, record, self._clock, self._timing)

    def find_unsettled(self) -> list[str]:
        """Return what the targets of the drill's faults are still recovering from, each once."""
        return unsettled_targets(self._latest.values(), self._injectors)

    def _record(self, draft: NewEvent, late: frozenset[str]) -> None:
        if isinstance(draft.body, FaultReverted) and draft.body.marker in late:
            return
        if isinstance(draft.body, ForeignChangeKept):
            self._record_superseding_fault(draft.body.marker)
        self._log.append(reclassify_revert(self._log.events, draft))

    def _record_superseding_fault(self, marker: str) -> None:
        """Record that another fault of this drill removed it, if that happened after its last check."""
        last = None if marker in self._checks.ended else self._checks.last_present.get(marker)
        for intent in self.outstanding():
            if last and intent.marker == marker and (by := last_fault_since(self._log.events, last.events, intent)):
                self._log.append(NewEvent(Removed(marker, intent.fault, by_fault=by, last_present=last.at)))
