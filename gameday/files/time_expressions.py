"""Times in a scenario: `MOMENT [+ DURATION]`, with a range in a fault (`start+0s..3m`)."""

from __future__ import annotations

import re

from gameday import units
from gameday.files.scenario_constants import CHARTER, CHARTER_WORD, MANUAL
from gameday.model import TimeExpression
from gameday.moments import Moment
from gameday.suggestions import closest_words

_MOMENT = re.compile(r"[a-z]+(?:-(?!\d)[a-z]+)*")
_EXAMPLE = "write MOMENT or MOMENT+DURATION, such as impact+2m"
_OWNERS = {MANUAL: "a message's 'at'", CHARTER_WORD: "an objective's 'by'"}
"""Words that stand in place of a time, and the only key that takes each."""
DAY = 86_400.0
WEEK = 7 * DAY
TIME_PATTERN = rf"({'|'.join(moment.value for moment in Moment)})(\s*\+\s*{units.DURATION_PATTERN})?"
RANGE_PATTERN = rf"{TIME_PATTERN}(\.\.{units.DURATION_PATTERN})?"


def parse_time(text: str) -> TimeExpression:
    """Return the time in `impact+2m`. Raises ValueError with an example."""
    if (owner := _OWNERS.get(text.strip())) is not None:
        raise ValueError(f"{text.strip()!r} is allowed only in {owner}: {_EXAMPLE}")
    moment, after = _split(text)
    if ".." in after:
        raise ValueError(f"{text!r} is a range, which is allowed only in a fault's 'at': {_EXAMPLE}")
    return TimeExpression(moment, _seconds(moment, after))


def parse_time_range(text: str) -> TimeExpression:
    """Return the time in `start+30s` or `start+0s..3m`. Raises ValueError with an example."""
    if text.strip() == MANUAL:
        raise ValueError(f"{MANUAL!r} is allowed only in {_OWNERS[MANUAL]}: write a time such as start+0s..3m")
    moment, after = _split(text)
    low, dots, high = after.partition("..")
    first = _seconds(moment, low)
    last = _seconds(moment, high) if dots else first
    if last < first:
        raise ValueError(f"the range {after!r} is reversed: write the smaller value first")
    return TimeExpression(moment, first, last - first)


def parse_deadline(text: str) -> TimeExpression:
    """Return an objective's time; for `charter` one after the page, until the environment's charter replaces it."""
    return TimeExpression(Moment.PAGED, CHARTER) if text.strip() == CHARTER_WORD else parse_time(text)


def _split(text: str) -> tuple[Moment, str]:
    """Return the moment, and the text of the duration after it."""
    stripped = text.strip()
    match = _MOMENT.match(stripped)
    word = match[0] if match else ""
    rest = stripped[len(word) :].lstrip()
    if word not in set(Moment):
        raise ValueError(_no_moment(text, word, rest))
    if rest.startswith("-"):
        raise ValueError(
            f"invalid time {text!r}: an offset cannot be negative, write {word}+{rest[1:].strip() or '2m'}"
        )
    if rest and not rest.startswith("+"):
        raise ValueError(f"invalid time {text!r}: write + after the moment, such as {word}+2m")
    return Moment(word), rest[1:].strip() if rest else "0s"


def _no_moment(text: str, word: str, rest: str) -> str:
    """Return why a text names no moment, with the nearest one."""
    if not word:
        return f"invalid time {text!r}: {_EXAMPLE}"
    close = closest_words(word, [moment.value for moment in Moment])
    meant = f"did you mean {close[0] + rest!r}?" if close else f"known moments: {', '.join(Moment)}"
    return f"unknown moment {word!r}: {meant}"


def _seconds(moment: Moment, text: str) -> float:
    stripped = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", stripped):
        raise ValueError(f"{moment}+{stripped} has no unit: write {moment}+{stripped}s or {moment}+{stripped}m")
    if not stripped:
        raise ValueError(f"missing duration after {moment}+: write {moment}+2m")
    seconds = units.parse_duration(stripped)
    if seconds > WEEK:
        raise ValueError(f"{stripped!r} is longer than a week")
    return seconds
