"""The scorecard as plain text for a terminal: five lines, or all of it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from gameday.printable import single_line
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard
from gameday.scorecards.verdict import APPLY_UNKNOWN

_VALUE_WIDTH = 40
"""Letters of a table's second column at most."""


def render_summary(card: Scorecard) -> list[str]:
    """Return the five lines that are printed at the end of a run."""
    steady_state = scorecard_text.format_steady_state(card)
    rows = {
        "Hypothesis": scorecard_text.format_hypothesis(card),
        "Detected by" if card.alerts else "Detection": scorecard_text.format_detected_by(card),
        "Service restored": scorecard_text.format_service_restored(card),
        "Mode": f"{scorecard_text.format_mode(card)}; {scorecard_text.format_hints(card)}",
        "Result": f"{scorecard_text.format_ending(card)}; {steady_state} (exit {card.exit})",
    }
    return [single_line(f"{label:<16}  {text}") for label, text in rows.items()]


def render_scorecard(card: Scorecard) -> str:
    """Return the whole scorecard, learning first; every figure with its n."""
    parts = [
        [f"{card.drill}  {card.scenario} in {card.environment}  (DRILL)", _mode(card)],
        *(_part(title, lines) for title, lines in _parts(card)),
    ]
    return "\n\n".join("\n".join(map(single_line, part)) for part in parts if part)


def _mode(card: Scorecard) -> str:
    limits = f"; limits: {', '.join(card.windows)}" if card.windows else ""
    return f"{scorecard_text.format_mode(card)}{limits}"


def _parts(card: Scorecard) -> Iterator[tuple[str, list[str]]]:
    kinds = {signal.signal: signal.kind for signal in card.signals}
    yield "Hypothesis", [
        card.hypothesis, scorecard_text.format_hypothesis(card),
        *map(scorecard_text.format_evaluation, card.expectations),
    ]  # fmt: skip
    yield "Detection", [scorecard_text.format_detected_by(card), *map(scorecard_text.format_evaluation, card.clues)]
    no_fault = APPLY_UNKNOWN if APPLY_UNKNOWN in card.reasons else "no fault was confirmed active"
    faults = [scorecard_text.format_fault(fault, kinds.get(fault.signal, "")) for fault in card.faults]
    yield "Faults", [*(faults or [no_fault]), *card.outside_changes]
    yield "Service restored", [scorecard_text.format_service_restored(card)]
    yield "Difficulty of the scenario", [scorecard_text.format_hints(card)]
    yield "Objectives", [scorecard_text.format_objective(result) for result in card.objectives]
    times = ((time.name, scorecard_text.format_response_time(time), time.meaning) for time in card.response_times)
    yield "Response times (n=1 drill)", _table(times)
    yield "Signals while the fault was active", _table(_signals(card))
    yield "Result", _result(card)


def _result(card: Scorecard) -> list[str]:
    steady_state = scorecard_text.format_steady_state(card)
    due = f"review due {scorecard_text.format_review_due(card)}"
    return [scorecard_text.format_ending(card), steady_state, *card.cleanups, due, f"exit {card.exit}"]


def _signals(card: Scorecard) -> Iterator[tuple[str, str, str]]:
    for signal in card.signals:
        baseline = f"baseline {scorecard_text.format_baseline(signal)}; " if signal.baseline is not None else ""
        yield (
            signal.signal,
            scorecard_text.format_value_range(signal),
            baseline + scorecard_text.format_reading_count(signal),
        )


def _part(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines if line)] if any(lines) else []


def _table(cells: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return the lines of a table; a long value continues on lines of its own, in its column."""
    rows = list(cells)
    first, second = (max((len(row[i]) for row in rows), default=0) for i in (0, 1))
    second = max(1, min(second, _VALUE_WIDTH))
    lines: list[str] = []
    for name, value, meaning in rows:
        begin, *more = textwrap.wrap(value, second, break_on_hyphens=False, break_long_words=False) or [""]
        lines += [f"{name:<{first}}  {begin:<{second}}  {meaning}", *(f"{'':<{first}}  {part}" for part in more)]
    return lines
