"""Protocol of observers: readings in, events out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gameday.drill.state import State
from gameday.events import Evaluated, EvaluatedVerdict, NewEvent, Part
from gameday.model import Environment, Expectation, Reading
from gameday.signals.expectation_evaluator import ExpectationEvaluator, Judgement


class Observer(Protocol):
    """Observer that is fed every reading and polled for news; it reports each thing once."""

    def feed(self, reading: Reading) -> None: ...
    def poll(self, now: float, state: State) -> list[NewEvent]: ...
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        """Report what can only be judged at the end, when the fault is about to be reverted."""
        ...


@dataclass(frozen=True, slots=True)
class Baseline:
    """Environment and the value of each signal before the fault."""

    environment: Environment
    values: Mapping[str, float]

    def evaluator(self, expectation: Expectation) -> ExpectationEvaluator:
        return ExpectationEvaluator(expectation, self.values, self.environment.signals)


def round_value(judgement: Judgement) -> float | None:
    """Return the value beneath an event, to a millionth."""
    return None if judgement.value is None else round(judgement.value, 6)


def evaluated_event(part: Part, index: int, signal: str, judgement: Judgement, verdict: EvaluatedVerdict) -> NewEvent:
    """Return the event `evaluated`, with the range of its readings."""
    body = Evaluated(
        signal, round_value(judgement), judgement.n, judgement.say,
        part=part, index=index, verdict=verdict, start=round(judgement.start, 3), end=round(judgement.end, 3),
    )  # fmt: skip
    return NewEvent(body)
