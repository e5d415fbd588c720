"""Hot debrief: its lines, absent objectives and predictions, recorded as they are spoken."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gameday.events import NewEvent
    from gameday.model import Role
    from gameday.scorecards.objectives import ObjectiveResult
    from gameday.store.protocols import RevertAuthority

HEADINGS = ("Summary", "What went well", "What was difficult", "Action items")
"""After STOP5, the five-minute hot debrief of emergency medicine (Walker et al., 2020), named as in the review."""


class Debrief:
    """The debrief of one drill; `history` is the file of roles.

    Each answer is stored at once, so that an interruption loses nothing.
    """

    def __init__(self, store: RevertAuthority, drill: str, history: Path) -> None:
        from gameday.people.role_history import load_drill_roles

        self.drill = drill
        self._store = store
        self._history = history
        roles = load_drill_roles(self._history, drill)
        self.roles: Sequence[Role] = self._add_claimed(roles) if roles else roles
        """Speaking order, the most junior first and the facilitator last; empty without a roster."""

    def _add_claimed(self, roles: list[Role]) -> list[Role]:
        """Return the roles with those that people took during the drill, before the facilitator."""
        from gameday.events import IcAnnounced, RoleClaimed, of_type, without_retracted
        from gameday.model import Role

        events = of_type(without_retracted(self._store.events(self.drill)), RoleClaimed, IcAnnounced)
        claimed = dict.fromkeys(event.role for event in events if event.role is not None and event.role not in roles)
        return sorted([*roles, *claimed], key=lambda role: role is Role.FACILITATOR)

    def record_line(self, heading: str, role: Role | None, text: str) -> tuple[int, ...]:
        """Record what was said under a heading; text that is too long for one line becomes several.

        Return the numbers of the records in the log."""
        from gameday.drill.control.participant_requests import MAX_TEXT_LENGTH, sanitize_line
        from gameday.events import DebriefLine, NewEvent
        from gameday.model import Source

        line = sanitize_line(text)
        parts = [line[start : start + MAX_TEXT_LENGTH] for start in range(0, len(line), MAX_TEXT_LENGTH)]
        return self._append([NewEvent(DebriefLine(heading, part), source=Source.HUMAN, role=role) for part in parts])

    def _append(self, drafts: list[NewEvent]) -> tuple[int, ...]:
        written = self._store.append(self.drill, drafts, None) if drafts else ()
        return tuple(event.seq for event in written)

    def retract(self, entries: tuple[int, ...]) -> None:
        """Retract records of this debrief; the log keeps them, and everything computed from it leaves them out."""
        from gameday.events import NewEvent, Retracted
        from gameday.model import Source

        kinds = tuple(event.kind for event in self._store.events(self.drill) if event.seq in entries)
        self._append([NewEvent(Retracted(entries, kinds), source=Source.HUMAN)] if entries else [])

    def entered_lines(self) -> list[str]:
        """Return what was entered so far, in order, with its role."""
        from gameday.events import DebriefLine, of_type, without_retracted

        lines = of_type(without_retracted(self._store.events(self.drill)), DebriefLine)
        return [f"{line.body.heading}: {line.body.text} ({line.role or 'anyone'})" for line in lines]

    def unrecorded_objectives(self) -> list[ObjectiveResult]:
        """Return the objectives that the log knows nothing about."""
        from gameday.events import without_retracted
        from gameday.scorecards.objectives import evaluate_objectives

        events = without_retracted(self._store.events(self.drill))
        return [result for result in evaluate_objectives(events) if result.state == "not recorded"]

    def record_moment_not_reached(self, moment: str) -> tuple[int, ...]:
        """Record that a person says this moment did not happen; without that it is only not recorded."""
        from gameday.events import MomentNotReached, NewEvent
        from gameday.model import Source

        return self._append([NewEvent(MomentNotReached(moment), source=Source.HUMAN)])

    def close(self) -> list[str]:
        """Remove the drill from the record of roles; return the predictions, which are now open."""
        from gameday.drill.control.participant_requests import sanitize_line
        from gameday.events import DebriefEnded, NewEvent, Prediction, of_type, without_retracted
        from gameday.people.role_history import remove_drill_names

        with suppress(OSError):
            remove_drill_names(self._history)
        self._append([NewEvent(DebriefEnded())])
        events = without_retracted(self._store.events(self.drill))
        return [sanitize_line(event.body.text) for event in of_type(events, Prediction)]
