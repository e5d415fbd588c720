"""Swaps and declined drills: recorded without a reason, checked against the plan, removed when their day is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gameday.app.rotation import WEEK_S, PlannedDrill, hosted_schedules, list_slots, plan_rotation
from gameday.errors import BadArguments, Refused
from gameday.suggestions import suggest_word

if TYPE_CHECKING:
    from gameday.app.role_assignment import RosterFile
    from gameday.model import Role
    from gameday.people.roster import Person, Roster
    from gameday.people.rotation_changes import RotationChange

MAX_WEEKS_AHEAD = 104
_SEE = "See the drills: gameday rotation plan"


@dataclass(frozen=True, slots=True)
class Turns:
    """A person's turns. `last`: role and week of the last turn in each role, the latest first."""

    person: Person
    last: list[tuple[Role, str]]
    drills: list[PlannedDrill]


def explain_turns(file: RosterFile, name: str, weeks: int, now: float) -> Turns:
    """Return what explains a person's turns in the drills that come. Raises BadArguments and InvalidFiles."""
    from gameday.people.role_history import load_role_records

    roster = _read(file)
    person = find_person(roster, name)
    records = load_role_records(file.history, roster.team)
    last = {record.role: record.week for record in records if record.person == person.id}
    drills = plan_rotation(file, weeks, now)
    return Turns(person, sorted(last.items(), key=lambda turn: turn[1], reverse=True), drills)


def find_person(roster: Roster, text: str) -> Person:
    """Return the person of that id or name. Raises BadArguments."""
    matches = [person for person in roster.people if text == person.id] or [
        person for person in roster.people if text.casefold() == person.name.casefold()
    ]
    if len(matches) == 1:
        return matches[0]
    ids = [person.id for person in roster.people]
    if matches:
        raise BadArguments(f"{text!r}: several people have this name",
                           f"Name an id: {', '.join(each.id for each in matches)}")  # fmt: skip
    known = [*ids, *(person.name for person in roster.people)]
    raise BadArguments(f"{text!r} is not in the roster", suggest_word(text, known) or f"People: {', '.join(ids)}")


def swap_people(file: RosterFile, first: str, second: str, day: str, now: float) -> list[PlannedDrill]:
    """Record that two people swap roles on a day; return the drills of that day as they are then.

    Raises BadArguments, InvalidFiles, and Refused if a rule forbids the swap.
    """
    from gameday.people.role_swap import find_swap_obstacle
    from gameday.people.rotation_changes import RotationChange

    roster = _read(file)
    people = [find_person(roster, text) for text in (first, second)]
    if people[0].id == people[1].id:
        raise BadArguments(f"{first} and {second} are the same person", "Name two people")
    change = RotationChange(day, *sorted(person.id for person in people))
    changes = _load_for_new(file, roster, change, now)
    drills = _drills_on(file, roster, day, now, [*changes, change])
    for drill in drills:
        if obstacle := find_swap_obstacle(drill.cast.assignment, roster, change.person, change.other):
            raise Refused(obstacle, _SEE)
    _save(file, roster, [*changes, change], now)
    return drills


def decline_drill(file: RosterFile, name: str, day: str, now: float) -> list[PlannedDrill]:
    """Record that a person declines the drills of a day; return them as they are then. Their swaps end.

    Raises BadArguments and InvalidFiles.
    """
    from gameday.people.rotation_changes import RotationChange

    roster = _read(file)
    change = RotationChange(day, find_person(roster, name).id)
    changes = [each for each in _load_for_new(file, roster, change, now)
               if each.day != day or not each.other or not each.concerns(change.person)]  # fmt: skip
    _save(file, roster, [*changes, change], now)
    return _drills_on(file, roster, day, now, [*changes, change])


def undo_changes(file: RosterFile, name: str, day: str, now: float) -> list[PlannedDrill]:
    """Remove the swaps and declined drills of a person on a day; return its drills. Raises as `swap_people`."""
    from gameday.people.rotation_changes import load_changes

    roster = _read(file)
    person = find_person(roster, name)
    changes = load_changes(file.changes, roster.team)
    kept = [change for change in changes if change.day != day or not change.concerns(person.id)]
    if len(kept) == len(changes):
        raise BadArguments(f"{person.name} has no swap and no declined drill on {day}", _SEE)
    _save(file, roster, kept, now)
    return _drills_on(file, roster, day, now, kept)


def _load_for_new(file: RosterFile, roster: Roster, change: RotationChange, now: float) -> tuple[RotationChange, ...]:
    """Return the recorded changes, to which this one can be added. Raises BadArguments if it cannot."""
    from gameday.people.rotation_changes import load_changes

    changes = load_changes(file.changes, roster.team)
    _check_day(roster, change.day, now)
    if change in changes:
        raise BadArguments(f"already recorded for {change.day}", _SEE)
    return changes


def _check_day(roster: Roster, day: str, now: float) -> None:
    """Raise BadArguments for a day in the past, too far ahead, or without a drill although drills are scheduled."""
    from gameday.app.schedules import load_schedules
    from gameday.files.calendar_spans import parse_day
    from gameday.people.rotation_plan import local_day

    try:
        parse_day(day)
    except ValueError as error:
        raise BadArguments(f"--on: {error}") from None
    today, last = local_day(roster, now), local_day(roster, now + MAX_WEEKS_AHEAD * WEEK_S)
    if not today <= day <= last:
        raise BadArguments(f"--on: {day} is not a day from today, {today}, to {last}", _SEE)
    days = {local_day(roster, each.slot.start) for each in list_slots(roster, _weeks_until(day, now), now)}
    if day not in days and hosted_schedules(load_schedules()):
        raise BadArguments(f"no drill with people on {day}", _SEE)


def _drills_on(
    file: RosterFile, roster: Roster, day: str, now: float, changes: Sequence[RotationChange]
) -> list[PlannedDrill]:
    from gameday.people.rotation_plan import local_day

    planned = plan_rotation(file, _weeks_until(day, now), now, changes=changes)
    return [drill for drill in planned if local_day(roster, drill.cast.slot.start) == day]


def _weeks_until(day: str, now: float) -> int:
    """Return the weeks to plan so that the whole day is among them."""
    return max(1, int((datetime.fromisoformat(day).timestamp() - now) / WEEK_S) + 2)


def _save(file: RosterFile, roster: Roster, changes: Sequence[RotationChange], now: float) -> None:
    from gameday.people.rotation_changes import save_changes
    from gameday.people.rotation_plan import local_day

    try:
        save_changes(file.changes, roster.team, changes, local_day(roster, now))
    except OSError as error:
        raise Refused(f"cannot write {file.changes}: {error.strerror or error}", "Nothing was changed") from None


def _read(file: RosterFile) -> Roster:
    from gameday.files.roster import read_roster

    return read_roster(file.path)
