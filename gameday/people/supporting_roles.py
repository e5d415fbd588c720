"""The roles beside the command: facilitator, ops, scribe, comms, observer, one person each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gameday.model import Role
from gameday.people.roster import Person
from gameday.people.turn_order import TurnOrder

SupportingRoles = Mapping[Role, Person]
Cost = tuple[int, int, int, int, int, str]


def assign_supporting_roles(
    people: Sequence[Person], turns: TurnOrder, needed: Sequence[Role], wanted: Sequence[Role]
) -> SupportingRoles:
    """The best of all ways to fill the roles with these people.

    In this order: needed roles filled, wanted roles filled, by those who are ready for them, not the same role as
    last time, the longest waits, a stable hash. With r roles the r best people of each are enough to look at: of
    those at most r - 1 are taken by other roles."""
    roles = tuple(dict.fromkeys((*needed, *wanted)))
    choices = {role: _best(people, turns, role)[: len(roles)] for role in roles}
    ways = _iter_assignments(roles, choices, {})
    return min(ways, key=lambda way: _assignment_cost(way, turns, needed, wanted))


def _best(people: Sequence[Person], turns: TurnOrder, role: Role) -> list[Person]:
    able = [person for person in people if role not in person.declined]
    return sorted(able, key=lambda p: (role not in p.roles, turns.held_last(p, role), turns.sort_key(p, role)))


def _iter_assignments(
    roles: Sequence[Role], choices: Mapping[Role, Sequence[Person]], so_far: dict[Role, Person]
) -> Iterator[SupportingRoles]:
    if not roles:
        yield dict(so_far)
        return
    role, rest = roles[0], roles[1:]
    taken = {person.id for person in so_far.values()}
    free = [person for person in choices[role] if person.id not in taken]
    for person in free:
        yield from _iter_assignments(rest, choices, {**so_far, role: person})
    yield from _iter_assignments(rest, choices, so_far)


def _assignment_cost(way: SupportingRoles, turns: TurnOrder, needed: Sequence[Role], wanted: Sequence[Role]) -> Cost:
    return (
        sum(role not in way for role in needed),
        sum(role not in way for role in wanted),
        sum(role not in person.roles for role, person in way.items()),
        sum(turns.held_last(person, role) for role, person in way.items()),
        sum(turns.sort_key(person, role)[0] for role, person in way.items()),
        "".join(turns.tie_breaker(person) for person in way.values()),
    )
