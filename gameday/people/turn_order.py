"""The order of turns by the longest wait, counted in drills a person could attend. Counts stay in this module."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from statistics import median_low

from gameday.model import Role
from gameday.people.roster import Person, Roster


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """A role that a person held in an earlier drill, and the ids of all who were available then.

    `drill` is empty once the review is closed; the week remains.
    """

    drill: str
    week: str
    person: str
    role: Role
    available: frozenset[str]


@dataclass(slots=True)
class PastDrill:
    """The available people and the role holders of one earlier drill."""

    available: set[str] = field(default_factory=set[str])
    holders: dict[Role, set[str]] = field(default_factory=dict[Role, set[str]])


class TurnOrder:
    """The order in which people take a role, from the records of earlier drills (oldest first).

    Absence neither loses nor gains a place, and a newcomer enters at the median, so leaving and coming back gains
    nothing. Ties are broken by a hash that is the same in every process, which `hash()` is not.
    """

    def __init__(self, roster: Roster, history: Sequence[RoleRecord], drill: str, seed: int) -> None:
        self._people = roster.people
        self._past = _group_by_drill(history)
        self._salt = f"{seed}:{drill}"
        self._waits: dict[Role, dict[str, int]] = {}
        self._keys: dict[tuple[str, Role], tuple[int, str]] = {}
        self._hashes: dict[str, str] = {}
        self._pairs = Counter(pair for past in self._past for pair in _list_pairs(past))

    def sort_key(self, person: Person, role: Role) -> tuple[int, str]:
        """Return a sort key; the next person in turn sorts first."""
        key = self._keys.get((person.id, role))
        if key is None:
            key = self._keys[person.id, role] = (-self._wait(person, role), self.tie_breaker(person))
        return key

    def tie_breaker(self, person: Person) -> str:
        """Return a hash that breaks ties, the same for the same seed, drill and person."""
        digest = self._hashes.get(person.id)
        if digest is None:
            digest = self._hashes[person.id] = hashlib.sha256(f"{self._salt}:{person.id}".encode()).hexdigest()
        return digest

    def times_paired(self, ic: Person, mentor: Person) -> int:
        """Return how often these two were IC and mentor together."""
        return self._pairs[ic.id, mentor.id]

    def held_last(self, person: Person, role: Role) -> bool:
        """Return True if the person held this role in the previous drill."""
        return bool(self._past) and person.id in self._past[-1].holders.get(role, ())

    def _wait(self, person: Person, role: Role) -> int:
        waits = self._waits.get(role)
        if waits is None:
            waits = self._waits[role] = self._waits_for(role)
        return waits[person.id] if person.id in waits else self._newcomer_wait(waits, role)

    def _waits_for(self, role: Role) -> dict[str, int]:
        waits: dict[str, int] = {}
        for past in self._past:
            entry = self._newcomer_wait(waits, role)
            for person in past.available:
                waits.setdefault(person, entry)
                waits[person] = 0 if person in past.holders.get(role, ()) else waits[person] + 1
        return waits

    def _newcomer_wait(self, waits: dict[str, int], role: Role) -> int:
        """Return the wait with which a newcomer enters: the median of those who take turns in this role."""
        turns = [waits[person.id] for person in self._people if role in person.roles and person.id in waits]
        return median_low(turns) if turns else 0


def _list_pairs(past: PastDrill) -> Iterator[tuple[str, str]]:
    """Yield the ids of IC and mentor of a drill."""
    return product(past.holders.get(Role.IC, ()), past.holders.get(Role.MENTOR, ()))


def _group_by_drill(history: Sequence[RoleRecord]) -> list[PastDrill]:
    """Group the records by drill in order; those without a drill's name by week and available people."""
    drills: dict[tuple[str, str, frozenset[str]], PastDrill] = {}
    for record in history:
        key = (record.drill, "", frozenset[str]()) if record.drill else ("", record.week, record.available)
        past = drills.setdefault(key, PastDrill())
        past.available |= record.available | {record.person}
        past.holders.setdefault(record.role, set()).add(record.person)
    return list(drills.values())
