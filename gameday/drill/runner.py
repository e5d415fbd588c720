"""The runner: one process that owns a drill from its first event to ENDEX, with a guardian beside it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from gameday.clock import Clock
from gameday.contract import Intent
from gameday.drill import phase
from gameday.drill.asked import Asked
from gameday.drill.closing import Closing
from gameday.drill.due import Finish
from gameday.drill.gauges import Gauges, sampled
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.drill.loop import TICK, Loop
from gameday.drill.planning import described
from gameday.drill.preflight import Preflight
from gameday.drill.reach import discovery, token
from gameday.drill.reach.answers import Answers
from gameday.drill.reach.discovery import Found
from gameday.drill.reach.door import Door
from gameday.drill.registry import Registry
from gameday.drill.roll_call import Halted, until_begun
from gameday.drill.undo.companion import Companion
from gameday.drill.undo.handback import commands, hand_back, owed
from gameday.drill.view import View
from gameday.drill.watching import Watching
from gameday.drill.watching.follower import Ground
from gameday.errors import GamedayError
from gameday.events import Draft
from gameday.identity import me
from gameday.model import EndReason, Mode, Phase, Plan
from gameday.store.sqlite import Fenced, Store, StoreFull

ATTEND_EVERY = 1.5


@dataclass(frozen=True, slots=True)
class Ended:
    """How a drill ended: `left` could not be taken back; `fenced`: another process owns it now."""

    drill: str
    left: Sequence[Intent] = ()
    fenced: bool = False


class Runner:
    """`afterwards`: the command that the guardian runs after its reverts when we are gone (a demo to stop)."""

    def __init__(
        self, plan: Plan, store: Store, injectors: Registry, view: View, clock: Clock, facilitators_token: str,
        afterwards: Sequence[str] = (), place: str = "",
    ) -> None:  # fmt: skip
        self._plan = plan
        self._store = store
        self._injectors = injectors
        self._view = view
        self._clock = clock
        self._token = facilitators_token
        self._afterwards = afterwards
        self._place = place
        self._wake = threading.Event()
        self._over = threading.Event()

    def run(self) -> Ended:
        """Raises Refused when preflight refuses; the drill is closed then, and nothing was touched."""
        plan = self._plan
        digest = token.digest(self._token)
        epoch = self._store.begin(plan.drill, plan.environment.name, plan.mode.value, digest, me())
        self._log = Log(self._store, plan.drill, epoch, self._view.event)
        self._ledger = Ledger(self._log, self._injectors, self._clock)
        self._asked = Asked(self._ledger.close)
        self._asked.take_signals()
        self._view.begin(plan)
        with ExitStack() as stack:
            try:
                self._open(stack)
            except Exception as error:
                self._not_opened(str(error))
                raise
            try:
                return self._play()
            except Fenced:
                return Ended(plan.drill, fenced=True)

    def _open(self, stack: ExitStack) -> None:
        found = Found(self._plan.drill, self._plan.environment.name, self._store.path, self._place)
        stack.callback(self._view.end)
        stack.callback(self._over.set)
        self._log.append(Draft("planned", described(self._plan)))
        discovery.leave(found)
        token.keep(self._plan.drill, self._token)
        self._gauges = Gauges(
            self._plan.environment, sampled(self._plan), self._store, self._plan.drill, self._clock, self._wake
        )
        stack.callback(self._gauges.stop)
        door = Door(found.door, Answers(self._plan, self._log, self._gauges, self._asked, self._clock, self._wake))
        stack.callback(door.close)
        names = sorted({planned.binding.injector for planned in self._plan.faults})
        self._companion = Companion(
            self._plan.drill,
            self._store.path,
            names,
            commands(self._plan.environment),
            self._afterwards,
            self._guardian_lost,
        )

    def _not_opened(self, why: str) -> None:
        """Nothing was touched, and no guardian stands: the drill is closed, so that nobody takes it for an orphan."""
        self._log.append(Draft("end", {"reason": EndReason.REFUSED, "say": why}))
        phase.change(self._log, Phase.DONE)
        discovery.put_away(self._plan.drill)

    def _play(self) -> Ended:
        phase.change(self._log, Phase.PREFLIGHT)
        preflight = Preflight(self._plan, self._gauges, self._injectors, self._log, self._clock, self._pause)
        try:
            ground = preflight.run()
            self._companion.wait_ready()
            if self._plan.mode is not Mode.REHEARSAL:
                until_begun(self._log, self._clock, self._pause)
                preflight.again(ground)
        except Halted as halted:
            return self._never_began(EndReason.HALTED, str(halted))
        except (GamedayError, StoreFull) as error:
            self._never_began(EndReason.REFUSED, getattr(error, "wrong", str(error)))
            raise
        return self._drill(ground)

    def _never_began(self, reason: EndReason, why: str) -> Ended:
        hand_back(owed(self._log.events), commands(self._plan.environment), self._log.append)
        self._log.append(Draft("end", {"reason": reason, "say": why}))
        phase.change(self._log, Phase.DONE)
        self._companion.dismiss()
        discovery.put_away(self._plan.drill)
        return Ended(self._plan.drill)

    def _drill(self, ground: Ground) -> Ended:
        watching = Watching(self._plan, ground)
        loop = Loop(
            self._plan,
            self._log,
            self._ledger,
            self._gauges,
            watching,
            self._asked,
            self._view,
            self._clock,
            self._wake,
        )
        phase.change(self._log, Phase.RUNNING)
        delay = min((planned.start for planned in self._plan.faults), default=0.0)
        self._log.append(Draft("startex", {"delay": round(delay, 3)}))
        threading.Thread(target=self._attend, daemon=True).start()
        finish = self._until_finished(loop)
        self._ledger.close()
        self._companion.reverting()
        closing = Closing(
            self._plan,
            self._log,
            self._ledger,
            self._gauges,
            watching,
            ground,
            self._clock,
            self._pause_on,
            loop.settle,
        )
        return self._closed(self._close(closing, finish))

    def _close(self, closing: Closing, finish: Finish) -> list[Intent]:
        """Whatever goes wrong in closing, the reverts are done; then the guardian writes the drill's end."""
        try:
            return closing.run(finish)
        except Exception as error:
            self._log.append(Draft("trouble", {"say": f"{type(error).__name__}: {error}"}))
            if self._ledger.revert_all():
                return self._ledger.outstanding()
            raise

    def _until_finished(self, loop: Loop) -> Finish:
        """Whatever goes wrong in the loop, the reverts come after it."""
        try:
            return loop.run()
        except Fenced:
            raise
        except Exception as error:
            say = f"{type(error).__name__}: {error}"
            self._log.append(Draft("trouble", {"say": say}))
            return Finish(EndReason.FAILED, f"the program itself failed: {say}")

    def _closed(self, left: list[Intent]) -> Ended:
        if self._log.fenced:
            raise Fenced(self._plan.drill)
        if left:
            self._companion.hand_over()
        else:
            self._companion.dismiss()
            discovery.put_away(self._plan.drill)
        return Ended(self._plan.drill, left)

    def _attend(self) -> None:
        while not self._over.wait(ATTEND_EVERY):
            self._ledger.attend()

    def _pause(self, seconds: float) -> None:
        """Wait in preflight; raises Halted when somebody asked to end."""
        until = self._clock.monotonic() + seconds
        while True:
            asked = self._asked.drafts()
            self._gauges.new()  # the screen shows them
            self._log.append(*asked)
            if self._log.state.halt:
                raise Halted(self._log.state.halt)
            self._view.tick(self._clock.monotonic(), self._log.state)
            left = until - self._clock.monotonic()
            if left <= 0:
                return
            self._clock.wait(threading.Event(), min(TICK, left))

    def _pause_on(self, seconds: float) -> None:
        """Wait while closing; what is asked now is written down, and changes nothing."""
        self._log.append(*self._asked.drafts())
        self._view.tick(self._clock.monotonic(), self._log.state)
        self._clock.wait(threading.Event(), seconds)

    def _guardian_lost(self, why: str) -> None:
        """The guardian was lost: another stands (why empty), or none can be had and the drill is halted."""
        if why:
            self._asked.add(Draft("halt", {"why": f"no guardian stands behind the faults: {why}"}))
        else:
            self._asked.add(Draft("trouble", {"say": "the guardian was lost; another one stands"}))
