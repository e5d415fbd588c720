"""Runner: the process that owns a drill from its first event to its end, with a guardian beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from gameday.clock import Clock
from gameday.drill import phase
from gameday.drill.action_runner import ActionRunner
from gameday.drill.background_checks import BackgroundChecks
from gameday.drill.chat_requests import NOBODY, ChatPeople
from gameday.drill.closing import DrillClosing
from gameday.drill.control import drill_registry, facilitator_token
from gameday.drill.control.request_handler import ControlRequestHandler
from gameday.drill.control.socket_server import SocketServer
from gameday.drill.decisions import FinishDrill
from gameday.drill.drill_record import WRITE_GRACE_S, DrillRecord, DrillResult
from gameday.drill.inbox import Inbox
from gameday.drill.injector_registry import InjectorRegistry
from gameday.drill.ledger import Ledger
from gameday.drill.loop import TICK_INTERVAL_S, Loop
from gameday.drill.observers import ObserverGroup
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.planning import planned_event
from gameday.drill.preflight import Preflight
from gameday.drill.published_log import begin_log
from gameday.drill.reading_collector import ReadingCollector, sampled_signals
from gameday.drill.reservations import Reservations
from gameday.drill.revert.guardian_supervisor import GuardianSupervisor
from gameday.drill.revert.owed_cleanups import not_undone_error
from gameday.drill.revert.restore_actions import actions_to_restore, make_command_context, restore_actions
from gameday.drill.start_gate import StartCancelled, wait_for_start
from gameday.drill.view import View
from gameday.errors import GamedayError
from gameday.events import Body, Ended, Halted, NewEvent, ProblemReported, Started
from gameday.model import EndReason, Mode, Phase, Plan
from gameday.moments import Moment
from gameday.plugins.types import Intent
from gameday.store.outstanding import owed_cleanups
from gameday.store.paths import DataFolder, unusable_runtime_folder
from gameday.store.protocols import DrillStore, Fenced, StoreError
from gameday.timing import DEFAULT_TIMING, Timing

RouteSignals = Callable[[Callable[[str], None]], None]
"""Called with the function that ends the drill in order, which takes a signal's name: the caller has the handlers."""


