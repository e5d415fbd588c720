"""Records of occurrences: what ran, what was skipped, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from gameday.errors import Exit
from gameday.schedule.schedules import SkipCause


class Outcome(StrEnum):
    """Outcome of an occurrence. STARTED: no end is recorded: it still runs, or its process was killed."""

    HELD = "held"
    SKIPPED = "skipped"
    REFUSED = "refused"
    HALTED = "halted"
    DIRTY = "dirty"
    FAILED = "failed"
    STARTED = "started"


_OUTCOMES = {
    Exit.HELD: Outcome.HELD,
    Exit.NOT_HELD: Outcome.HELD,
    Exit.BAD_INPUT: Outcome.REFUSED,
    Exit.REFUSED: Outcome.REFUSED,
    Exit.HALTED: Outcome.HALTED,
    Exit.DIRTY: Outcome.DIRTY,
    Exit.FAILED: Outcome.FAILED,
}
_MISSED = (Outcome.SKIPPED, Outcome.REFUSED, Outcome.FAILED)
_WORST_FIRST = (Exit.DIRTY, Exit.HALTED, Exit.FAILED, Exit.BAD_INPUT, Exit.REFUSED, Exit.NOT_HELD, Exit.HELD)


@dataclass(frozen=True, slots=True)
class OccurrenceRecord:
    """An occurrence of a schedule. `scheduled`: wall-clock seconds; `cause`: why it was skipped, one word."""

    schedule: str
    scheduled: float
    outcome: Outcome
    cause: str = ""
    reason: str = ""
    exit: Exit | None = None
    drills: tuple[str, ...] = ()

    @property
    def is_missed(self) -> bool:
        """True if no drill was held, as far as this machine knows: another one records what it starts itself."""
        return self.outcome in _MISSED and self.cause != SkipCause.ELSEWHERE


MISSES_IN_A_ROW = 3
"""After so many occurrences in a row that were not held, the owner of the schedule is told; and again after as many."""


def missed_in_a_row(records: Sequence[OccurrenceRecord]) -> list[OccurrenceRecord]:
    """Return the latest occurrences since one was held, if their number is one at which the owner is told."""
    latest = list(takewhile(lambda record: record.is_missed, reversed(records)))
    return latest[::-1] if latest and len(latest) % MISSES_IN_A_ROW == 0 else []


def outcome_of(code: Exit) -> Outcome:
    """Return the outcome of a finished occurrence. A drill is held whether or not its hypothesis held."""
    return _OUTCOMES[code]


def worst_exit(codes: Iterable[Exit]) -> Exit:
    """Return the exit code that a scheduler must react to first; HELD without any."""
    return min(codes, key=_WORST_FIRST.index, default=Exit.HELD)


def format_counts(records: Iterable[OccurrenceRecord]) -> str:
    """Format as `held 5 of 8; skipped: freeze 2, late 1`; `not run yet` for a new schedule."""
    listed = list(records)
    counts = Counter(record.outcome for record in listed)
    if not listed:
        return "not run yet"
    parts = [f"held {counts[Outcome.HELD]} of {len(listed)}"]
    causes = Counter(record.cause for record in listed if record.outcome is Outcome.SKIPPED)
    if causes:
        parts.append("skipped: " + ", ".join(f"{cause} {number}" for cause, number in causes.most_common()))
    others = [outcome for outcome in Outcome if outcome not in (Outcome.HELD, Outcome.SKIPPED, Outcome.STARTED)]
    parts += [f"{outcome} {counts[outcome]}" for outcome in others if counts[outcome]]
    if counts[Outcome.STARTED]:
        parts.append(f"end not recorded {counts[Outcome.STARTED]}")
    return "; ".join(parts)
