"""Several drills side by side: only those of the same scenario, place, way of playing, intensity and hints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gameday.scorecards.scorecard import Scorecard
from gameday.scorecards.statistics import Time, median, target_counts
from gameday.units import format_duration

COMPARED_TIMES = ("impact", "alert", "revert")
"""Spans between moments that the program measures itself, whoever played: the only ones compared over drills."""


def compare_drills(cards: Sequence[tuple[Scorecard, str]]) -> Iterator[str]:
    """Lines for a terminal. Each card comes with its drill's intensity, as the plan says it."""
    groups: dict[tuple[str, ...], list[Scorecard]] = defaultdict(list)
    for card, intensity in cards:
        hints = f"{card.difficulty.hints} hints"
        groups[card.scenario, card.environment, card.mode, f"pace {card.pace:g}", intensity, hints].append(card)
    for what, group in groups.items():
        yield f"{', '.join(what)}: n={len(group)}"
        yield f"  hypothesis held   {target_counts(sum(card.held == 'held' for card in group), len(group))}"
        yield from _times(group)


def _times(group: Sequence[Scorecard]) -> Iterator[str]:
    for name in COMPARED_TIMES:
        found = [card.span(name) for card in group]
        times = [Time(span.seconds, span.censored) for span in found if span.seconds is not None]
        middle = median(times)
        if middle is None:
            yield f"  {name:<17} too few to compare (n={len(times)})"
            continue
        sign = "≥ " if middle.at_least else ""
        low, high = format_duration(middle.interval.low), format_duration(middle.interval.high)
        yield f"  {name:<17} median {sign}{format_duration(middle.seconds)} [{low} to {high}], n={middle.n}"
