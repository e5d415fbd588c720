"""One role each: how many roles some people can fill at all."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.model import Role
from gameday.people.roster import Person


def most_filled(roles: Sequence[Role], people: Sequence[Person]) -> int:
    """The size of the largest matching (augmenting paths, after Kuhn), where all may do what they did not decline."""
    held: dict[str, Role] = {}

    def place(role: Role, tried: set[str]) -> bool:
        for person in people:
            if role in person.declined or person.id in tried:
                continue
            tried.add(person.id)
            if person.id not in held or place(held[person.id], tried):
                held[person.id] = role
                return True
        return False

    return sum(place(role, set()) for role in roles)
