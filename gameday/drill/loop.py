"""Loop of a drill: ask the facilitator what is due, perform it, record what happened, repeat."""

from __future__ import annotations

import threading

from gameday.clock import Clock
from gameday.drill import facilitator
from gameday.drill.action_runner import ActionRunner
from gameday.drill.decisions import (
    AdjustFault,
    ApplyFault,
    Decision,
    EndFault,
    FinishDrill,
    PerformStep,
    RevertAfterStop,
    SendMessage,
    StartAction,
    decision_events,
)
from gameday.drill.inbox import Inbox
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.drill.message_rules import belongs_to_incident
from gameday.drill.observers import ObserverGroup
from gameday.drill.reading_collector import ReadingCollector
from gameday.drill.view import View
from gameday.events import (
    DecisionAwaited,
    Halted,
    MachineSuspended,
    NewEvent,
    RevertStarted,
    statement,
)
from gameday.model import EndReason, Plan, ScriptStep, Source
from gameday.store.protocols import Fenced

TICK_INTERVAL_S = 0.1
OWNERSHIP_CHECK_INTERVAL_S = 1.0
SUSPEND_THRESHOLD_S = 5.0


class Loop:
    """Loop of one drill from its start until something ends it."""

    def __init__(
        self,
        plan: Plan,
        log: Log,
        ledger: Ledger,
        collector: ReadingCollector,
        observers: ObserverGroup,
        actions: ActionRunner,
        inbox: Inbox,
        view: View,
        clock: Clock,
        wake: threading.Event,
    ) -> None:
        self._plan = plan
        self._log = log
        self._ledger = ledger
        self._collector = collector
        self._observers = observers
        self._actions = actions
        self._inbox = inbox
        self._view = view
        self._clock = clock
        self._wake = wake
        self._performed_steps: set[int] = set()
        self._performed_requests: set[int] = set()
        self._ownership_checked_at = clock.monotonic()
        self._suspended = clock.suspended_seconds()
        self._resumptions = self._halt_requests = 0

    def run(self) -> FinishDrill:
        """Run until an ending is due and return it. Raises Fenced when another process took the drill over."""
        while True:
            self._wake.clear()
            self.process_input()
            if self._log.lost:
                return FinishDrill(EndReason.FAILED, self._log.lost)
            now = self._clock.monotonic()
            for decision in facilitator.decide(self._plan, self._log.state, now):
                if isinstance(decision, FinishDrill):
                    self._judge_last_readings(decision)
                    return decision
                self._perform(decision)
            self._wait()

    def _judge_last_readings(self, finish: FinishDrill) -> None:
        """Check that the faults are present still, so that the last readings count; no halt waits for that."""
        if finish.reason is not EndReason.HALTED:
            self._ledger.renew_and_check()
            self.process_input()

    def process_input(self) -> None:
        """Process new readings, requests of people, and events that other processes appended."""
        for reading in self._collector.drain():
            if not self._is_stopped:
                self._observers.feed(reading)
        self._record_suspend()
        if not self._is_stopped:
            self._log.append(*self._observers.poll(self._clock.monotonic(), self._log.state))
        self._halt_requests = self._inbox.halt_requests
        self._log.append(*self._inbox.drain())
        self._reopen_if_resumed()
        self._check_ownership()
        self._view.tick(self._clock.monotonic(), self._log.state)

    @property
    def _is_stopped(self) -> bool:
        """True after STOP until a resume: readings are of a system without faults, and say nothing of them."""
        return self._log.state.stop.stopped_at is not None

    def _record_suspend(self) -> None:
        """Record that the machine slept: durations measured meanwhile are lower bounds."""
        slept, self._suspended = self._clock.suspended_seconds() - self._suspended, self._clock.suspended_seconds()
        if slept > SUSPEND_THRESHOLD_S:
            self._log.append(NewEvent(MachineSuspended(round(slept, 1))))

    def _check_ownership(self) -> None:
        now = self._clock.monotonic()
        if now - self._ownership_checked_at >= OWNERSHIP_CHECK_INTERVAL_S:
            self._ownership_checked_at = now
            self._log.read_events_of_others()
            self._log.is_owned()
        if self._log.fenced:
            raise Fenced(self._log.drill)

    def _wait(self) -> None:
        now = self._clock.monotonic()
        soonest = facilitator.next_decision_at(self._plan, self._log.state, now)
        self._clock.wait(self._wake, TICK_INTERVAL_S if soonest is None else min(TICK_INTERVAL_S, soonest - now))

    def _perform(self, decision: Decision) -> None:
        match decision:
            case ApplyFault(planned):
                self._ledger.apply(planned)
            case AdjustFault(planned):
                self._ledger.adjust(planned)
            case SendMessage() if self._is_untimely(decision):
                return
            case EndFault(fault):
                self._ledger.end(fault)
            case RevertAfterStop():
                self._revert_after_stop()
            case PerformStep(index, step) if index not in self._performed_steps:
                self._performed_steps.add(index)
                self._perform_step(index, step)
            case StartAction(index, action) if index not in self._performed_requests:
                self._performed_requests.add(index)
                self._actions.start(action, None, Source.HUMAN)
            case _:
                self._log.append(*decision_events(decision, self._plan))

    def _is_untimely(self, decision: SendMessage) -> bool:
        """Return True if service is back at the moment: "it hangs" would be untrue. The message is due again later."""
        state = self._log.state
        is_requested = decision.entry in state.interventions.sent_now
        if is_requested or not belongs_to_incident(decision.message):
            return False
        return self._observers.is_service_back_now(self._clock.monotonic(), state)

    def _revert_after_stop(self) -> None:
        """Revert all faults; what cannot be reverted ends the drill."""
        self._log.append(NewEvent(RevertStarted("STOP", len(self._ledger.outstanding()))))
        judged = self._observers.stop(self._clock.monotonic(), self._log.state)
        outstanding = self._ledger.revert_all()
        self._log.append(*judged)
        if outstanding:
            self._log.append(NewEvent(Halted("a fault could not be reverted after STOP")))
        else:
            self._log.append(NewEvent(DecisionAwaited()))

    def _reopen_if_resumed(self) -> None:
        """Apply faults again after a resume, unless a later STOP or halt is already on its way."""
        resumptions, self._resumptions = self._resumptions, self._log.state.stop.resumptions
        if self._resumptions == resumptions:
            return
        self._observers.resume_after_stop()
        self._ledger.allow_applies()
        if self._inbox.halt_requests != self._halt_requests:
            self._ledger.forbid_applies()

    def _perform_step(self, index: int, step: ScriptStep) -> None:
        if step.moment is not None:
            self._log.append(NewEvent(statement(step.moment, step=index), source=Source.SCRIPT))
            return
        self._actions.start(step.action, index, Source.SCRIPT)
