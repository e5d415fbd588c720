"""Difficulty of a scenario, by the hints that were given in a drill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from gameday.events import Event, FaultConfirmed, HintSent, HintWhispered, of_type, time_of
from gameday.model import HintLevel


@dataclass(frozen=True, slots=True)
class Difficulty:
    """Hints given from the fault on, by rung: they describe how hard the scenario is, not the team's skill.

    `whispered`: hints of any rung that the mentor passed to the IC alone; `before_fault`: hints of any kind that were
    given before the first fault. Both are in no other count.
    """

    nudge: int = 0
    question: int = 0
    pointer: int = 0
    answer: int = 0
    whispered: int = 0
    before_fault: int = 0

    @property
    def hints(self) -> int:
        return self.nudge + self.question + self.pointer + self.answer + self.whispered


def measure_difficulty(events: Sequence[Event]) -> Difficulty:
    """Count the hints; one that came before the fault was about nothing that had failed yet."""
    hints = list(of_type(events, HintSent, HintWhispered))
    counted = [hint.body for hint in hints if hint.happened >= (time_of(events, FaultConfirmed) or -inf)]
    rungs = [body.rung for body in counted if isinstance(body, HintSent)]
    return Difficulty(
        **{rung.value: rungs.count(rung) for rung in HintLevel},
        whispered=len(counted) - len(rungs), before_fault=len(hints) - len(counted),
    )  # fmt: skip
