"""What every follower has: readings in, events out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gameday.drill.state import State
from gameday.events import NewEvent
from gameday.model import Environment, Expectation, Json, Reading
from gameday.signals.expectation_evaluator import ExpectationEvaluator, Judgement


class Observer(Protocol):
    """Fed with every reading, then asked what is new. Each thing is said once."""

    def feed(self, reading: Reading) -> None: ...
    def poll(self, now: float, state: State) -> list[NewEvent]: ...
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        """What can only be said at the end, when the fault is about to be taken back."""
        ...


@dataclass(frozen=True, slots=True)
class Baseline:
    """What followers stand on: the environment, and what each signal measures in peace."""

    environment: Environment
    values: Mapping[str, float]

    def evaluator(self, expectation: Expectation) -> ExpectationEvaluator:
        return ExpectationEvaluator(expectation, self.values, self.environment.signals)


def reading_fields(judgement: Judgement) -> dict[str, Json]:
    """What an event says of the readings beneath it."""
    value = None if judgement.value is None else round(judgement.value, 6)
    return {"value": value, "n": judgement.n, "say": judgement.say}


def judged_event(part: str, index: int, signal: str, judgement: Judgement, verdict: str) -> NewEvent:
    """The event `judged`, with the range of its readings."""
    data = {"part": part, "index": index, "signal": signal, "verdict": verdict, **reading_fields(judgement)}
    return NewEvent("judged", {**data, "start": round(judgement.start, 3), "end": round(judgement.end, 3)})
