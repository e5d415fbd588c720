"""Who does what in the next drill: pure, and the same for the same inputs.

Hard: presence, the real on-call, a declined role, one role each, a mentor above the IC who is not their manager. The
rest gives way, first to last: not the same role twice running, readiness for a side role, a wanted role, a turn, a
junior in command. Needed roles go first. What gave way is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gameday.model import Role
from gameday.people.explanations import explain_assignment
from gameday.people.incident_command import IncidentCommand, choose_command, is_ready_for, senior_level
from gameday.people.roster import Person, Roster
from gameday.people.supporting_roles import assign_supporting_roles
from gameday.people.turn_order import RoleRecord, TurnOrder

__all__ = ["Assignment", "DrillSlot", "RoleRecord", "rotate"]

COMMAND = (Role.IC, Role.MENTOR)


@dataclass(frozen=True, slots=True)
class DrillSlot:
    """The drill that is filled: `start` and `end` in wall seconds; the roles it needs and those it would like."""

    id: str
    start: float
    end: float
    needed: tuple[Role, ...]
    wanted: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who (ids) holds which role. `unfilled`: needed or wanted, and nobody could. `reasons`: short sentences.
    `next_after`: by role, the id of whose turn comes next: an order, never a number. A record of its own: events
    say that a role is held, not by whom."""

    holders: Mapping[Role, tuple[str, ...]]
    unfilled: tuple[Role, ...]
    reasons: tuple[str, ...]
    next_after: Mapping[Role, str]


def rotate(roster: Roster, history: Sequence[RoleRecord], drill: DrillSlot, seed: int) -> Assignment:
    """Fill the drill's roles. `history`: who held what in earlier drills, oldest first, and who was available then.

    IC and mentor first, as a pair and exhaustively (a team is at most 30 people), then the others. A junior who
    commands always has a mentor, asked for or not; without one a senior commands."""
    present = tuple(person for person in roster.people if not person.on_call and person.free(drill.start, drill.end))
    turns, senior = TurnOrder(roster, history, drill.id, seed), senior_level(roster.people)
    asked = tuple(dict.fromkeys((*drill.needed, *drill.wanted)))
    command = choose_command(present, senior, turns, drill.needed, Role.MENTOR in asked) if Role.IC in asked else None
    held = {role: held[0] for role, held in command.holders.items()} if command else {}
    taken = {person.id for person in held.values()}
    rest = [person for person in present if person.id not in taken]
    needed = [role for role in drill.needed if role not in COMMAND]
    wanted = [role for role in drill.wanted if role not in COMMAND and role not in needed]
    held |= assign_supporting_roles(rest, turns, needed, wanted)
    return Assignment(
        holders=MappingProxyType({role: (person.id,) for role, person in held.items()}),
        unfilled=tuple(role for role in asked if role not in held),
        reasons=explain_assignment(asked, held, command, turns, present),
        next_after=MappingProxyType(_next(roster, turns, held, command, senior)),
    )


def _next(
    roster: Roster, turns: TurnOrder, held: Mapping[Role, Person], command: IncidentCommand | None, senior: int
) -> dict[Role, str]:
    """Whose turn comes next in each role that is held now; a junior's place in command goes to a junior."""
    found: dict[Role, str] = {}
    for role, holder in held.items():
        players = (person for person in roster.people if not person.on_call and person.id != holder.id)
        able = [person for person in players if is_ready_for(person, role)]
        if role is Role.IC and command and command.junior:
            able = [person for person in able if person.level < senior] or able
        if able:
            found[role] = min(able, key=lambda person: turns.sort_key(person, role)).id
    return found
