"""Invitations to the planned drills, as an iCalendar file. They never name a scenario or a fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.app.rotation import WEEK_S, PlannedDrill
from gameday.errors import BadArguments, InvalidFiles, Problem
from gameday.units import format_role

if TYPE_CHECKING:
    from gameday.people.roster import Person
    from gameday.schedule.invitations import Invitation
    from gameday.schedule.schedules import Schedule

_STOP = "Anyone may stop it at any time, without a reason: STOP on the drill's page, or gameday stop."
_CHANGE = "To change it: gameday rotation swap, gameday rotation decline."


@dataclass(frozen=True, slots=True)
class WrittenInvitations:
    """Number of events in the file: those that will be, and those that are cancelled."""

    planned: int
    cancelled: int


def write_invitations(path: Path, drills: Sequence[PlannedDrill], weeks: int, now: float) -> WrittenInvitations:
    """Write the invitations to the drills of the next weeks; what the file has is updated or cancelled.

    Raises BadArguments without scheduled drills, InvalidFiles for a file that is something else.
    """
    from gameday.app.rotation import hosted_schedules
    from gameday.app.schedules import load_schedules
    from gameday.atomic_file import write_atomically
    from gameday.schedule.calendar_text import CalendarError, parse_calendar
    from gameday.schedule.invitations import format_invitations

    if not hosted_schedules(load_schedules()):
        todo = 'Add one: gameday schedule add "every tuesday 10:00 Europe/Berlin" SCENARIO --hosted'
        raise BadArguments("--ics: no drill with people is scheduled", todo)
    invitations = [_invitation(drill, drill.schedule) for drill in drills if drill.schedule]
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        text = format_invitations(invitations, before, now, now + weeks * WEEK_S)
        write_atomically(path, text)
    except CalendarError as error:
        raise InvalidFiles([Problem(str(path), error.line, 1, str(error), "name another file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise BadArguments(f"--ics: cannot write {path}: {why}", "Nothing was changed") from None
    events = [event for calendar in parse_calendar(text) for event in calendar.components if event.name == "VEVENT"]
    cancelled = sum(event.text("STATUS") == "CANCELLED" for event in events)
    return WrittenInvitations(len(events) - cancelled, cancelled)


def _invitation(drill: PlannedDrill, schedule: Schedule) -> Invitation:
    from gameday.schedule.invitations import Attendee, Invitation

    cast, people = drill.cast, {person.id: person for person in drill.cast.roster.people}
    end = cast.slot.end + (schedule.hosting.within if schedule.hosting else 0.0)
    holders = [(role, people[person_id]) for role, person_id in cast.holders()]
    return Invitation(
        key=f"{cast.roster.team}\n{schedule.name}\n{drill.scheduled:.0f}\n{drill.number}",
        start=cast.slot.start,
        end=end,
        zone=schedule.recurrence.zone,
        summary=f"[DRILL] Game day in {schedule.environment}",
        description=_describe(drill, schedule, end),
        attendees=tuple(Attendee(f"{p.name} ({format_role(role)})", p.email) for role, p in holders if p.email),
        organizer=cast.roster.email or _first_address([person for _, person in holders]),
    )


def _describe(drill: PlannedDrill, schedule: Schedule, end: float) -> str:
    cast, zone = drill.cast, schedule.recurrence.zone
    times = f"{drill.local_time:%H:%M} to {schedule.recurrence.local_time(end):%H:%M} {zone.key}"
    roles = "; ".join(f"{format_role(role)}: {cast.name(person_id)}" for role, person_id in cast.holders())
    unfilled = ", ".join(format_role(role) for role in cast.assignment.unfilled)
    lines = [
        f"A drill with people in {schedule.environment}, {times}. It is an exercise, not an incident.",
        _STOP,
        "The link to the drill's page is sent to the team's channels when it begins.",
        f"Roles: {roles or 'none'}",
        *([f"Nobody yet: {unfilled}"] if unfilled else []),
        _CHANGE,
    ]
    return "\n".join(lines)


def _first_address(people: Sequence[Person]) -> str:
    return next((person.email for person in people if person.email), "")
