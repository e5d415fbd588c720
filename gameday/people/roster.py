"""The people of a team, as the roster file lists them. Names stay here and out of events."""

from __future__ import annotations

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

    def is_free(self, start: float, end: float) -> bool:
        """Return True if no busy span overlaps `start`..`end` (wall seconds); touching spans do not overlap."""
        return all(until <= start or begins >= end for begins, until in self.busy)


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of one team, in the file's order."""

    people: tuple[Person, ...]
    team: str = ""
