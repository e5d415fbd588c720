"""Protocol of observers: readings in, events out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gameday.drill.observers.reading_coverage import NO_COVERAGE, Coverage
from gameday.drill.state import DrillState
from gameday.events import Evaluated, EvaluatedPart, EvaluatedVerdict, NewEvent
from gameday.model import Environment, Expectation, Reading
from gameday.signals.expectation_evaluator import ExpectationEvaluator, Judgement


class Observer(Protocol):
    """Observer that is fed every reading and polled for news; it reports each thing once."""

    def feed(self, reading: Reading) -> None: ...
    def poll(self, now: float, state: DrillState) -> list[NewEvent]: ...
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        """Report what can only be judged at the end, when the fault is about to be reverted."""
        ...


@dataclass(frozen=True, slots=True)
class BaselineValues:
    """Environment and the value of each signal before the fault."""

    environment: Environment
    values: Mapping[str, float]

    def evaluator(self, expectation: Expectation, *, whole_windows: bool = True) -> ExpectationEvaluator:
        return ExpectationEvaluator(expectation, self.values, self.environment.signals, whole_windows=whole_windows)


def round_value(judgement: Judgement) -> float | None:
    """Return the value beneath an event, to a millionth."""
    return None if judgement.value is None else round(judgement.value, 6)


def round_time(at: float) -> float:
    """Return a time beneath an event, to a millisecond."""
    return round(at, 3)


def evaluated_event(
    part: EvaluatedPart, index: int, signal: str, judgement: Judgement, verdict: EvaluatedVerdict, fault: str = "",
    occurrence: int = 0, coverage: Coverage = NO_COVERAGE,
) -> NewEvent:  # fmt: skip
    """Return the event `evaluated`, with the range of its readings and the fault that was present meanwhile."""
    margin = None if judgement.margin is None else round(judgement.margin, 6)
    body = Evaluated(
        signal, round_value(judgement), judgement.n, judgement.say,
        part=part, index=index, verdict=verdict, start=round_time(judgement.start), end=round_time(judgement.end),
        fault=fault, occurrence=occurrence, margin=margin, lower_bound=judgement.is_lower_bound,
        readings=coverage.readings, missing=coverage.missing,
    )  # fmt: skip
    return NewEvent(body)
