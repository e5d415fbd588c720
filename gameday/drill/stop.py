"""STOP of a running drill: all faults are reverted at once; then people end the drill, or resume it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gameday.drill.interventions import add_stop_as_pause
from gameday.events import DecisionAwaited, Event, Intended, ResumedAfterStop, Stopped
from gameday.moments import Moment

if TYPE_CHECKING:
    from gameday.drill.state import DrillState


@dataclass(frozen=True, slots=True)
class Stop:
    """State of STOP. `stopped_at` is None unless the drill waits for a decision; times are CLOCK_MONOTONIC."""

    stopped_at: float | None = None
    awaits_decision: bool = False
    """True once all faults are reverted."""
    interrupted: frozenset[str] = frozenset()
    """Faults that STOP reverted."""
    to_reapply: frozenset[str] = frozenset()
    """Faults to be applied again because the drill was resumed."""
    resumptions: int = 0
    pauses: tuple[tuple[float, float], ...] = field(default=())
    """Start and end of each STOP after which the drill was resumed."""


def fold_stop(state: DrillState, event: Event) -> DrillState:
    """Fold STOP; on a resume, the interrupted faults and the clock continue as before it."""
    stop = _next_stop(state.stop, event, state.adjustable)
    if stop.resumptions == state.stop.resumptions:
        return replace(state, stop=stop)
    confirmed = {fault: at[:-1] if fault in stop.to_reapply else at for fault, at in state.confirmed_at.items()}
    counts = {fault: count - 1 if fault in stop.to_reapply else count for fault, count in state.apply_counts.items()}
    pauses = add_stop_as_pause(state.interventions, *stop.pauses[-1])
    moments = _drop_stop_revert(state.moments)
    return replace(state, stop=stop, confirmed_at=confirmed, apply_counts=counts, interventions=pauses, moments=moments)


def _next_stop(stop: Stop, event: Event, present: frozenset[str]) -> Stop:
    """Return the state of STOP after one more event of a running drill; `present` are the faults before it."""
    match event.body:
        case Stopped(resumable=True) if stop.stopped_at is None:
            return replace(
                stop, stopped_at=event.happened, interrupted=present | stop.to_reapply, to_reapply=frozenset()
            )
        case DecisionAwaited():
            return replace(stop, awaits_decision=True)
        case ResumedAfterStop() if stop.stopped_at is not None:
            pauses = (*stop.pauses, (stop.stopped_at, event.happened))
            return Stop(to_reapply=stop.interrupted, resumptions=stop.resumptions + 1, pauses=pauses)
        case Intended(intent=intent):
            return replace(stop, to_reapply=stop.to_reapply - {intent.fault})
        case _:
            return stop


def _drop_stop_revert(moments: Mapping[Moment, float]) -> Mapping[Moment, float]:
    """Return the moments without the revert of STOP: another one ends the drill."""
    return {moment: at for moment, at in moments.items() if moment is not Moment.REVERTED}
