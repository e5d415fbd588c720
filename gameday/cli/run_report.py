"""Report of a run: the main figures of each drill, the path of its review, one exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.cli.json_output import print_document, redirect_text_to_stderr
from gameday.cli.output import print_output, print_status
from gameday.errors import EnvironmentDirty, Exit, InternalError

if TYPE_CHECKING:
    from gameday.app.drill_outcome import DrillOutcome
    from gameday.cli.json_documents import DrillDocument
    from gameday.drill.drill_record import DrillResult
    from gameday.store.protocols import DrillReader


@dataclass(frozen=True, slots=True)
class DrillReport:
    """A drill's outcome, the files of its review if it was drafted, and why it was not written."""

    outcome: DrillOutcome
    review: Path | None = None
    page: Path | None = None
    failure: InternalError | None = None


def print_outcomes(
    results: Sequence[DrillResult], store: DrillReader, reviews: Path, *, review: bool = True, as_json: bool = False
) -> Exit:
    """Print the outcome of every drill of a run.

    Raises EnvironmentDirty if a fault is still present, InternalError if a review could not be written.
    """
    from gameday.app.drill_outcome import combine_exits

    with redirect_text_to_stderr(as_json):
        reports = _print_reports(results, store, reviews, review=review)
    try:
        code = combine_exits(results, [report.outcome for report in reports], store)
    except EnvironmentDirty as dirty:
        if as_json:
            _print_document(reports, dirty.exit)
        raise
    failure = next((report.failure for report in reports if report.failure), None)
    code = Exit.FAILED if failure and code in (Exit.HELD, Exit.NOT_HELD) else code
    if as_json:
        _print_document(reports, code)
    if failure and code is Exit.FAILED:
        raise failure
    return code


def _print_reports(
    results: Sequence[DrillResult], store: DrillReader, reviews: Path, *, review: bool
) -> list[DrillReport]:
    from gameday.app.drill_outcome import load_drill_outcome

    reports: list[DrillReport] = []
    for result in results:
        outcome = load_drill_outcome(result, store)
        reports.append(_print_outcome(outcome, store, reviews, review=review, only=len(results) == 1))
    if len(reports) > 1:
        mitigated = sum(report.outcome.is_mitigated for report in reports)
        print_output(f"\n{mitigated} of {len(reports)} mitigations restored service.")
    return reports


def _print_document(reports: Sequence[DrillReport], code: Exit) -> None:
    from gameday.cli.json_documents import RehearsalDocument

    print_document(RehearsalDocument(drills=[_drill_document(report) for report in reports], exit=int(code)))


def _drill_document(report: DrillReport) -> DrillDocument:
    from gameday.cli.json_documents import DrillDocument
    from gameday.scorecards.scorecard_json import encode

    outcome = report.outcome
    return DrillDocument(
        drill=outcome.drill,
        exit=int(outcome.exit),
        is_taken_over=outcome.is_taken_over,
        reason=outcome.reason,
        scorecard=None if outcome.scorecard is None else encode(outcome.scorecard),
        review=None if report.review is None else str(report.review),
        page=None if report.page is None else str(report.page),
    )


def _print_outcome(
    outcome: DrillOutcome, store: DrillReader, reviews: Path, *, review: bool, only: bool
) -> DrillReport:
    if outcome.unwritten:
        print_status(f"{outcome.drill}: {outcome.unwritten}")
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
        return _print_scorecard(outcome, store, reviews, review=review)
    return DrillReport(outcome)


def _print_scorecard(outcome: DrillOutcome, store: DrillReader, reviews: Path, *, review: bool) -> DrillReport:
    from gameday.app.reviews import draft_review, write_html_page
    from gameday.scorecards.render import render_summary

    assert outcome.scorecard is not None
    for line in render_summary(outcome.scorecard):
        print_output(line)
    if outcome.unwritten:
        print_output("review  not drafted, because the log is not in the store")
        return DrillReport(outcome)
    if not review:
        print_output(f"review  not drafted (--no-review). Draft it: gameday review {outcome.drill}")
        return DrillReport(outcome)
    try:
        markdown = draft_review(store, outcome.drill, reviews)
        print_output(f"review  {markdown}")
        page = write_html_page(store, outcome.drill, reviews)  # last: its plot library loads slowly
    except InternalError as failure:  # the other drills of the run are reported all the same
        print_output(f"review  not written: {failure.wrong}")
        return DrillReport(outcome, failure=failure)
    print_output(f"page    {page}")
    return DrillReport(outcome, markdown, page)
