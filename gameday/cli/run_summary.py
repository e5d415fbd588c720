"""What `gameday run` says at its end: the five lines of each drill, where its review lies, and one exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.cli.output import print_output, print_status
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.drill.runner import DrillResult
    from gameday.model import Event
    from gameday.scorecards.scorecard import Scorecard
    from gameday.store.sqlite import Store


def print_run_summary(ended: Sequence[DrillResult], store: Store, reviews: Path | None) -> Exit:
    """Of every drill of the run. Raises Dirty when something is left."""
    from gameday.drill.revert.recover import dirty_error
    from gameday.scorecards.verdict import combined_exit

    left = [intent for one in ended for intent in one.left]
    exits = [_tell_one(one, store, reviews, alone=len(ended) == 1) for one in ended]
    if len(ended) > 1:
        print_output(_mitigations_summary(ended, store))
    if left:
        raise dirty_error(left, store)
    return combined_exit(exits)


def _tell_one(ended: DrillResult, store: Store, reviews: Path | None, *, alone: bool) -> Exit:
    from gameday.scorecards.scorecard import scorecard
    from gameday.scorecards.verdict import verdict

    events, readings = store.events(ended.drill), store.readings(ended.drill)
    if ended.fenced:
        print_status(f"{ended.drill}: another process has taken it over and puts everything back{_why_taken(events)}.")
        print_status(f"When it is over, its review: gameday review {ended.drill}")
        return Exit.HALTED
    if not any(event.kind == "start" for event in events):
        code = Exit(verdict(events).exit)
        print_output(
            f"{ended.drill}{_why_ended(events)}; nothing was touched, and there is nothing to review (exit {code:d})"
        )
        return code
    card = scorecard(events, readings)
    if not alone:
        print_output(f"\n{card.drill}, trying {card.way_out}")
    _print_five_lines(card)
    _review(ended.drill, store, reviews)
    return Exit(card.exit)


def _why_taken(events: Sequence[Event]) -> str:
    why = [str(event.data.get("why", "")) for event in events if event.kind == "owner"]
    return f": {why[-1]}" if why and why[-1] else ""


def _why_ended(events: Sequence[Event]) -> str:
    why = [str(event.data.get("say", "")) for event in events if event.kind == "end"]
    return f" was ended: {why[-1].removeprefix('ended: ')}" if why and why[-1] else " is over"


def _print_five_lines(card: Scorecard) -> None:
    from gameday.scorecards.render import five_lines

    for line in five_lines(card):
        print_output(line)


def _review(drill: str, store: Store, reviews: Path | None) -> None:
    from gameday.review.save import write_draft, write_page
    from gameday.store.paths import reviews_folder

    events, readings = store.events(drill), store.readings(drill)
    folder = reviews or reviews_folder(store.path)
    print_output(f"review  {write_draft(events, readings, folder)}")
    print_output(f"page    {write_page(events, readings, folder)}")  # last: loading what draws it takes half a second


def _mitigations_summary(ended: Sequence[DrillResult], store: Store) -> str:
    """How many of the ways out ended the users' trouble."""
    won = [one for one in ended if any(event.kind == "mitigated" for event in store.events(one.drill))]
    return f"\n{len(won)} of {len(ended)} ways out got there."
