"""Response times of a drill, each between two moments, with what limits its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Literal

from gameday.events import (
    AlertFired,
    AllReverted,
    Body,
    Evaluated,
    Event,
    Mitigated,
    Paged,
    Recovered,
    RevertStarted,
    first_of,
    first_of_kind,
    first_time_of_kind,
    has_any,
    of_kind,
    of_type,
    read_plan,
    time_of,
)
from gameday.moments import HUMAN_MOMENTS, Moment
from gameday.scorecards.measurement_cuts import MeasurementCut, first_cut, first_pause, running_intervals
from gameday.scorecards.objectives import find_moment_time

MeasurementState = Literal["measured", "scripted", "at least", "not recorded", "did not happen", "not measured"]

_AWARE = (Moment.ACKNOWLEDGED, Moment.DECLARED, Moment.THEORY, Moment.HELP)
NO_CRITERION = "not measured: the scenario has no mitigated_when"
_DETECTION = frozenset({"detect", "acknowledge"})


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """One time, in seconds from the moment `start` until the moment `end`.

    `censored`: a lower bound, and `reason` says what cut it short. `scripted`: a rehearsal's script took part, so it
    says nothing about people.
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


_BETWEEN_MOMENTS: tuple[tuple[str, str, Moment, Moment], ...] = (
    ("impact", "from the fault until the first impact on users", Moment.FAULT, Moment.IMPACT),
    ("acknowledge", "from the page until it was acknowledged", Moment.PAGED, Moment.ACKNOWLEDGED),
    ("assemble", "from the page until everyone required was present", Moment.PAGED, Moment.ASSEMBLED),
    ("command", "from the declaration until the IC was announced", Moment.DECLARED, Moment.IC_ANNOUNCED),
    ("first-update", "from the declaration until the first status update", Moment.DECLARED, Moment.UPDATE),
)

_NOT_HAPPENED = {
    Moment.FAULT: "no fault was active", Moment.IMPACT: "no impact was measured", Moment.ALERT: "no alert fired",
    Moment.PAGED: "nobody was paged", Moment.MITIGATED: "service was not restored",
    Moment.RECOVERED: "steady state was not restored", Moment.REVERTED: "nothing was reverted",
}  # fmt: skip


def measure_response_times(events: Sequence[Event]) -> tuple[ResponseTime, ...]:
    """Return every time of the drill, as the field defines it; moments count when they happened, not when recorded.

    Detection is Google SRE's "operator becomes aware"; acknowledging is PagerDuty's trigger to first acknowledge;
    mitigated is no longer severe for users; recovered is normal operation.
    """
    plan = read_plan(events)
    rehearsal = plan.is_rehearsal
    between = {row[0]: _between(events, *row, rehearsal) for row in _BETWEEN_MOMENTS}
    times = (
        between["impact"], _alert(events), _detect(events, rehearsal), between["acknowledge"], between["assemble"],
        between["command"], between["first-update"], _silence(events, rehearsal),
        _until(events, "mitigate", "from the impact until service was restored", Moment.MITIGATED, rehearsal),
        _until(events, "recover", "from the impact until steady state was restored", Moment.RECOVERED, rehearsal),
    )  # fmt: skip
    honest = [_not_measured(time) if plan.informed and time.name in _DETECTION else time for time in times]
    return (*(_censor_pauses(events, time) for time in honest), _revert(events))


def _not_measured(time: ResponseTime) -> ResponseTime:
    """Drop a figure of detection: whoever chose the file knew what would fail, and when to look."""
    reason = "not measured: the responder knew what would fail"
    return replace(time, seconds=None, censored=False, state="not measured", reason=reason)


def _censor_pauses(events: Sequence[Event], time: ResponseTime) -> ResponseTime:
    """Turn a time that spans a pause, or a suspension of the machine, into a lower bound."""
    start = first_time_of_kind(events, time.start)
    if start is None or time.seconds is None or time.name == "silence":
        return time
    pause = first_pause(events, start, start + time.seconds)
    if pause is None:
        return time
    return replace(time, seconds=pause.at - start, censored=True, state="at least", reason=pause.cause)