class Runner:
    """Runner of one drill. `afterwards`: command that the guardian runs after its reverts; `opening`: first events."""

    def __init__(
        self, plan: Plan, store: DrillStore, folder: DataFolder, injectors: InjectorRegistry, view: View, clock: Clock,
        token: str, route_signals: RouteSignals, afterwards: Sequence[str] = (), place: str = "",
        timing: Timing = DEFAULT_TIMING, opening: Sequence[Body] = (), chat_people: ChatPeople = NOBODY,
    ) -> None:  # fmt: skip
        self._plan = plan
        self._store, self._folder = store, folder
        self._injectors = injectors
        self._view = view
        self._clock = clock
        self._token, self._digest = token, facilitator_token.digest_token(token)
        self._route_signals = route_signals
        self._afterwards = afterwards
        self._place = place
        self._timing = timing
        self._opening, self._chat_people = opening, chat_people
        self._wake, self._over = threading.Event(), threading.Event()

    def run(self) -> DrillResult:
        """Run the drill. Raises Refused when preflight refuses; then nothing was touched, and the drill is closed."""
        plan = self._plan
        self._log = begin_log(self._store, plan, self._digest, self._view, self._chat_people)
        by_responders = plan.scenario.removed_by_responders
        self._commands = make_command_context(plan.drill, self._log.append, plan.environment)
        self._inbox = Inbox(lambda: self._ledger.forbid_applies())
        self._reservations = Reservations(plan.environment, self._log, self._injectors, self._inbox.put, self._timing)
        self._ledger = Ledger(
            self._log, self._injectors, self._clock, self._timing, by_responders, self._reservations.find_obstacle,
            plan.environment.silence, self._reservations.find_stop_order,
        )  # fmt: skip
        self._record = DrillRecord(plan, self._folder, self._log, self._commands, self._place)
        self._route_signals(self._inbox.interrupt)
        self._view.begin(plan)
        with ExitStack() as stack:
            try:
                self._open(stack)
            except OSError as error:
                self._close_failed_start(str(error))
                raise unusable_runtime_folder(error) from error
            except Exception as error:
                self._close_failed_start(str(error))
                raise
            try:
                return self._preflight_and_run()
            except Fenced:
                return DrillResult(plan.drill, fenced=True)

    def _open(self, stack: ExitStack) -> None:
        stack.callback(self._view.end)
        stack.callback(self._log.flush, WRITE_GRACE_S)  # the last readings
        stack.callback(self._log.close_channels)
        stack.callback(self._over.set)
        stack.callback(self._reservations.close)
        self._log.append(*map(NewEvent, (planned_event(self._plan), *self._opening)))
        self._record.register()
        facilitator_token.save_token(self._plan.drill, self._token)
        self._collector = ReadingCollector(
            self._plan.environment, sampled_signals(self._plan), self._log.save_readings, self._clock,
            self._wake, self._view.reading
        )  # fmt: skip
        stack.callback(self._collector.stop)
        server = SocketServer(
            self._record.running.socket_path,
            ControlRequestHandler(self._plan, self._log, self._collector, self._inbox, self._clock, self._wake),
        )
        stack.callback(server.close)
        self._guardian = GuardianSupervisor(
            self._plan.drill, self._folder, self._record.running.journal_path, self._plan.injectors, self._afterwards,
            self._guardian_lost, self._end_ownership, self._timing,
        )  # fmt: skip

    def _close_failed_start(self, why: str) -> None:
        """Close a drill that was not touched and has no guardian, so that nobody takes it for an orphan."""
        self._log.append(NewEvent(Ended(EndReason.REFUSED, why)))
        phase.change_phase(self._log, Phase.DONE)
        drill_registry.unregister(self._plan.drill)

    def _preflight_and_run(self) -> DrillResult:
        phase.change_phase(self._log, Phase.PREFLIGHT)
        preflight = Preflight(
            self._plan, self._collector, self._injectors, self._log, self._clock, self._wait_in_preflight,
            self._commands, self._reservations,
        )  # fmt: skip
        try:
            baseline = preflight.run()
            self._guardian.wait_ready()
            if self._plan.mode is not Mode.REHEARSAL:
                wait_for_start(self._log, self._clock, self._wait_in_preflight)
                preflight.recheck(baseline)
        except StartCancelled as halted:
            return self._close_unstarted(EndReason.HALTED, str(halted))
        except (GamedayError, StoreError) as error:
            why = getattr(error, "wrong", str(error))
            if owed := self._close_unstarted(EndReason.REFUSED, why).owed:  # the load may run: that is not refused
                raise not_undone_error(owed, why) from error
            raise
        return self._run_drill(baseline)

    def _close_unstarted(self, reason: EndReason, why: str) -> DrillResult:
        restore_actions(actions_to_restore(self._log.events), self._log.events, self._commands)
        self._log.append(NewEvent(Ended(reason, why)))
        phase.change_phase(self._log, Phase.DONE)
        unwritten = self._record.wait_until_written()
        self._guardian.dismiss()
        return self._result([], unwritten)

    def _run_drill(self, baseline: BaselineValues) -> DrillResult:
        observers = ObserverGroup(self._plan, baseline, self._ledger.confirmed_until)
        actions = ActionRunner(self._plan.environment, self._log, self._wake.set, self._commands.folder)
        loop = Loop(
            self._plan, self._log, self._ledger, self._collector, observers, actions, self._inbox, self._view,
            self._clock, self._wake
        )  # fmt: skip
        phase.change_phase(self._log, Phase.RUNNING)
        self._ledger.silence_alerts()
        hidden = [planned.at.after for planned in self._plan.faults if planned.at.moment is Moment.START]
        self._log.append(NewEvent(Started(round(min(hidden, default=0.0), 3))))
        BackgroundChecks(
            self._plan.environment, self._record.running, self._log, self._ledger, self._inbox, self._clock,
            self._view.tick, self._over, self._timing.incident_interval,
        ).start()  # fmt: skip
        finish = self._run_loop(loop)
        self._ledger.forbid_applies()
        self._guardian.announce_revert()
        closing = DrillClosing(
            self._plan, self._log, self._ledger, self._collector, observers, baseline, self._clock,
            self._wait_while_closing, actions, self._commands, self._timing
        )  # fmt: skip
        return self._dismiss_guardian(self._close(closing, finish))

    def _close(self, closing: DrillClosing, finish: FinishDrill) -> list[Intent]:
        """Close the drill; if that fails, revert all the same, and the guardian records the end."""
        try:
            return closing.run(finish)
        except Exception as error:
            self._log.append(NewEvent(ProblemReported(f"{type(error).__name__}: {error}")))
            if left := self._ledger.revert_all():
                return left
            raise

    def _run_loop(self, loop: Loop) -> FinishDrill:
        """Run the loop; if it fails, the reverts still follow."""
        try:
            return loop.run()
        except Fenced:
            raise
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            self._log.append(NewEvent(ProblemReported(text)))
            return FinishDrill(EndReason.FAILED, f"gameday failed: {text}")

    def _dismiss_guardian(self, left: list[Intent]) -> DrillResult:
        if self._log.fenced:
            raise Fenced(self._plan.drill)
        reason = self._record.wait_until_written(is_closed=not left)
        if left:
            self._guardian.leave_to_guardian()
        else:
            self._guardian.dismiss()
        return self._result(left, reason)

    def _result(self, left: list[Intent], reason: str) -> DrillResult:
        unwritten = self._log.events if reason else ()
        owed = owed_cleanups(self._log.events)
        return DrillResult(self._plan.drill, left, unwritten=unwritten, unwritten_reason=reason, owed=owed)

    def _wait_in_preflight(self, seconds: float) -> None:
        """Wait in preflight. Raises StartCancelled when somebody ends the drill."""
        until = self._clock.monotonic() + seconds
        while True:
            requests = self._inbox.drain()
            self._collector.drain()  # so that the screen shows the readings
            self._log.append(*requests)
            if self._log.state.halt_reason:
                raise StartCancelled(self._log.state.halt_reason)
            self._view.tick(self._clock.monotonic(), self._log.state)
            left = until - self._clock.monotonic()
            if left <= 0:
                return
            self._clock.wait(threading.Event(), min(TICK_INTERVAL_S, left))

    def _wait_while_closing(self, seconds: float) -> None:
        """Wait while closing; requests are recorded and change nothing."""
        self._log.append(*self._inbox.drain())
        self._view.tick(self._clock.monotonic(), self._log.state)
        self._clock.wait(self._wake, seconds)  # a reading ends it
        self._wake.clear()

    def _end_ownership(self) -> None:
        """Apply nothing any more: the guardian has taken over, even if it could not say so in the store yet."""
        self._ledger.forbid_applies()
        self._log.fenced = True

    def _guardian_lost(self, why: str) -> None:
        """Handle a lost guardian: another was started (`why` empty), or none can be and the drill halts."""
        halted = Halted(f"no guardian protects the faults: {why}")
        self._inbox.put(NewEvent(halted if why else ProblemReported("the guardian was lost; another one was started")))
