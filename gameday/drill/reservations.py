"""Places that one drill reserves on the engines of its environment, so that no drill of another machine runs there.

The drill's owner renews them; if its machine dies, they expire by themselves. A fault is applied only while they hold.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

from gameday.drill.checked_reservable import CheckedReservable
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.log import Log
from gameday.drill.start_conditions import CheckResult
from gameday.errors import Refused
from gameday.events import Event, Halted, Intended, NewEvent, of_type
from gameday.model import Binding, Environment, Json, Phase
from gameday.plugins.reservation import Reservation
from gameday.plugins.types import Deadline
from gameday.process_identity import ProcessIdentity, current_process, pid_namespace
from gameday.timing import Timing

RESERVE_TIMEOUT_S = 5.0
RENEW_TIMEOUT_S = 3.0
RENEWALS_PER_LEASE = 6
"""Renewals in the time that a reservation lasts: some may fail."""


def holder_name(drill: str) -> str:
    """Return the identity of a drill's owner: its drill, and the process of this machine."""
    process = current_process()
    return "/".join([drill, process.host, str(process.pid), f"{process.born:.0f}", process.boot, pid_namespace()])


def is_dead_here(holder: str) -> bool:
    """Return True if the holder is a process of this machine that has ended; what cannot be judged is alive."""
    with suppress(ValueError):
        _drill, host, pid, born, boot, namespace = holder.split("/", 5)
        process = ProcessIdentity(host, int(pid), float(born), boot)
        return namespace == pid_namespace() and process.alive() is False
    return False


class Reservations:
    """Reservations of one drill. `put` queues an event for the drill's loop."""

    def __init__(
        self, environment: Environment, log: Log, injectors: InjectorLookup, put: Callable[[NewEvent], None],
        timing: Timing,
    ) -> None:  # fmt: skip
        self._environment, self._log, self._injectors = environment, log, injectors
        self._put, self._seconds = put, timing.reservation
        self._held: list[tuple[CheckedReservable, Reservation]] = []
        self._over = threading.Event()

    def acquire(self) -> list[CheckResult]:
        """Reserve every place of the environment, and renew them from now on; return a check for each."""
        checks = [self._reserve(*place) for place in list_places(self._environment, self._injectors)]
        if self._held:
            threading.Thread(target=self._keep_renewing, name="reservations", daemon=True).start()
        return checks

    def _reserve(self, reservable: CheckedReservable, binding: Binding) -> CheckResult:
        deadline, holder = Deadline.after(RESERVE_TIMEOUT_S), holder_name(self._log.drill)
        try:
            held = reservable.reserve(binding, holder, self._seconds, is_dead_here, deadline)
        except Refused as refused:
            return CheckResult("reservation", False, refused.wrong, refused.todo)
        self._held.append((reservable, held))
        return CheckResult("reservation", True, f"{held.place} is reserved for this drill (epoch {held.epoch})")

    def find_obstacle(self) -> str:
        """Return why no fault may be applied now; empty while the drill holds all of its places."""
        for reservable, held in self._held:
            try:
                if not reservable.renew_reservation(held, Deadline.after(RENEW_TIMEOUT_S)):
                    return f"the drill has lost its reservation of {held.place}: another drill may run there"
            except Refused as refused:
                return f"cannot confirm that {held.place} is still reserved for this drill: {refused.wrong}"
        return ""

    def find_stop_order(self) -> str:
        """Return the order to stop all drills in one of the places; empty for none, or if no engine answers."""
        for reservable, held in self._held:
            with suppress(Refused):
                if order := reservable.find_stop_order(held, Deadline.after(RENEW_TIMEOUT_S)):
                    return order
        return ""

    def _keep_renewing(self) -> None:
        """Renew until the end; halt a drill that lost a place. A failure may pass before the reservation expires."""
        lost = ""
        while not lost and not self._over.wait(self._seconds / RENEWALS_PER_LEASE):
            for reservable, held in self._held:
                with suppress(Refused):
                    if not reservable.renew_reservation(held, Deadline.after(RENEW_TIMEOUT_S)):
                        lost = held.place
        if lost and not self._over.is_set():
            self._put(NewEvent(Halted(f"the reservation of {lost} was lost: another drill may run there")))

    def close(self) -> None:
        """Stop to renew; release the places if the drill is closed, else they expire once no process reverts for it."""
        self._over.set()
        if self._log.state.phase is not Phase.DONE or self._log.fenced:
            return
        for reservable, held in self._held:
            with suppress(Refused):
                reservable.release_reservation(held, Deadline.after(RENEW_TIMEOUT_S))


def remove_recorded_reservations(drill: str, events: Sequence[Event], injectors: InjectorLookup) -> None:
    """Remove what a drill that was taken over has reserved, where it applied faults. The rest expires by itself."""
    intents = [event.body.intent for event in of_type(events, Intended)]
    for intent in {str(intent.address): intent for intent in intents}.values():
        with suppress(Refused, KeyError):  # an injector that is not available here
            if (reservable := injectors[intent.injector].reservable) is not None:
                _remove(reservable, intent.address, {drill})


def remove_dead_reservations(environment: Environment, injectors: InjectorLookup, dead: Collection[str]) -> None:
    """Remove what these and other dead drills have reserved. What cannot be removed now expires by itself."""
    with suppress(Refused):
        for reservable, binding in list_places(environment, injectors):
            _remove(reservable, reservable.reservation_address(binding), dead)


def _remove(reservable: CheckedReservable, address: Mapping[str, Json], dead: Collection[str]) -> None:
    def is_dead(holder: str) -> bool:
        return holder.partition("/")[0] in dead or is_dead_here(holder)

    with suppress(Refused):
        reservable.remove_dead_reservation(address, is_dead, Deadline.after(RENEW_TIMEOUT_S))


def list_places(environment: Environment, injectors: InjectorLookup) -> list[tuple[CheckedReservable, Binding]]:
    """Return a target of each place that the environment's engines can reserve, always in the same order.

    Raises Refused for a target whose injector cannot be loaded."""
    places: dict[str, tuple[CheckedReservable, Binding]] = {}
    for _name, binding in sorted(environment.targets.items()):
        if (reservable := injectors[binding.injector].reservable) is not None:
            places.setdefault(reservable.reservation_place(binding), (reservable, binding))
    return [places[place] for place in sorted(places)]
