"""The scorecard as plain text for a terminal: five lines, or all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard
from gameday.scorecards.verdict import LANDING_UNKNOWN
from gameday.units import format_value


def five_lines(card: Scorecard) -> list[str]:
    """The five lines of a drill that matter: hypothesis, what told, users' trouble, what it rests on, the end."""
    served = card.span("mitigate")
    way = f", by {card.served_by}" if card.served_by and served.state in ("seen", "scripted") else ""
    return [
        f"Hypothesis  {scorecard_text.hypothesis(card).removeprefix('hypothesis ')}",
        f"Told by     {scorecard_text.alerts(card)}",
        f"Users       {_users(card)}{way}",
        f"Played      {scorecard_text.mode(card).partition('; windows')[0]}; hints: {scorecard_text.difficulty(card)}",
        f"End         {scorecard_text.ending(card)}; {scorecard_text.STEADY[card.steady_after]} (exit {card.exit})",
    ]


def _users(card: Scorecard) -> str:
    served = card.span("mitigate")
    unfelt = card.faults and card.span("impact").seconds is None and served.seconds is None
    why = f" (no two readings{scorecard_text.watched_signals_text(card)} in a row left steady state)" if unfelt else ""
    return scorecard_text.mitigation_text(served) + why


def render(card: Scorecard) -> str:
    """All of the scorecard, learning first; every figure with its n."""
    parts = [
        [f"{card.drill}  {card.scenario} in {card.environment}  (DRILL)", scorecard_text.mode(card)],
        *(_part(title, lines) for title, lines in _parts(card)),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _parts(card: Scorecard) -> Iterator[tuple[str, list[str]]]:
    kinds = {one.signal: one.kind for one in card.signals}
    yield "Hypothesis", [card.hypothesis, scorecard_text.hypothesis(card), *map(scorecard_text.judged, card.holds)]
    yield "What told us", [scorecard_text.alerts(card), *map(scorecard_text.judged, card.trail)]
    none = LANDING_UNKNOWN if LANDING_UNKNOWN in card.reasons else "none was applied"
    yield "Faults", [scorecard_text.fault(one, kinds.get(one.signal, "")) for one in card.faults] or [none]
    yield "How hard the scenario is", [f"hints: {scorecard_text.difficulty(card)}"]
    yield "Objectives", [scorecard_text.objective(one) for one in card.objectives]
    yield "Times (n=1 drill)", _table((one.name, scorecard_text.span(one), one.means) for one in card.spans)
    yield "Signals while the fault stood", _table(_signals(card))
    yield (
        "The end",
        [scorecard_text.ending(card), scorecard_text.STEADY[card.steady_after], *card.handed_back, f"exit {card.exit}"],
    )


def _signals(card: Scorecard) -> Iterator[tuple[str, str, str]]:
    for one in card.signals:
        unread = f", {one.unread} could not be taken" if one.unread else ""
        usual = f"usual {format_value(one.usual, one.kind)} (n={one.usual_n}); " if one.usual is not None else ""
        spread = f"{format_value(one.lowest, one.kind)} to {format_value(one.highest, one.kind)}"
        yield one.signal, spread, f"{usual}n={one.readings} readings{unread}"


def _part(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines if line)] if any(lines) else []


def _table(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    found = list(rows)
    first, second = (max((len(row[i]) for row in found), default=0) for i in (0, 1))
    second = min(second, 40)
    return [f"{name:<{first}}  {value:<{second}}  {means}" for name, value, means in found]
