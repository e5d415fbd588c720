"""One response time of a drill, and the ways in which it may be unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gameday.moments import HUMAN_MOMENTS, Moment

MeasurementState = Literal["measured", "scripted", "at least", "not recorded", "did not happen", "not measured"]

_NOT_HAPPENED = {
    Moment.FAULT: "no fault was active", Moment.IMPACT: "no impact was measured", Moment.ALERT: "no alert fired",
    Moment.PAGED: "nobody was paged", Moment.MITIGATED: "service was not restored",
    Moment.RECOVERED: "steady state was not restored", Moment.REVERTED: "nothing was reverted",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """One time, in seconds from the moment `start` until the moment `end`.

    `censored`: a lower bound, and `reason` says what cut it short. `scripted`: a rehearsal's script took part, so it
    says nothing about people. `paused`: seconds of pauses in between, which do not count.
    """

    name: str
    meaning: str
    start: str
    end: str
    seconds: float | None
    censored: bool
    state: MeasurementState
    reason: str = ""
    scripted: bool = False
    paused: float = 0.0


def measured_time(
    name: str, meaning: str, start: Moment | str, end: Moment, seconds: float, scripted: bool
) -> ResponseTime:
    state: MeasurementState = "scripted" if scripted else "measured"
    return ResponseTime(name, meaning, start, end, seconds, False, state, scripted=scripted)


def missing_time(name: str, meaning: str, start: Moment, end: Moment, missing: Moment) -> ResponseTime:
    """Return a time without a figure: what people say may go unrecorded; what the program measures did not happen."""
    human = missing in HUMAN_MOMENTS
    state: MeasurementState = "not recorded" if human else "did not happen"
    reason = f"{missing} was not recorded" if human else _NOT_HAPPENED.get(missing, f"no {missing}")
    return ResponseTime(name, meaning, start, end, None, False, state, reason)


def time_at_least(
    name: str, meaning: str, start: Moment, end: Moment, seconds: float, reason: str, scripted: bool
) -> ResponseTime:
    return ResponseTime(name, meaning, start, end, seconds, True, "at least", reason, scripted=scripted)


def unmeasured_time(time: ResponseTime, reason: str) -> ResponseTime:
    """Return a time without its figure, which would be misleading."""
    return replace(time, seconds=None, censored=False, state="not measured", reason=reason)
