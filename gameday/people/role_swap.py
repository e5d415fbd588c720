"""A swap of two people's roles, after the rotation assigned them. The rules that are never broken hold here too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from gameday.model import Role
from gameday.people.incident_command import is_ready_for, may_mentor, senior_level
from gameday.people.roster import Person, Roster
from gameday.people.rotation import Assignment, UpcomingDrill, mentions
from gameday.units import format_role

_NOT_APPLIED = " not applied: "


def swap_roles(assignment: Assignment, roster: Roster, drill: UpcomingDrill, first: str, second: str) -> Assignment:
    """Return the assignment after two people swapped their roles; one may have none.

    A swap that a rule forbids changes nothing, and the reasons say so.
    """
    exchanged = {first: second, second: first}
    holders = {role: tuple(exchanged.get(each, each) for each in ids) for role, ids in assignment.holders.items()}
    label = _label(roster, first, second)
    if obstacle := _find_obstacle(assignment.holders, holders, roster, drill, (first, second)):
        return replace(assignment, reasons=(*assignment.reasons, f"{label}{_NOT_APPLIED}{obstacle}"))
    names = [roster.name(each) for each in (first, second)]
    kept = [reason for reason in assignment.reasons if not any(mentions(reason, name) for name in names)]
    return replace(assignment, holders=MappingProxyType(holders), reasons=(*kept, label))


def find_swap_obstacle(assignment: Assignment, roster: Roster, first: str, second: str) -> str:
    """Return the reason with which `swap_roles` left this swap out; empty if it was applied."""
    start = f"{_label(roster, first, second)}{_NOT_APPLIED}"
    return next((reason for reason in assignment.reasons if reason.startswith(start)), "")


def _label(roster: Roster, first: str, second: str) -> str:
    return f"swap of {roster.name(first)} and {roster.name(second)}"


def _find_obstacle(
    before: Mapping[Role, tuple[str, ...]],
    after: Mapping[Role, tuple[str, ...]],
    roster: Roster,
    drill: UpcomingDrill,
    pair: tuple[str, str],
) -> str:
    """Return why the swap cannot be; empty if it can."""
    people = {person.id: person for person in roster.people}
    if not any(each in ids for ids in before.values() for each in pair):
        return "neither has a role"
    for each in pair:
        person = people.get(each)
        if person is None or person.on_call or not person.is_free(drill.start, drill.end):
            return f"{roster.name(each)} is not available"
    for role, ids in after.items():
        for each in ids:
            if each in pair and role in people[each].declined:
                return f"{people[each].name} declines the role {format_role(role)}"
    return _find_command_obstacle({role: people[ids[0]] for role, ids in after.items()}, roster)


def _find_command_obstacle(holders: Mapping[Role, Person], roster: Roster) -> str:
    ic, mentor = holders.get(Role.IC), holders.get(Role.MENTOR)
    if mentor and ic:
        if may_mentor(mentor, ic):
            return "" if is_ready_for(ic, Role.IC) else f"{ic.name} is not ready to be IC"
        return f"{mentor.name} cannot mentor {ic.name}"
    if ic and ic.level < senior_level(roster.people):
        return f"{ic.name} cannot be IC without a mentor"
    return ""
