"""Who plays what this afternoon: the rotation's proposal, and what a no-show changes. Names stay with the person at
the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gameday.model import Role
from gameday.people.roster import Person, Roster
from gameday.people.rotation import Assignment, DrillSlot, rotate
from gameday.people.turn_order import RoleRecord


@dataclass(frozen=True)
class Cast:
    """One drill's roles. `missing`: ids of those who did not come. Without a roster it is empty."""

    roster: Roster
    history: tuple[RoleRecord, ...]
    slot: DrillSlot
    seed: int
    missing: frozenset[str] = frozenset()

    @cached_property
    def assignment(self) -> Assignment:
        return rotate(self.present_roster, self.history, self.slot, self.seed)

    @property
    def present_roster(self) -> Roster:
        """The roster without those who did not come."""
        people = tuple(one for one in self.roster.people if one.id not in self.missing)
        return Roster(people, self.roster.team)

    def mark_absent(self, person: str) -> Cast:
        """Who did not come is replaced by the rotation; presence counts, no reason is asked."""
        return replace(self, missing=self.missing | {person})

    def name(self, person: str) -> str:
        return next((one.name for one in self.roster.people if one.id == person), person)

    def holders(self) -> list[tuple[Role, str]]:
        """Role and person's id, in the order of the roles."""
        held = self.assignment.holders
        return [(role, person) for role in Role for person in held.get(role, ())]

    def available(self) -> list[str]:
        """Ids of who could have played."""
        return [one.id for one in self.present_roster.people if self._free(one)]

    def _free(self, one: Person) -> bool:
        return not one.on_call and one.free(self.slot.start, self.slot.end)

    def junior_first(self) -> list[tuple[Role, str]]:
        """Role and person's id, those of the least time in the trade first: so they speak before others have."""
        level = {one.id: one.level for one in self.roster.people}
        return sorted(self.holders(), key=lambda pair: (pair[0] is Role.FACILITATOR, level[pair[1]]))


def unfilled_roles(cast: Cast, needed: Sequence[Role]) -> list[Role]:
    """The needed roles that nobody fills; the facilitator's is filled by who is at the keyboard."""
    return [role for role in cast.assignment.unfilled if role in roles_besides_facilitator(needed)]


def roles_besides_facilitator(needed: Sequence[Role]) -> list[Role]:
    """The needed roles without the facilitator's."""
    return [role for role in needed if role is not Role.FACILITATOR]
