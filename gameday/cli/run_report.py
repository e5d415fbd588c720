"""Report of a run: the main figures of each drill, the path of its review, one exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.cli.output import print_output, print_status
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.app.drill_outcome import DrillOutcome
    from gameday.drill.runner import DrillResult
    from gameday.store.protocols import DrillReader


def print_outcomes(results: Sequence[DrillResult], store: DrillReader, reviews: Path, *, review: bool = True) -> Exit:
    """Print the outcome of every drill of a run. Raises EnvironmentDirty if a fault is still present."""
    from gameday.app.drill_outcome import drill_outcome, run_exit

    outcomes: list[DrillOutcome] = []
    for result in results:
        outcomes.append(drill_outcome(result, store))
        _print_outcome(outcomes[-1], store, reviews, review=review, only=len(results) == 1)
    if len(outcomes) > 1:
        mitigated = sum(outcome.is_mitigated for outcome in outcomes)
        print_output(f"\n{mitigated} of {len(outcomes)} mitigations restored service.")
    return run_exit(results, outcomes, store)


def _print_outcome(outcome: DrillOutcome, store: DrillReader, reviews: Path, *, review: bool, only: bool) -> None:
    if outcome.is_taken_over:
        reason = f": {outcome.reason}" if outcome.reason else ""
        print_status(f"{outcome.drill}: another process took it over and reverts all faults{reason}.")
        print_status(f"Its review, when it is over: gameday review {outcome.drill}")
    elif outcome.scorecard is None:
        ended = f" ended: {outcome.reason}" if outcome.reason else " ended"
        print_output(
            f"{outcome.drill}{ended}; no fault was applied, and there is nothing to review (exit {outcome.exit:d})"
        )
    else:
        if not only:
            print_output(f"\n{outcome.drill}, mitigation {outcome.scorecard.mitigation}")
        _print_scorecard(outcome, store, reviews, review=review)


def _print_scorecard(outcome: DrillOutcome, store: DrillReader, reviews: Path, *, review: bool) -> None:
    from gameday.app.reviews import draft_page, draft_review
    from gameday.scorecards.render import five_lines

    assert outcome.scorecard is not None
    for line in five_lines(outcome.scorecard):
        print_output(line)
    if not review:
        print_output(f"review  not drafted (--no-review). Draft it: gameday review {outcome.drill}")
        return
    print_output(f"review  {draft_review(store, outcome.drill, reviews)}")
    print_output(f"page    {draft_page(store, outcome.drill, reviews)}")  # last: its plot library loads slowly
