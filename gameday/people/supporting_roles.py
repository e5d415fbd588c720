"""The roles besides IC and mentor: facilitator, ops, scribe, comms, observer, one person each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gameday.model import Role
from gameday.people.roster import Person
from gameday.people.turn_order import TurnOrder

SupportingRoles = Mapping[Role, Person]
Cost = tuple[int, bool, int, int, int, int, str]


def assign_supporting_roles(
    people: Sequence[Person], turns: TurnOrder, needed: Sequence[Role], wanted: Sequence[Role]
) -> SupportingRoles:
    """Return the best assignment of these people to the roles.

    Criteria in order: needed roles filled, a facilitator who is ready, wanted roles filled, people who are ready, not
    the same role as last time, the longest waits, a stable hash. With r roles it is enough to consider the r best
    people of each: at most r - 1 of them are taken by other roles.
    """
    roles = tuple(dict.fromkeys((*needed, *wanted)))
    candidates = {role: _rank(people, turns, role)[: len(roles)] for role in roles}
    assignments = _iter_assignments(roles, candidates, {})
    return min(assignments, key=lambda assignment: _assignment_cost(assignment, turns, needed, wanted))


def count_fillable(roles: Sequence[Role], people: Sequence[Person]) -> int:
    """Return how many of the roles these people can fill at once (largest matching, augmenting paths after Kuhn)."""
    role_of: dict[str, Role] = {}

    def place(role: Role, visited: set[str]) -> bool:
        for person in people:
            if role in person.declined or person.id in visited:
                continue
            visited.add(person.id)
            if person.id not in role_of or place(role_of[person.id], visited):
                role_of[person.id] = role
                return True
        return False

    return sum(place(role, set()) for role in roles)


def _rank(people: Sequence[Person], turns: TurnOrder, role: Role) -> list[Person]:
    able = [person for person in people if role not in person.declined]
    return sorted(able, key=lambda p: (role not in p.roles, turns.held_last(p, role), turns.sort_key(p, role)))


def _iter_assignments(
    roles: Sequence[Role], candidates: Mapping[Role, Sequence[Person]], so_far: dict[Role, Person]
) -> Iterator[SupportingRoles]:
    if not roles:
        yield dict(so_far)
        return
    role, rest = roles[0], roles[1:]
    assigned = {person.id for person in so_far.values()}
    free = [person for person in candidates[role] if person.id not in assigned]
    for person in free:
        yield from _iter_assignments(rest, candidates, {**so_far, role: person})
    yield from _iter_assignments(rest, candidates, so_far)


def _assignment_cost(
    assignment: SupportingRoles, turns: TurnOrder, needed: Sequence[Role], wanted: Sequence[Role]
) -> Cost:
    facilitator = assignment.get(Role.FACILITATOR)
    return (
        sum(role not in assignment for role in needed),
        facilitator is not None and Role.FACILITATOR not in facilitator.roles,
        sum(role not in assignment for role in wanted),
        sum(role not in person.roles for role, person in assignment.items()),
        sum(turns.held_last(person, role) for role, person in assignment.items()),
        sum(turns.sort_key(person, role)[0] for role, person in assignment.items()),
        "".join(turns.tie_breaker(person) for person in assignment.values()),
    )
