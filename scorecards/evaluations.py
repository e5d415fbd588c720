"""Results of the expectations and clues of a drill, each with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import EvaluatedPart, Event, PlannedExpectation, read_plan
from gameday.scorecards.counted_judgements import deciding_evaluations


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One expectation or clue. `verdict`: met, unmet, unknown or not judged; `meaning`: what a clue tells.

    `lower_bound`: the value is more than that. `readings`: those that were due; `missing`: those of them without a
    value; both 0 where they were not counted.
    """

    expected: str
    meaning: str
    verdict: str
    finding: str
    value: float | None
    n: int
    lower_bound: bool = False
    readings: int = 0
    missing: int = 0


def collect_evaluations(
    events: Sequence[Event], part: EvaluatedPart, lines: Sequence[PlannedExpectation]
) -> tuple[Evaluation, ...]:
    """Return the result of each line of a part, in order."""
    kinds = read_plan(events).signals
    deciding = deciding_evaluations(events, part, lines)
    return tuple(
        Evaluation(
            line.text,
            line.meaning,
            body.verdict,
            body.finding_text(kinds),
            body.value,
            body.n,
            body.lower_bound,
            body.readings,
            body.missing,
        )
        if body
        else Evaluation(line.text, line.meaning, "not judged", "", None, 0)
        for body, line in zip(deciding, lines, strict=False)
    )
