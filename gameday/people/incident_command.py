"""The choice of incident commander and mentor, as a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gameday.model import Role
from gameday.people.roster import Person
from gameday.people.supporting_roles import count_fillable
from gameday.people.turn_order import TurnOrder


@dataclass(frozen=True, slots=True)
class IncidentCommand:
    """An IC with a mentor, or an IC alone with a junior deputy where there is one."""

    ic: Person
    mentor: Person | None
    deputies: tuple[Person, ...]
    """Juniors who may stand beside a senior without a mentor, the one whose turn it is first."""
    junior: bool
    """True if the IC is a junior; then there is a mentor."""

    @property
    def holders(self) -> Mapping[Role, Person]:
        """IC and mentor by role."""
        return {Role.IC: self.ic, Role.MENTOR: self.mentor} if self.mentor else {Role.IC: self.ic}


def senior_level(people: Sequence[Person]) -> int:
    """Return the lowest level that commands alone: the lowest of the mentors, else the highest of all."""
    mentors = [person.level for person in people if Role.MENTOR in person.roles]
    return min(mentors) if mentors else max((person.level for person in people), default=0)


def is_ready_for(person: Person, role: Role) -> bool:
    """Return True if the person is ready for the role and did not decline it."""
    return role in person.roles and role not in person.declined


def may_mentor(mentor: Person, ic: Person) -> bool:
    """Return True if the mentor is at least one level above the IC, and not the IC's manager."""
    return is_ready_for(mentor, Role.MENTOR) and mentor.level > ic.level and ic.manager != mentor.id


def choose_command(
    present: Sequence[Person], senior: int, turns: TurnOrder, needed: Sequence[Role], roles: Sequence[Role]
) -> IncidentCommand | None:
    """Return the best pair, or the best senior alone; None if nobody can command.

    Criteria in order: needed roles filled, a junior with a mentor, the IC's longest wait, somebody left who is ready
    to facilitate, a stable hash of the IC, the fewest earlier pairings, the mentor's turn. A senior has a mentor only
    if the scenario wants one.
    """

    def rank(option: IncidentCommand) -> tuple[int, int, int, bool, str, int, tuple[int, str]]:
        pair = option.mentor
        wait, tie_breaker = turns.sort_key(option.ic, Role.IC)
        return (
            _unfilled_count(present, option, needed),
            _concession_rank(option),
            wait,
            Role.FACILITATOR in roles and _takes_the_facilitator(present, option),
            tie_breaker,
            turns.times_paired(option.ic, pair) if pair else 0,
            turns.sort_key(pair, Role.MENTOR) if pair else (0, ""),
        )

    options = [*_pairs(present, senior, Role.MENTOR in roles), *_alone(present, senior, turns)]
    return min(options, key=rank, default=None)


def _takes_the_facilitator(present: Sequence[Person], option: IncidentCommand) -> bool:
    """Return True if this choice leaves nobody who is ready to facilitate, although somebody is."""
    ready = {person.id for person in present if is_ready_for(person, Role.FACILITATOR)}
    return bool(ready) and ready <= {person.id for person in option.holders.values()}


def _pairs(present: Sequence[Person], senior: int, mentor_wanted: bool) -> Iterator[IncidentCommand]:
    for ic in present:
        if is_ready_for(ic, Role.IC) and (ic.level < senior or mentor_wanted):
            for mentor in present:
                if mentor.id != ic.id and may_mentor(mentor, ic):
                    yield IncidentCommand(ic, mentor, (), junior=ic.level < senior)


def _alone(present: Sequence[Person], senior: int, turns: TurnOrder) -> Iterator[IncidentCommand]:
    """Yield seniors who command alone, never a junior; one who is not ready ranks last."""
    juniors = [person for person in present if person.level < senior and is_ready_for(person, Role.IC)]
    deputies = tuple(sorted(juniors, key=lambda person: turns.sort_key(person, Role.IC)))
    for ic in present:
        if ic.level >= senior and Role.IC not in ic.declined:
            yield IncidentCommand(ic, None, deputies, junior=False)


def _concession_rank(option: IncidentCommand) -> int:
    """Return 0 for a junior with a mentor, then one more for each concession."""
    if option.mentor:
        return 0 if option.junior else 1
    return 2 if Role.IC in option.ic.roles else 3


def _unfilled_count(present: Sequence[Person], option: IncidentCommand, needed: Sequence[Role]) -> int:
    """Return how many needed roles this choice leaves without a person."""
    assigned = {person.id for person in option.holders.values()}
    rest = [person for person in present if person.id not in assigned]
    supporting = [role for role in needed if role not in (Role.IC, Role.MENTOR)]
    no_mentor = Role.MENTOR in needed and option.mentor is None
    return len(supporting) - count_fillable(supporting, rest) + no_mentor
