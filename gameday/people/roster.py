"""Who there is to practise: plain records, as the roster file says them. Names stay here and out of events."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.model import Role


@dataclass(frozen=True, slots=True)
class Person:
    """One of the team. `level`: the higher, the longer in the trade; `roles`: what they say they are ready for;
    `declined`: roles they do not want this time, no reason asked; `busy`: spans of wall seconds."""

    id: str
    name: str
    level: int
    roles: frozenset[Role]
    manager: str = ""
    """The id of whom they report to: never their mentor."""
    on_call: bool = False
    """On call for real: never a player."""
    declined: frozenset[Role] = frozenset()
    busy: tuple[tuple[float, float], ...] = ()
    team: str = ""

    def free(self, start: float, end: float) -> bool:
        """Whether nothing of theirs lies within `start`..`end` (wall seconds); spans that only touch do not."""
        return all(until <= start or begins >= end for begins, until in self.busy)


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of one team, in the file's order."""

    people: tuple[Person, ...]
    team: str = ""
