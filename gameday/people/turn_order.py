"""Whose turn it is: the longest wait counted in drills one could have come to. The count never leaves this room."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median_low

from gameday.model import Role
from gameday.people.roster import Person, Roster


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """Who held a role in an earlier drill, and who (ids) was available then. `drill` is empty once its review is
    closed; the week remains."""

    drill: str
    week: str
    person: str
    role: Role
    available: frozenset[str]


@dataclass(slots=True)
class PastDrill:
    """One earlier drill: who was there, and who held what."""

    available: set[str] = field(default_factory=set[str])
    holders: dict[Role, set[str]] = field(default_factory=dict[Role, set[str]])


class TurnOrder:
    """The order in which people come to a role, after an earlier drills' record (oldest first).

    Absence neither loses nor gains a place, and a newcomer enters at the median: so leaving and coming back gains
    nothing. Ties go by a hash that is the same everywhere (not `hash()`, which changes with each process)."""

    def __init__(self, roster: Roster, history: Sequence[RoleRecord], drill: str, seed: int) -> None:
        self._people = roster.people
        self._past = _drills(history)
        self._salt = f"{seed}:{drill}"
        self._waits: dict[Role, dict[str, int]] = {}

    def sort_key(self, person: Person, role: Role) -> tuple[int, str]:
        """Sorts people by whose turn it is: the smallest comes first."""
        waits = self._waits.get(role)
        if waits is None:
            waits = self._waits[role] = self._waits_for(role)
        wait = waits[person.id] if person.id in waits else self._entry(waits, role)
        return -wait, self.tie_breaker(person)

    def tie_breaker(self, *people: Person) -> str:
        """Settles what is equal, the same for the same seed, drill and people."""
        said = ":".join([self._salt, *(person.id for person in people)])
        return hashlib.sha256(said.encode()).hexdigest()

    def times_paired(self, ic: Person, mentor: Person) -> int:
        """How often these two were IC and mentor together."""
        return sum(
            ic.id in past.holders.get(Role.IC, ()) and mentor.id in past.holders.get(Role.MENTOR, ())
            for past in self._past
        )

    def held_last(self, person: Person, role: Role) -> bool:
        """Whether they held this role in the drill before."""
        return bool(self._past) and person.id in self._past[-1].holders.get(role, ())

    def _waits_for(self, role: Role) -> dict[str, int]:
        waits: dict[str, int] = {}
        for past in self._past:
            entry = self._entry(waits, role)
            for person in past.available:
                waits.setdefault(person, entry)
                waits[person] = 0 if person in past.holders.get(role, ()) else waits[person] + 1
        return waits

    def _entry(self, waits: dict[str, int], role: Role) -> int:
        """Where a newcomer enters: at the median of those who take turns in this role."""
        turns = [waits[person.id] for person in self._people if role in person.roles and person.id in waits]
        return median_low(turns) if turns else 0


def _drills(history: Sequence[RoleRecord]) -> list[PastDrill]:
    """The record by drill, in its order; without a drill's name, by its week and who was there."""
    found: dict[tuple[str, str, frozenset[str]], PastDrill] = {}
    for held in history:
        key = (held.drill, "", frozenset[str]()) if held.drill else ("", held.week, held.available)
        past = found.setdefault(key, PastDrill())
        past.available |= held.available | {held.person}
        past.holders.setdefault(held.role, set()).add(held.person)
    return list(found.values())
