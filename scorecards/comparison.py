"""Comparison of drills that are comparable: same scenario, environment, mode, pace, intensity and hints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gameday.scorecards.scorecard import Scorecard
from gameday.scorecards.statistics import CensorableTime, format_share_met, median
from gameday.units import format_duration

COMPARED_TIMES = ("impact", "alert", "revert")
"""Times that the program measures itself, whoever took part: the only ones that are compared."""


def compare_drills(drills: Sequence[tuple[Scorecard, str]]) -> Iterator[str]:
    """Yield lines for a terminal, grouped by comparable drills. The string is the drill's intensity, as planned."""
    groups: dict[tuple[str, ...], list[Scorecard]] = defaultdict(list)
    for card, intensity in drills:
        hints = f"{card.difficulty.hints} hint{'' if card.difficulty.hints == 1 else 's'}"
        groups[card.scenario, card.environment, card.mode, f"pace {card.pace:g}", intensity, hints].append(card)
    for key, group in groups.items():
        yield f"{', '.join(key)}: n={len(group)}"
        yield f"  hypothesis held   {format_share_met(sum(card.held == 'held' for card in group), len(group))}"
        yield from _median_lines(group)


def _median_lines(group: Sequence[Scorecard]) -> Iterator[str]:
    for name in COMPARED_TIMES:
        measured = [card.response_time(name) for card in group]
        times = [CensorableTime(time.seconds, time.censored) for time in measured if time.seconds is not None]
        middle = median(times)
        if middle is None:
            yield f"  {name:<17} too few to compare (n={len(times)})"
            continue
        sign = "≥ " if middle.at_least else ""
        low, high = format_duration(middle.interval.low), format_duration(middle.interval.high)
        yield f"  {name:<17} median {sign}{format_duration(middle.seconds)} [{low} to {high}], n={middle.n}"
