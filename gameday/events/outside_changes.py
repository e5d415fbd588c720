"""Times in which somebody outside the drill had changed a target, folded from events: no reading of them is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gameday.events.envelope import Event
from gameday.events.faults import OutsideChangeGone, OutsideChangeSeen, by_outsider


@dataclass(frozen=True, slots=True)
class OutsideChange:
    """One change of a target by somebody outside the drill.

    `start`: when it was last seen to be absent; `end`: when it was first seen to be absent again, None while it is
    not (CLOCK_MONOTONIC). `seen`, `undone`: wall-clock times of the two checks.
    """

    target: str
    text: str
    start: float
    seen: float
    end: float | None = None
    undone: float | None = None

    @property
    def sentence(self) -> str:
        return by_outsider(self.text)

    @property
    def summary(self) -> str:
        """Sentence with its times: `proxy db was disabled by somebody outside this drill (14:03:10–14:04:02 UTC)`."""
        times = f"from {_clock(self.seen)}" if self.undone is None else f"{_clock(self.seen)}–{_clock(self.undone)}"
        return f"{self.sentence} ({times} UTC)"

    def contains(self, at: float) -> bool:
        """Return True if the change was or may have been present at that time."""
        return self.start < at and (self.end is None or at < self.end)

    def overlaps(self, start: float, end: float) -> bool:
        """Return True if the change was or may have been present at some time of a window."""
        return self.start < end and (self.end is None or start < self.end)


OutsideChanges = tuple[OutsideChange, ...]


def outside_changes(events: Sequence[Event]) -> OutsideChanges:
    """Return the changes of somebody outside the drill, in their order."""
    changes: OutsideChanges = ()
    for event in events:
        changes = fold_outside_change(changes, event)
    return changes


def fold_outside_change(changes: OutsideChanges, event: Event) -> OutsideChanges:
    """Return the changes after one more event."""
    match event.body:
        case OutsideChangeSeen(target=target, text=text, last_absent=last_absent):
            start = event.happened if last_absent is None else last_absent
            return (*changes, OutsideChange(target, text, start, _wall_of(event)))
        case OutsideChangeGone(target=target, text=text):
            return tuple(
                replace(change, end=event.happened, undone=_wall_of(event))
                if change.end is None and (change.target, change.text) == (target, text)
                else change
                for change in changes
            )
        case _:
            return changes


def _wall_of(event: Event) -> float:
    """Return the wall-clock time at which it happened."""
    return event.wall - (event.at - event.happened)


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}"