def _between(
    events: Sequence[Event], name: str, meaning: str, start: Moment, end: Moment, rehearsal: bool
) -> ResponseTime:
    started = first_time_of_kind(events, start)
    ended = first_time_of_kind(events, end) if started is None else find_moment_time(events, end, started)
    if started is None or ended is None:
        return _missing(name, meaning, start, end, missing=end if ended is None else start)
    scripted = rehearsal and end in HUMAN_MOMENTS
    if ended < started:
        return ResponseTime(name, meaning, start, end, None, False, "not measured", f"{end} came before {start}")
    return _measured(name, meaning, start, end, ended - started, scripted)


def _measured(name: str, meaning: str, start: Moment, end: Moment, seconds: float, scripted: bool) -> ResponseTime:
    state: MeasurementState = "scripted" if scripted else "measured"
    return ResponseTime(name, meaning, start, end, seconds, False, state, scripted=scripted)


def _missing(name: str, meaning: str, start: Moment, end: Moment, missing: Moment) -> ResponseTime:
    """Return a time without a figure: what people say may go unrecorded; what the program measures did not happen."""
    human = missing in HUMAN_MOMENTS
    state: MeasurementState = "not recorded" if human else "did not happen"
    reason = f"{missing} was not recorded" if human else _NOT_HAPPENED.get(missing, f"no {missing}")
    return ResponseTime(name, meaning, start, end, None, False, state, reason)


def _at_least(
    name: str, meaning: str, start: Moment, end: Moment, seconds: float, reason: str, scripted: bool
) -> ResponseTime:
    return ResponseTime(name, meaning, start, end, seconds, True, "at least", reason, scripted=scripted)


def _alert(events: Sequence[Event]) -> ResponseTime:
    """Measure until the environment's own alert; a page by the program is only where the waiting ended."""
    name, meaning = "alert", "from the impact until the environment's own alert fired"
    impact, alert = first_time_of_kind(events, Moment.IMPACT), time_of(events, AlertFired)
    paged = _paged_by_program(events)
    if impact is None:
        return _missing(name, meaning, Moment.IMPACT, Moment.ALERT, Moment.IMPACT)
    first_sign = alert if alert is not None else paged
    if first_sign is not None and first_sign < impact:
        reason = "the alert fired before the impact" if alert is not None else "the program paged before the impact"
        return ResponseTime(name, meaning, Moment.IMPACT, Moment.ALERT, None, False, "not measured", reason)
    if alert is not None:
        return _measured(name, meaning, Moment.IMPACT, Moment.ALERT, alert - impact, False)
    if paged is not None:
        reason = "it stayed silent, so the program paged"
        return _at_least(name, meaning, Moment.IMPACT, Moment.ALERT, paged - impact, reason, False)
    return _missing(name, meaning, Moment.IMPACT, Moment.ALERT, Moment.ALERT)


def _detect(events: Sequence[Event], rehearsal: bool) -> ResponseTime:
    """Measure until the first human sign of awareness; if the program had to page first, only a lower bound."""
    name, meaning = "detect", "from the impact until someone was aware of it"
    impact, aware = first_time_of_kind(events, Moment.IMPACT), first_of_kind(events, *_AWARE)
    paged = _paged_by_program(events)
    if impact is None:
        return _missing(name, meaning, Moment.IMPACT, Moment.ACKNOWLEDGED, Moment.IMPACT)
    if paged is not None and (aware is None or paged <= aware.happened):
        end = Moment(aware.kind) if aware else Moment.ACKNOWLEDGED
        if paged < impact:
            reason = "the program paged before the impact"
            return ResponseTime(name, meaning, Moment.IMPACT, end, None, False, "not measured", reason)
        return _at_least(name, meaning, Moment.IMPACT, end, paged - impact, "the program had to page", rehearsal)
    if aware is None:
        return _missing(name, meaning, Moment.IMPACT, Moment.ACKNOWLEDGED, Moment.ACKNOWLEDGED)
    if aware.happened < impact:
        reason = "someone spoke before the impact"
        return ResponseTime(name, meaning, Moment.IMPACT, aware.kind, None, False, "not measured", reason)
    return _measured(name, meaning, Moment.IMPACT, Moment(aware.kind), aware.happened - impact, rehearsal)


