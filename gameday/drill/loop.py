"""The loop: ask the facilitator what is due, perform it, append what happened, ask again."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from gameday.clock import Clock
from gameday.drill import facilitator
from gameday.drill.actions import LONGEST, run_command
from gameday.drill.asked import Asked
from gameday.drill.due import Apply, Dial, Due, Finish, Step, Take
from gameday.drill.gauges import Gauges
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.drill.telling import told
from gameday.drill.view import View
from gameday.drill.watching import Watching
from gameday.events import Draft
from gameday.model import Json, Plan, ScriptStep, Source
from gameday.store.sqlite import Fenced

TICK = 0.1
OWNED_EVERY = 1.0
ASLEEP = 5.0


class Loop:
    """One drill from STARTEX until something ends it. `run` returns why; raises Fenced when another process took
    the drill over."""

    def __init__(
        self, plan: Plan, log: Log, ledger: Ledger, gauges: Gauges, watching: Watching, asked: Asked, view: View,
        clock: Clock, wake: threading.Event,
    ) -> None:  # fmt: skip
        self._plan = plan
        self._log = log
        self._ledger = ledger
        self._gauges = gauges
        self._watching = watching
        self._asked = asked
        self._view = view
        self._clock = clock
        self._wake = wake
        self._begun: set[int] = set()
        self._taken: set[int] = set()
        self._acting: list[threading.Thread] = []
        self._owned_at = clock.monotonic()
        self._suspended = clock.suspended()

    def run(self) -> Finish:
        """Until an ending is due."""
        while True:
            self._wake.clear()
            self.listen()
            now = self._clock.monotonic()
            for what in facilitator.due(self._plan, self._log.state, now):
                if isinstance(what, Finish):
                    return what
                self._perform(what)
            self._wait()

    def listen(self) -> None:
        """Take in readings, what people asked, and what other processes appended."""
        for reading in self._gauges.new():
            self._watching.feed(reading)
            self._view.reading(reading)
        self._woke()
        self._log.append(*self._watching.look(self._clock.monotonic(), self._log.state))
        self._log.append(*self._asked.drafts())
        self._still_ours()
        self._view.tick(self._clock.monotonic(), self._log.state)

    def _woke(self) -> None:
        """A machine that slept: what was timed meanwhile is only known to be longer."""
        slept, self._suspended = self._clock.suspended() - self._suspended, self._clock.suspended()
        if slept > ASLEEP:
            self._log.append(Draft("asleep", {"seconds": round(slept, 1)}))

    def _still_ours(self) -> None:
        now = self._clock.monotonic()
        if now - self._owned_at >= OWNED_EVERY:
            self._owned_at = now
            self._log.poll()
            self._log.owned()
        if self._log.fenced:
            raise Fenced(self._log.drill)

    def _wait(self) -> None:
        now = self._clock.monotonic()
        soonest = facilitator.next_at(self._plan, self._log.state, now)
        self._clock.wait(self._wake, TICK if soonest is None else min(TICK, soonest - now))

    def _perform(self, what: Due) -> None:
        match what:
            case Apply(planned):
                self._ledger.apply(planned)
            case Dial(planned):
                self._ledger.dial(planned)
            case Step(index, step) if index not in self._begun:
                self._begun.add(index)
                self._step(index, step)
            case Take(index, action) if index not in self._taken:
                self._taken.add(index)
                self._begin_action(action, {}, Source.HUMAN)
            case _:
                self._log.append(*told(what, self._plan))

    def _step(self, index: int, step: ScriptStep) -> None:
        if step.moment is not None:
            say = f"(scripted) {step.moment.value.replace('-', ' ')}"
            self._log.append(Draft(step.moment.value, {"say": say, "step": index}, source=Source.SCRIPT))
            return
        self._begin_action(step.action, {"step": index}, Source.SCRIPT)

    def _begin_action(self, action: str, about: Mapping[str, Json], source: Source) -> None:
        thread = threading.Thread(target=self._act, args=(action, about, source), daemon=True)
        self._acting.append(thread)
        thread.start()

    def settle(self) -> None:
        """Until the actions that were begun have ended, so that none is done after it was to be handed back."""
        for thread in self._acting:
            thread.join(LONGEST)

    def _act(self, action: str, about: Mapping[str, Json], source: Source) -> None:
        self._log.append(Draft("acting", {"action": action}, source=source))
        error = run_command(self._plan.environment.actions[action].do)
        data: dict[str, Json] = {"action": action, "ok": not error, "say": error or f"{action} was done"}
        self._log.append(Draft("action", {**data, **about}, source=source))
        self._wake.set()
