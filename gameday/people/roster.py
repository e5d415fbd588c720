"""The people of a team, as the roster file lists them. Names stay here and out of events."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gameday.model import Role


@dataclass(frozen=True, slots=True)
class Person:
    """One member of the team.

    `level`: higher is more experienced; `roles`: the roles they say they are ready for; `declined`: roles they do not
    want this time, without a reason; `busy`: (start, end) in wall seconds.
    """

    id: str
    name: str
    level: int
    roles: frozenset[Role]
    manager: str = ""
    """The id of their manager, who is never their mentor."""
    on_call: bool = False
    """On call for real, so never in a drill."""
    declined: frozenset[Role] = frozenset()
    busy: tuple[tuple[float, float], ...] = ()
    team: str = ""
    joins: float = -math.inf
    leaves: float = math.inf
    """When they join and leave the team, in wall seconds."""
    email: str = ""
    calendar: str = ""
    """File or URL with their busy times, as the roster has it."""
    slack: str = ""
    """Their member ID in Slack."""

    def is_free(self, start: float, end: float) -> bool:
        """Return True if they are in the team and no busy span overlaps `start`..`end`; touching spans do not."""
        return self.is_member(start, end) and all(until <= start or begins >= end for begins, until in self.busy)

    def is_member(self, start: float, end: float) -> bool:
        """Return True if they are in the team for all of `start`..`end` (wall seconds)."""
        return self.joins <= start and end <= self.leaves


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of one team, in the file's order. `timezone`: that of the file's days and times.

    `email`: the address that invitations come from; `calendar`: file or URL of busy times of the whole team.
    """

    people: tuple[Person, ...]
    team: str = ""
    timezone: str = "UTC"
    email: str = ""
    calendar: str = ""

    def name(self, person_id: str) -> str:
        """Return the person's name, or the id if the roster does not have it."""
        return next((person.name for person in self.people if person.id == person_id), person_id)
