"""What a quarter of drills was worth: what they showed, and what the team changed. Nothing in it is about a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gameday.events import EarlierItemsEvaluated, Event, FollowUpResult, Started, first_of, has_any
from gameday.scorecards.scorecard import Scorecard, build_scorecard
from gameday.scorecards.verdict import Held

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a year in UTC; `begin` (included) and `end` (excluded) in seconds since 1970."""

    name: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class DrillEvidence:
    """One drill that started and ended. `day`: of its start, in UTC; `seconds`: from start to end.

    `items_done` of `items` of the last drill of its type were done before it; `follow_up` empty: not evaluated."""

    drill: str
    day: str
    scenario: str
    type: str
    environment: str
    mode: str
    held: Held
    silent_alerts: tuple[str, ...]
    seconds: float
    follow_up: FollowUpResult | str
    items_done: int
    items: int

    @property
    def has_people(self) -> bool:
        return self.mode != "rehearsal"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The drills of a quarter, the earliest first, and figures about all of them."""

    quarter: Quarter
    drills: tuple[DrillEvidence, ...]

    @property
    def held(self) -> list[DrillEvidence]:
        """The drills with people."""
        return [drill for drill in self.drills if drill.has_people]

    @property
    def rehearsed(self) -> list[DrillEvidence]:
        return [drill for drill in self.drills if not drill.has_people]

    @property
    def failed(self) -> list[DrillEvidence]:
        """The drills whose hypothesis did not hold: each is something the team did not know before."""
        return [drill for drill in self.drills if drill.held == "not held"]

    @property
    def silent_alerts(self) -> list[str]:
        """The alerts that should have fired in some drill, and did not."""
        return sorted({alert for drill in self.drills for alert in drill.silent_alerts})

    @property
    def followed_up(self) -> list[DrillEvidence]:
        """The drills at whose start the items of the last drill of their type were evaluated."""
        return [drill for drill in self.drills if drill.follow_up in ("kept", "broken")]

    def figures(self) -> list[tuple[str, str]]:
        """Return each figure with its label. n stands beside each share."""
        kept = [drill for drill in self.followed_up if drill.follow_up == "kept"]
        done, items = (sum(values) for values in ([d.items_done for d in kept], [d.items for d in self.followed_up]))
        return [
            ("Drills held with people", str(len(self.held))),
            ("Rehearsals", str(len(self.rehearsed))),
            ("Hypotheses that did not hold", f"{len(self.failed)} of {len(self.drills)} drills"),
            ("Alerts found silent", f"{len(self.silent_alerts)}{_listed(self.silent_alerts)}"),
            ("Action items done before the next drill of their type", f"{done} of {items}"),
            ("One done before the next drill of the type", f"{len(kept)} of {len(self.followed_up)} drills"),
            ("Hours of drills with people", _hours(self.held)),
            ("Hours of rehearsals", _hours(self.rehearsed)),
        ]


def _listed(names: Sequence[str]) -> str:
    return f": {', '.join(names)}" if names else ""


def _hours(drills: Iterable[DrillEvidence]) -> str:
    return f"{sum(drill.seconds for drill in drills) / 3600:.1f}"


def parse_quarter(text: str) -> Quarter:
    """Return the quarter in `2026-Q4`. Raises ValueError."""
    match = _QUARTER.fullmatch(text.strip().upper())
    if match is None or match[1] == "0000":
        raise ValueError(f"{text!r} is no quarter: write it as 2026-Q4")
    year, number = int(match[1]), int(match[2])
    following = (year + 1, 1) if number == 4 else (year, number + 1)
    return Quarter(f"{year:04}-Q{number}", _start(year, number), _start(*following))


def _start(year: int, number: int) -> float:
    return datetime(year, 3 * number - 2, 1, tzinfo=UTC).timestamp() if year < 10_000 else float("inf")


def quarter_of(wall: float) -> Quarter:
    """Return the quarter of a time in seconds since 1970."""
    day = datetime.fromtimestamp(wall, UTC)
    return parse_quarter(f"{day.year:04}-Q{(day.month + 2) // 3}")


def collect_evidence(quarter: Quarter, logs: Iterable[Sequence[Event]]) -> Evidence:
    """Return the evidence of the drills that started in the quarter and ended. Others are left out."""
    drills = [drill for log in logs if (drill := _read_drill(quarter, log)) is not None]
    return Evidence(quarter, tuple(sorted(drills, key=lambda drill: (drill.day, drill.drill))))


def _read_drill(quarter: Quarter, events: Sequence[Event]) -> DrillEvidence | None:
    if not has_any(events, Started):
        return None
    started = next(event.wall for event in events if isinstance(event.body, Started))
    if not quarter.begin <= started < quarter.end:
        return None
    card = build_scorecard(events, ())
    return None if card.ended is None else _evidence(card, started, card.ended, first_of(events, EarlierItemsEvaluated))


def _evidence(
    card: Scorecard, started: float, ended: float, earlier: Event[EarlierItemsEvaluated] | None
) -> DrillEvidence:
    body = earlier.body if earlier else None
    return DrillEvidence(
        drill=card.drill, day=f"{datetime.fromtimestamp(started, UTC):%Y-%m-%d}", scenario=card.scenario,
        type=card.type, environment=card.environment, mode=card.mode, held=card.held,
        silent_alerts=card.silent_alerts, seconds=max(0.0, ended - started), follow_up=body.result if body else "",
        items_done=body.done if body else 0, items=body.total if body else 0,
    )  # fmt: skip
