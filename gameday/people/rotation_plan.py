"""The roles of drills to come: the same rotation as `gameday run`, with each planned drill as history of the next."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gameday.clock import parse_zone
from gameday.model import Role
from gameday.people.cast import Cast
from gameday.people.role_history import create_role_records, next_slot_id
from gameday.people.roster import Person, Roster
from gameday.people.rotation import UpcomingDrill, mentions
from gameday.people.rotation_changes import RotationChange
from gameday.people.turn_order import RoleRecord
from gameday.units import format_role


@dataclass(frozen=True, slots=True)
class DrillSlot:
    """A time for a drill, in wall seconds, with its needed and wanted roles."""

    start: float
    end: float
    needed: tuple[Role, ...]
    wanted: tuple[Role, ...] = ()


def propose(roster: Roster, records: Sequence[RoleRecord], changes: Sequence[RotationChange], slot: DrillSlot) -> Cast:
    """Return the rotation's proposal for one drill. `records`: those of earlier drills, oldest first."""
    drill = UpcomingDrill(next_slot_id(records), slot.start, slot.end, slot.needed, slot.wanted)
    day = local_day(roster, slot.start)
    return Cast(roster, tuple(records), drill, changes=tuple(change for change in changes if change.day == day))


def plan_drills(
    roster: Roster, records: Sequence[RoleRecord], changes: Sequence[RotationChange], slots: Iterable[DrillSlot]
) -> Iterator[Cast]:
    """Yield the proposal for each drill, as if those before had been held as planned."""
    held = list(records)
    for slot in slots:
        cast = propose(roster, held, changes, slot)
        yield cast
        held = [replace(record, drill="") for record in held]
        held += create_role_records("", slot.start, cast.junior_first(), cast.available())


def local_day(roster: Roster, instant: float) -> str:
    """Return the day in the roster's time zone, as in `2026-12-08`."""
    return f"{datetime.fromtimestamp(instant, parse_zone(roster.timezone)):%Y-%m-%d}"


def explain_absence(cast: Cast, person: Person) -> str:
    """Return why the person cannot take part in a drill; empty if they can."""
    start, end = cast.slot.start, cast.slot.end
    if start < person.joins:
        return f"joins on {local_day(cast.roster, person.joins)}"
    if end > person.leaves:
        return f"left on {local_day(cast.roster, math.nextafter(person.leaves, 0))}"
    if cast.has_declined(person.id):
        return "declined"
    if person.on_call:
        return "on call"
    return "" if person.is_free(start, end) else "away"


def explain_role(cast: Cast, person: Person) -> str:
    """Return the person's role in a drill with the rotation's reason, or why they have none; without any count."""
    if absence := explain_absence(cast, person):
        return f"not available: {absence}"
    roles = [role for role, holder in cast.holders() if holder == person.id]
    label = format_role(roles[0]) if roles else "no role"
    parts = [part for reason in cast.assignment.reasons for part in reason.split("; ")]
    own = [part.removeprefix(f"{label}: {person.name}").strip(" ()").replace(") (", ", ")
           for part in parts if part.startswith(f"{label}: {person.name} (")]  # fmt: skip
    own += [part for part in parts if part.startswith("swap of ") and mentions(part, person.name)]
    usual = "next in turn" if roles else "the roles that they are ready for went to people whose turn it is"
    return f"{label}: {'; '.join(own) or usual}"
