"""The roles of one drill: the rotation's proposal, and its changes when somebody does not show up."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gameday.model import Role
from gameday.people.role_swap import swap_roles
from gameday.people.roster import Person, Roster
from gameday.people.rotation import Assignment, UpcomingDrill, rotate
from gameday.people.rotation_changes import RotationChange
from gameday.people.turn_order import RoleRecord


@dataclass(frozen=True)
class Cast:
    """The people and roles of one drill. `missing`: ids of those who did not come; `changes`: those of its day."""

    roster: Roster
    history: tuple[RoleRecord, ...]
    slot: UpcomingDrill
    missing: frozenset[str] = frozenset()
    changes: tuple[RotationChange, ...] = ()

    @cached_property
    def assignment(self) -> Assignment:
        """The rotation's assignment of the people who are present, after the day's swaps."""
        roster = self.present_roster
        assignment = rotate(roster, self.history, self.slot)
        for change in self.changes:
            if change.other:
                assignment = swap_roles(assignment, roster, self.slot, change.person, change.other)
        return assignment

    @property
    def present_roster(self) -> Roster:
        """The roster without those who did not come; who declined this drill is away."""
        away = (self.slot.start, self.slot.end)
        people = tuple(
            replace(person, busy=(*person.busy, away)) if self.has_declined(person.id) else person
            for person in self.roster.people
            if person.id not in self.missing
        )
        return replace(self.roster, people=people)

    def has_declined(self, person_id: str) -> bool:
        """Return True if the person declined the drill of this day."""
        return any(change.person == person_id and not change.other for change in self.changes)

    def mark_absent(self, person_id: str) -> Cast:
        """Return the cast after the rotation replaced somebody who did not come."""
        return replace(self, missing=self.missing | {person_id})

    def name(self, person_id: str) -> str:
        """Return the person's name, or the id if the roster does not have it."""
        return self.roster.name(person_id)

    def holders(self) -> list[tuple[Role, str]]:
        """Return (role, person id), in the order of the roles."""
        holders = self.assignment.holders
        return [(role, person_id) for role in Role for person_id in holders.get(role, ())]

    def available(self) -> list[str]:
        """Return the ids of the people who could take part."""
        return [person.id for person in self.present_roster.people if self._is_available(person)]

    def _is_available(self, person: Person) -> bool:
        return not person.on_call and person.is_free(self.slot.start, self.slot.end)

    def junior_first(self) -> list[tuple[Role, str]]:
        """Return (role, person id), the most junior first, so that they speak before the others."""
        levels = {person.id: person.level for person in self.roster.people}
        return sorted(self.holders(), key=lambda pair: (pair[0] is Role.FACILITATOR, levels[pair[1]]))


def unfilled_roles(cast: Cast, needed: Sequence[Role]) -> list[Role]:
    """Return the needed roles that nobody fills; the person at the keyboard is the facilitator."""
    return [role for role in cast.assignment.unfilled if role in roles_besides_facilitator(needed)]


def missing_roles(required: Sequence[Role], filled: Container[Role]) -> list[Role]:
    """Return the required roles that are not filled; the person at the keyboard is the facilitator."""
    return [role for role in roles_besides_facilitator(required) if role not in filled]


def roles_besides_facilitator(needed: Sequence[Role]) -> list[Role]:
    """Return the needed roles without the facilitator's."""
    return [role for role in needed if role is not Role.FACILITATOR]
