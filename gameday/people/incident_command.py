"""Who commands, and who is beside them: incident commander and mentor are chosen as a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gameday.model import Role
from gameday.people.matching import most_filled
from gameday.people.roster import Person
from gameday.people.turn_order import TurnOrder


@dataclass(frozen=True, slots=True)
class IncidentCommand:
    """An IC with a mentor; or alone, with a junior deputy where there is one."""

    ic: Person
    mentor: Person | None
    deputy: Person | None
    junior: bool
    """Whether the IC is one: then there is a mentor."""

    @property
    def holders(self) -> Mapping[Role, tuple[Person, ...]]:
        held = {Role.IC: (self.ic,)}
        return {**held, Role.MENTOR: (self.mentor,)} if self.mentor else held


def senior_level(people: Sequence[Person]) -> int:
    """The level from which one commands alone: the lowest of those who are ready to mentor, else the highest."""
    mentors = [person.level for person in people if Role.MENTOR in person.roles]
    return min(mentors) if mentors else max((person.level for person in people), default=0)


def is_ready_for(person: Person, role: Role) -> bool:
    """Ready for it, and did not decline it."""
    return role in person.roles and role not in person.declined


def may_mentor(mentor: Person, ic: Person) -> bool:
    """At least one level above, and not whom the IC reports to."""
    return is_ready_for(mentor, Role.MENTOR) and mentor.level > ic.level and ic.manager != mentor.id


def choose_command(
    present: Sequence[Person], senior: int, turns: TurnOrder, needed: Sequence[Role], mentor_asked: bool
) -> IncidentCommand | None:
    """The best of all pairs and of all who may command alone; None when there is nobody.

    In this order: most needed roles filled, a junior with a mentor, the IC's turn, the fewest earlier meetings of
    the pair, the mentor's turn, a stable hash. A senior has a mentor only where one is asked for."""

    def rank(option: IncidentCommand) -> tuple[int, int, tuple[int, str], int, tuple[int, str]]:
        pair = option.mentor
        return (
            _missing(present, option, needed),
            _concession_rank(option),
            turns.sort_key(option.ic, Role.IC),
            turns.times_paired(option.ic, pair) if pair else 0,
            turns.sort_key(pair, Role.MENTOR) if pair else (0, ""),
        )

    return min([*_pairs(present, senior, mentor_asked), *_alone(present, senior, turns)], key=rank, default=None)


def _pairs(present: Sequence[Person], senior: int, mentor_asked: bool) -> Iterator[IncidentCommand]:
    for ic in present:
        if is_ready_for(ic, Role.IC) and (ic.level < senior or mentor_asked):
            for mentor in present:
                if mentor.id != ic.id and may_mentor(mentor, ic):
                    yield IncidentCommand(ic, mentor, None, junior=ic.level < senior)


def _alone(present: Sequence[Person], senior: int, turns: TurnOrder) -> Iterator[IncidentCommand]:
    """Never a junior. One who is not ready to command comes last of all."""
    juniors = [person for person in present if person.level < senior and is_ready_for(person, Role.IC)]
    deputy = min(juniors, key=lambda person: turns.sort_key(person, Role.IC), default=None)
    for ic in present:
        if ic.level >= senior and Role.IC not in ic.declined:
            yield IncidentCommand(ic, None, deputy, junior=False)


def _concession_rank(option: IncidentCommand) -> int:
    """What a command gives up: nothing, a junior at the head, a mentor too, readiness too."""
    if option.mentor:
        return 0 if option.junior else 1
    return 2 if Role.IC in option.ic.roles else 3


def _missing(present: Sequence[Person], option: IncidentCommand, needed: Sequence[Role]) -> int:
    """How many needed roles would be left without anybody."""
    taken = {person.id for held in option.holders.values() for person in held}
    rest = [person for person in present if person.id not in taken]
    sides = [role for role in needed if role not in (Role.IC, Role.MENTOR)]
    no_mentor = Role.MENTOR in needed and option.mentor is None
    return len(sides) - most_filled(sides, rest) + no_mentor