def _paged_by_program(events: Sequence[Event]) -> float | None:
    return min((event.happened for event in of_type(events, Paged) if event.body.by_program), default=None)


def _silence(events: Sequence[Event], rehearsal: bool) -> ResponseTime:
    """Measure the longest time without a status update, until service was restored or the drill ended.

    One that spans a pause counts by its parts, as a lower bound.
    """
    name, meaning = "silence", "longest time without a status update"
    declared = first_time_of_kind(events, Moment.DECLARED)
    ended = first_time_of_kind(events, Moment.MITIGATED, "reverting", Moment.END)
    updates = [event.happened for event in of_kind(events, Moment.UPDATE)]
    if declared is None or ended is None or not updates:
        missing = Moment.DECLARED if declared is None else Moment.UPDATE
        return _missing(name, meaning, Moment.DECLARED, Moment.UPDATE, missing)
    points = [declared, *sorted(at for at in updates if declared < at < ended), max(ended, declared)]
    intervals = [part for earlier, later in pairwise(points) for part in running_intervals(events, earlier, later)]
    longest = max((later - earlier for earlier, later in intervals), default=0.0)
    if pause := first_pause(events, declared, points[-1]):
        reason = pause.cause.replace("ended by a pause", "not counting a pause")
        return _at_least(name, meaning, Moment.DECLARED, Moment.UPDATE, longest, reason, rehearsal)
    return _measured(name, meaning, Moment.DECLARED, Moment.UPDATE, longest, rehearsal)


def _until(events: Sequence[Event], name: str, meaning: str, end: Moment, rehearsal: bool) -> ResponseTime:
    """Measure a time that the drill itself may have cut short: then it is a lower bound (right-censored).

    Without a criterion of the scenario for restored service, nobody looked for it.
    """
    impact, event = first_time_of_kind(events, Moment.IMPACT), first_of_kind(events, end)
    if impact is None:
        return _missing(name, meaning, Moment.IMPACT, end, Moment.IMPACT)
    intervention = first_cut(events, impact)
    if event is not None and not _is_censored(event, intervention):
        return _measured(name, meaning, Moment.IMPACT, end, event.happened - impact, rehearsal)
    if not read_plan(events).mitigated_when and not has_any(events, Mitigated):
        return ResponseTime(name, meaning, Moment.IMPACT, end, None, False, "not measured", NO_CRITERION)
    if intervention is None:
        return _missing(name, meaning, Moment.IMPACT, end, end)
    until = min(intervention.at, _restored_too_late(events)) if end is Moment.MITIGATED else intervention.at
    seconds = max(0.0, until - impact)
    return _at_least(name, meaning, Moment.IMPACT, end, seconds, intervention.cause, rehearsal)


def _restored_too_late(events: Sequence[Event]) -> float:
    """Return since when service was restored when the drill ended, not for long enough to count; infinite if not."""
    bodies = (event.body for event in of_type(events, Evaluated) if event.body.part == "mitigated")
    return max((body.start for body in bodies if body.verdict != "met" and body.start is not None), default=inf)


def _is_censored(event: Event[Body], intervention: MeasurementCut | None) -> bool:
    flagged = isinstance(event.body, Mitigated | Recovered) and event.body.censored
    return flagged or (intervention is not None and event.happened >= intervention.at)


def _revert(events: Sequence[Event]) -> ResponseTime:
    """Measure how long the program took to revert everything."""
    name, meaning = "revert", "from the first revert until every fault was reverted and verified"
    begun, reverted = time_of(events, RevertStarted), first_of(events, AllReverted)
    if begun is None or reverted is None:
        return _missing(name, meaning, Moment.REVERTED, Moment.REVERTED, Moment.REVERTED)
    if reverted.body.kept or reverted.body.reason:
        meaning = "from the first revert until no fault was active"
    recorded = reverted.body.seconds  # the figure that everyone saw then
    seconds = reverted.happened - begun if recorded is None else recorded
    return ResponseTime(name, meaning, "reverting", Moment.REVERTED, seconds, False, "measured")
