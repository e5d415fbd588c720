"""The assignment of roles for the next drill: pure, and the same for the same inputs.

Never broken: presence, the real on-call, a declined role, one role each, a mentor above the IC who is not their
manager. The rest gives way in this order: not the same role twice running, readiness for a supporting role, a wanted
role, readiness to facilitate, a turn, a junior in command. Needed roles are filled first. The reasons say what gave
way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from gameday.model import Role
from gameday.people.incident_command import IncidentCommand, choose_command, is_ready_for, senior_level
from gameday.people.roster import Person, Roster
from gameday.people.supporting_roles import assign_supporting_roles
from gameday.people.turn_order import RoleRecord, TurnOrder
from gameday.units import format_role

__all__ = ["Assignment", "RoleRecord", "UpcomingDrill", "rotate"]

COMMAND_ROLES = (Role.IC, Role.MENTOR)
_NO_JUNIOR = "no junior can command this time"
_NO_MENTOR = "no mentor to spare for a junior IC"


@dataclass(frozen=True, slots=True)
class UpcomingDrill:
    """The drill to fill: `start` and `end` in wall seconds, the roles it needs and the roles it would like.

    `id` breaks ties: the same id and history give the same assignment.
    """

    id: str
    start: float
    end: float
    needed: tuple[Role, ...]
    wanted: tuple[Role, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """All roles, the needed ones first."""
        return tuple(dict.fromkeys((*self.needed, *self.wanted)))


@dataclass(frozen=True, slots=True)
class Assignment:
    """The person ids by role, the unfilled roles, and the reasons as short sentences.

    All of this is kept apart from events, which say that a role is held but not by whom.
    """

    holders: Mapping[Role, tuple[str, ...]]
    unfilled: tuple[Role, ...]
    reasons: tuple[str, ...]


def rotate(roster: Roster, history: Sequence[RoleRecord], drill: UpcomingDrill, seed: int = 0) -> Assignment:
    """Fill the drill's roles. `history`: role records of earlier drills, oldest first.

    IC and mentor come first, chosen as a pair from all possible pairs (a team has at most 30 people), then the others.
    A junior who commands always has a mentor, wanted by the scenario or not; without a mentor a senior commands.
    """
    roster = replace(roster, people=tuple(p for p in roster.people if p.is_member(drill.start, drill.end)))
    present = tuple(p for p in roster.people if not p.on_call and p.is_free(drill.start, drill.end))
    turns, senior = TurnOrder(roster, history, drill.id, seed), senior_level(roster.people)
    command = None
    if Role.IC in drill.roles:
        command = choose_command(present, senior, turns, drill.needed, drill.roles)
    holders = dict(command.holders) if command else {}
    assigned = {person.id for person in holders.values()}
    rest = [person for person in present if person.id not in assigned]
    needed = [role for role in drill.needed if role not in COMMAND_ROLES]
    wanted = [role for role in drill.wanted if role not in COMMAND_ROLES and role not in needed]
    holders |= assign_supporting_roles(rest, turns, needed, wanted)
    return Assignment(
        holders=MappingProxyType({role: (person.id,) for role, person in holders.items()}),
        unfilled=tuple(role for role in drill.roles if role not in holders),
        reasons=tuple(_explain(drill.roles, holders, command, turns, present)),
    )


def mentions(reason: str, name: str) -> bool:
    """Return True if the reason is about the person of that name."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", reason) is not None


def _explain(
    roles: Sequence[Role],
    holders: Mapping[Role, Person],
    command: IncidentCommand | None,
    turns: TurnOrder,
    present: Sequence[Person],
) -> Iterator[str]:
    """Yield a sentence for the command, for each concession, and for each role left empty, without any count."""
    if Role.IC in roles:
        yield _explain_command(command, present, turns, holders.get(Role.FACILITATOR))
    for role, person in holders.items():
        if role is not Role.IC and role not in person.roles:
            yield f"{format_role(role)}: {person.name} (no one else is available)"
        elif role is not Role.IC and turns.held_last(person, role):
            yield f"{format_role(role)}: {person.name} (same as last drill)"
    unfilled = (role for role in roles if role not in holders and role is not Role.IC)
    yield from (f"{format_role(role)}: unfilled (no one is available)" for role in unfilled)


def _explain_command(
    command: IncidentCommand | None, present: Sequence[Person], turns: TurnOrder, facilitator: Person | None
) -> str:
    if command is None:
        is_junior = any(is_ready_for(person, Role.IC) for person in present)
        return f"IC: unfilled ({_NO_MENTOR if is_junior else 'no one here can command'})"
    name = command.ic.name
    again = " (same as last drill)" if turns.held_last(command.ic, Role.IC) else ""
    if command.mentor and command.junior:
        pairing = f"{command.mentor.name} (has paired with {name} least often)"
        return f"IC: {name}{again or ' (next in turn)'}; mentor: {pairing}"
    if command.mentor:
        return f"IC: {name} ({_NO_JUNIOR}){again}; mentor: {command.mentor.name}"
    if (deputy := next((person for person in command.deputies if person != facilitator), None)) is None:
        return f"IC: {name} ({_NO_MENTOR if command.deputies else _NO_JUNIOR}){again}"
    return f"IC: {name} ({_NO_MENTOR}){again}; deputy: {deputy.name} (junior)"
