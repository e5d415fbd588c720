"""Coverage of a judgement: how many of the readings that were due it could use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.model import Reading
from gameday.signals.expectation_evaluator import Judgement, WindowVerdict
from gameday.signals.series import is_informative

MAX_MISSING = 0.2
"""Share of the readings that may be missing in a judgement that nothing happened; one may be missing in any case."""


@dataclass(frozen=True, slots=True)
class JudgedWindow:
    """A window with the reading that it ends with."""

    judgement: Judgement
    reading: Reading

    @property
    def is_missing(self) -> bool:
        """True if the reading has no value, or its window too few readings to be judged."""
        return not is_informative(self.reading) or self.judgement.verdict is WindowVerdict.UNREADABLE


@dataclass(frozen=True, slots=True)
class Coverage:
    """Readings that were due in the time that a judgement is about, and those of them that are missing.

    `reason`: why the latest of them is missing.
    """

    readings: int
    missing: int
    reason: str = ""

    @property
    def is_sufficient(self) -> bool:
        """True if so few are missing that the judgement covers the whole time."""
        return self.missing <= max(1, self.readings * MAX_MISSING) and self.missing < self.readings


NO_COVERAGE = Coverage(0, 0)


def measure_coverage(windows: Sequence[JudgedWindow], every: float) -> Coverage:
    """Count the readings of windows, one every `every` seconds. Those that were never taken are missing too."""
    if not windows:
        return NO_COVERAGE
    times = [window.reading.at for window in windows]
    due = max(len(times), round((max(times) - min(times)) / every) + 1)
    missing = [window for window in windows if window.is_missing]
    reason = missing[-1].reading.error or missing[-1].judgement.say if missing else ""
    return Coverage(due, due - len(windows) + len(missing), reason)
