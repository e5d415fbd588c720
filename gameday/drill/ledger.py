"""The ledger: intend, apply, read back, renew, revert, read back. The only caller of injectors in a drill."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from gameday.clock import Clock
from gameday.drill.injector_registry import Injectors
from gameday.drill.log import Log
from gameday.drill.revert.attribution import attribute_loss, last_fault_since, left_to_gone
from gameday.drill.revert.closing_events import reverted_event
from gameday.drill.revert.quiescence import wait_for_quiescence
from gameday.drill.revert.revert import LOOK_SECONDS, revert_all
from gameday.errors import Refused
from gameday.events import Applied as AppliedEvent
from gameday.events import (
    ApplyRefused,
    ApplyUnknown,
    Checked,
    FaultConfirmed,
    FaultEnded,
    FaultKept,
    FaultReverted,
    Halted,
    Intended,
    Lapsed,
    NewEvent,
    Problem,
    Removed,
    of_type,
)
from gameday.markers import new_marker
from gameday.model import Binding, Fault, PlannedFault
from gameday.plugins.types import Applied, ApplyOutcome, Deadline, Intent, Presence, Renewal
from gameday.store.outstanding import outstanding, unconfirmed_markers
from gameday.store.protocols import Fenced, StoreError
from gameday.timing import DEFAULT_TIMING, Timing

APPLY_SECONDS = 5.0
_LOSS_TEXT = {
    Presence.MODIFIED: "it is not any more as we made it", Presence.ABSENT: "nobody of ours took it back",
    Presence.TARGET_GONE: "what held it has ended, and its clients with it",
}  # fmt: skip
"""How a fault went without us."""


class Ledger:
    """The faults of one drill. Nothing is applied before its intent is durable."""

    def __init__(
        self, log: Log, injectors: Injectors, clock: Clock, timing: Timing = DEFAULT_TIMING, *,
        removed_by_responders: bool = False,
    ) -> None:  # fmt: skip
        self._log = log
        self._removed_by_responders = removed_by_responders
        self._injectors = injectors
        self._clock = clock
        self._timing = timing
        self._closed = False
        self._over: set[str] = set()
        self._turning: set[str] = set()
        self._said_unheld: set[str] = set()
        self._judging = threading.Lock()
        self._seen: dict[str, int] = {}
        self._present_at: dict[str, float] = {}
        self._latest: dict[frozenset[str], Intent] = {}

    def close(self) -> None:
        """From here on nothing is applied any more. A plain flag: signal handlers set it too, and must take no lock."""
        self._closed = True

    def apply(self, planned: PlannedFault) -> None:
        """Apply one fault; what became of it is in the log. Raises nothing of the engine's."""
        injector = self._injectors[planned.binding.injector]
        name = new_marker(self._log.drill, self._clock.wall(), self._marks())
        try:
            intent = injector.plan(
                planned.fault, self._restrict_to_previewed(planned), name, Deadline.after(APPLY_SECONDS)
            )
            intent = replace(intent, lease=min(intent.lease, self._timing.max_lease))
            self._log.append_durably(NewEvent(Intended(intent)))
        except (Refused, StoreError) as error:
            why = error.wrong if isinstance(error, Refused) else str(error)
            self._log.append(NewEvent(ApplyRefused(name, why)))
            return
        if not self._log.owned():
            raise Fenced(self._log.drill)
        if self._closed:
            self._log.append(NewEvent(ApplyRefused(name, "the drill was halted first")))
            return
        self._latest[intent.resource_keys] = intent
        self._record_outcome(planned, intent, injector.apply(intent, intent.deadline(APPLY_SECONDS)))

    def _restrict_to_previewed(self, planned: PlannedFault) -> Binding:
        """What preflight showed people is all that may be hit, whatever has joined it since or got its name."""
        checks = [e.body for e in of_type(self._log.events, Checked) if e.body.fault == planned.fault.id]
        return replace(planned.binding, shown=checks[-1].ids or checks[-1].members if checks else ())

    def adjust(self, planned: PlannedFault) -> None:
        """The fault with other parameters: applied anew, and only then what stood before is taken back, so that what
        reverts last restores what was before the first."""
        before = [intent for intent in self.outstanding() if intent.fault == planned.fault.id]
        over = {intent.marker for intent in before} - self._over
        with self._judging:
            self._turning |= over  # written over by our own hand is no lapse
        self.apply(planned)
        if self._may_be_applied(planned, before):
            self._over |= over
            revert_all(before, self._injectors, self._log.append, self._clock, self._timing)
        else:
            self._turning -= over

    def end(self, fault: Fault) -> None:
        """End one fault as planned: revert it, verified. One that cannot be ended halts the drill."""
        intents = [intent for intent in self.outstanding() if intent.fault == fault.id]
        markers = {intent.marker for intent in intents}
        with self._judging:
            self._turning |= markers  # reverted by us is no lapse
        self._over |= markers
        record = partial(self._record, late=frozenset())
        if revert_all(intents, self._injectors, record, self._clock, self._timing):
            self._log.append(NewEvent(Halted(f"the fault {fault.id} could not be ended at its time")))
            return
        for intent in intents:
            self._log.append(NewEvent(FaultEnded(intent.marker, fault.id)))

    def _may_be_applied(self, planned: PlannedFault, before: Sequence[Intent]) -> bool:
        """Whether the turn is there, or may be; what was refused has replaced nothing."""
        there = {event.body.marker for event in of_type(self._log.events, AppliedEvent, ApplyUnknown)}
        new = [one.marker for one in self.outstanding() if one.fault == planned.fault.id and one not in before]
        return bool(there & set(new))

    def _record_outcome(self, planned: PlannedFault, intent: Intent, applied: Applied) -> None:
        if applied.outcome is ApplyOutcome.APPLIED:
            self._log.append(NewEvent(AppliedEvent(intent.marker)))
            self._verify(planned, intent)
        else:
            event = ApplyRefused if applied.outcome is ApplyOutcome.REFUSED else ApplyUnknown
            self._log.append(NewEvent(event(intent.marker, applied.reason)))

    def _verify(self, planned: PlannedFault, intent: Intent) -> None:
        known = len(self._log.events)
        presence = self._injectors[intent.injector].presence(intent, intent.deadline(LOOK_SECONDS))
        if presence is Presence.PRESENT:
            self._seen[intent.marker] = known
            self._present_at[intent.marker] = self._clock.monotonic()
            fault = planned.fault
            body = FaultConfirmed(intent.marker, fault.id, fault.kind, fault.target, dict(fault.params))
            self._log.append(NewEvent(body))
        else:
            why = f"the engine said applied, and read back it is {presence.value}"
            self._log.append(NewEvent(Lapsed(intent.marker, why)))

    def outstanding(self) -> list[Intent]:
        """All that still stands or may, oldest first."""
        return list(outstanding(self._log.events).values())

    def renew_and_check(self) -> None:
        """Renew what has a lease and look whether all still stands; what went without us has lapsed. All at once: an
        engine that hangs must let no lease run out at another one."""
        applied = {event.body.marker for event in of_type(self._log.events, FaultConfirmed)}
        standing = [one for one in self.outstanding() if one.marker in applied and one.marker not in self._over]
        if standing and not self._closed:
            with ThreadPoolExecutor(len(standing)) as pool:
                list(pool.map(self._attend, standing))

    def _attend(self, intent: Intent) -> None:
        injector, known = self._injectors[intent.injector], len(self._log.events)
        leased = injector.leased if intent.lease else None
        renewal = leased.renew(intent, intent.lease, intent.deadline(LOOK_SECONDS)) if leased else None
        presence = injector.presence(intent, intent.deadline(LOOK_SECONDS))
        with self._judging:
            if not self._closed and intent.marker not in self._turning:
                self._judge(intent, renewal, presence, known)

    def _judge(self, intent: Intent, renewal: Renewal | None, presence: Presence, known: int) -> None:
        if presence in _LOSS_TEXT:
            self._over.add(intent.marker)
            held = presence is Presence.MODIFIED and renewal is not Renewal.LAPSED
            by_responders = self._is_removal_by_responders(intent, presence)
            seen, how = self._seen[intent.marker], _LOSS_TEXT[presence]
            self._log.append(
                attribute_loss(self._log.events, intent, seen, how, held=held, by_responders=by_responders)
            )
            return
        if presence is Presence.PRESENT:
            self._seen[intent.marker] = known
            self._present_at[intent.marker] = self._clock.monotonic()
        if renewal is Renewal.LAPSED:
            self._warn_lease_lost(
                intent, "it stands" if presence is Presence.PRESENT else "whether it stands cannot be seen"
            )

    def _is_removal_by_responders(self, intent: Intent, presence: Presence) -> bool:
        """True if the scenario counts on their removal, and neither an expired lease nor a lost target explains it."""
        expired = intent.lease and self._clock.monotonic() - self._present_at[intent.marker] >= intent.lease
        return self._removed_by_responders and presence is not Presence.TARGET_GONE and not expired

    def _warn_lease_lost(self, intent: Intent, how: str) -> None:
        """It would not end by itself any more: said once."""
        if intent.marker not in self._said_unheld:
            self._said_unheld.add(intent.marker)
            say = f"what held {intent.marker} at its place is gone; {how}, and only the guardian process is behind it"
            self._log.append(NewEvent(Problem(say)))

    def revert_all(self) -> list[Intent]:
        """Take everything back; returns what is left. An apply of unknown outcome is then watched until it has
        been quiet long enough."""
        self.close()
        late = unconfirmed_markers(self._log.events)
        pending = self.outstanding()
        left = revert_all(pending, self._injectors, lambda draft: self._record(draft, late), self._clock, self._timing)
        watched = [intent for intent in pending if intent.marker in late and intent not in left]
        left += wait_for_quiescence(watched, self._injectors, self._log.append, self._clock, self._timing)
        if not left and pending:
            self._log.append(reverted_event(self._log.events, self._clock.monotonic()))
        return left

    def unsettled(self) -> list[str]:
        """Return what the targets of the drill's faults are still recovering from, each once."""
        return [text for intent in self._latest.values() if (text := self._settled(intent))]

    def _settled(self, intent: Intent) -> str:
        checkable = self._injectors[intent.injector].checkable
        text = checkable.settled(intent, intent.deadline(LOOK_SECONDS)) if checkable else ""
        return f"target {intent.target}: {text}" if text else ""

    def _record(self, draft: NewEvent, late: frozenset[str]) -> None:
        body = draft.body
        if isinstance(body, FaultReverted) and body.marker in late:
            return
        if isinstance(body, FaultKept):
            self._record_superseding_fault(body.marker)
        self._log.append(left_to_gone(self._log.events, draft))

    def _record_superseding_fault(self, mark: str) -> None:
        """A fault of ours may have taken it with it so shortly before the end that nobody looked."""
        seen = None if mark in self._over else self._seen.get(mark)
        for intent in self.outstanding() if seen is not None else ():
            if intent.marker == mark and (by := last_fault_since(self._log.events, seen or 0, intent)):
                self._log.append(NewEvent(Removed(mark, intent.fault, by_fault=by)))

    def _marks(self) -> frozenset[str]:
        return frozenset(event.body.marker for event in of_type(self._log.events, Intended))
