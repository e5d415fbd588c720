"""Response times of a drill, each between two moments, with what limits its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from gameday.events import (
    AlertFired,
    Body,
    Ended,
    Event,
    ImpactNotJudged,
    Mitigated,
    Paged,
    Recovered,
    RevertStarted,
    first_of_kind,
    first_time_of_kind,
    has_any,
    of_kind,
    of_type,
    read_plan,
    time_of,
)
from gameday.model import Reading, Source
from gameday.moments import Moment, moment_occurred, moment_phrase
from gameday.scorecards.impact_attribution import NO_EFFECT, is_impact_without_effect
from gameday.scorecards.lower_bounds import known_until
from gameday.scorecards.measurement_cuts import (
    IN_PAUSE,
    INTERRUPTED,
    SUSPENDED,
    MeasurementCut,
    first_cut,
)
from gameday.scorecards.objectives import find_moment_time
from gameday.scorecards.pauses import (
    first_resumed_stop,
    first_suspension,
    pause_at,
    paused_seconds,
    running_intervals,
)
from gameday.scorecards.revert_time import measure_revert
from gameday.scorecards.scripted_moments import has_scripted_mitigation, is_scripted
from gameday.scorecards.time_measurement import (
    ResponseTime,
    measured_time,
    missing_time,
    time_at_least,
    unmeasured_time,
)

_AWARE = (Moment.ACKNOWLEDGED, Moment.DECLARED, Moment.THEORY, Moment.HELP)
INFORMED = "not measured: the responder knew what would fail"
NO_CRITERION = "not measured: the scenario has no mitigated_when"
_DETECTION = frozenset({"detect", "acknowledge"})
_OF_THE_SYSTEM = frozenset({"impact", "alert"})
"""Times in which people have no part, so that a pause changes nothing."""
_FROM_THE_FAULT = frozenset({"impact", "alert", "detect", "mitigate", "recover"})

_BETWEEN_MOMENTS: tuple[tuple[str, str, Moment, Moment], ...] = (
    ("impact", "from the fault until the first impact on users", Moment.FAULT, Moment.IMPACT),
    ("acknowledge", "from the page until it was acknowledged", Moment.PAGED, Moment.ACKNOWLEDGED),
    ("assemble", "from the page until everyone required was present", Moment.PAGED, Moment.ASSEMBLED),
    ("command", "from the declaration until the IC was announced", Moment.DECLARED, Moment.IC_ANNOUNCED),
    ("first-update", "from the declaration until the first status update", Moment.DECLARED, Moment.UPDATE),
)


def measure_response_times(events: Sequence[Event], readings: Sequence[Reading] = ()) -> tuple[ResponseTime, ...]:
    """Return every time of the drill, as the field defines it; moments count when they happened, not when recorded.

    Detection is Google SRE's "operator becomes aware"; acknowledging is PagerDuty's trigger to first acknowledge;
    mitigated is no longer severe for users; recovered is normal operation. Without readings, a signal counts as read.
    """
    plan = read_plan(events)
    between = {row[0]: _between(events, *row) for row in _BETWEEN_MOMENTS}
    times = [
        between["impact"], _alert(events), _detect(events), between["acknowledge"], between["assemble"],
        between["command"], between["first-update"], _silence(events),
        _until(events, readings, "mitigate", "from the impact until service was restored", Moment.MITIGATED),
        _until(events, readings, "recover", "from the impact until steady state was restored", Moment.RECOVERED),
    ]  # fmt: skip
    if is_impact_without_effect(events):
        times = [unmeasured_time(time, NO_EFFECT) if time.name in _FROM_THE_FAULT else time for time in times]
    elif unjudged := next(of_type(events, ImpactNotJudged), None):
        reason = f"not measured: {unjudged.body.sentence}"
        times = [unmeasured_time(time, reason) if time.name == "impact" else time for time in times]
    if plan.informed:  # whoever chose the file knew what would fail, and when to look
        times = [unmeasured_time(time, INFORMED) if time.name in _DETECTION else time for time in times]
    return (*(_without_pauses(events, time) for time in times), measure_revert(events))


def _without_pauses(events: Sequence[Event], time: ResponseTime) -> ResponseTime:
    """Leave out pauses, which are no time of the team's; the system went on in them.

    A lower bound is known of a time that ended in a pause, or that spans a suspension of the machine or, of those that
    count from the fault, a STOP that reverted it.
    """
    start = first_time_of_kind(events, time.start)
    if start is None or time.seconds is None or time.name == "silence":
        return time
    cut = _interruption(events, time, start, start + time.seconds)
    end = start + time.seconds if cut is None else cut.at
    if cut is not None:
        time = replace(time, censored=True, state="at least", reason=cut.cause)
    paused = 0.0 if time.name in _OF_THE_SYSTEM else paused_seconds(events, start, end)
    return replace(time, seconds=max(0.0, end - start - paused), paused=paused)


def _interruption(events: Sequence[Event], time: ResponseTime, start: float, end: float) -> MeasurementCut | None:
    """Return the first interruption of a time after which it cannot be measured."""
    is_open = time.censored or time.name in _OF_THE_SYSTEM
    interruptions = {
        SUSPENDED: first_suspension(events, start, end),
        INTERRUPTED: first_resumed_stop(events, start, end) if time.name in _FROM_THE_FAULT else None,
        IN_PAUSE: None if is_open else pause_at(events, end),
    }
    cuts = [MeasurementCut(max(at, start), cause) for cause, at in interruptions.items() if at is not None]
    return min(cuts, key=lambda cut: cut.at, default=None)


def _between(events: Sequence[Event], name: str, meaning: str, start: Moment, end: Moment) -> ResponseTime:
    started = first_time_of_kind(events, start)
    ended = first_time_of_kind(events, end) if started is None else find_moment_time(events, end, started)
    if started is None or ended is None:
        return missing_time(name, meaning, start, end, missing=end if ended is None else start)
    scripted = is_scripted(events, (start, started), (end, ended))
    if ended < started:
        reason = f"{moment_occurred(end)} before {moment_phrase(start)}"
        return ResponseTime(name, meaning, start, end, None, False, "not measured", reason)
    return measured_time(name, meaning, start, end, ended - started, scripted)


def _alert(events: Sequence[Event]) -> ResponseTime:
    """Measure until the environment's own alert; a page by the program is only where the waiting ended."""
    name, meaning = "alert", "from the impact until the environment's own alert fired"
    impact, alert = first_time_of_kind(events, Moment.IMPACT), time_of(events, AlertFired)
    paged = _paged_by_program(events)
    if impact is None:
        return missing_time(name, meaning, Moment.IMPACT, Moment.ALERT, Moment.IMPACT)
    first_sign = alert if alert is not None else paged
    if first_sign is not None and first_sign < impact:
        reason = "the alert fired before the impact" if alert is not None else "the program paged before the impact"
        return ResponseTime(name, meaning, Moment.IMPACT, Moment.ALERT, None, False, "not measured", reason)
    if alert is not None:
        return measured_time(name, meaning, Moment.IMPACT, Moment.ALERT, alert - impact, False)
    if paged is not None:
        reason = "it stayed silent, so the program paged"
        return time_at_least(name, meaning, Moment.IMPACT, Moment.ALERT, paged - impact, reason, False)
    return missing_time(name, meaning, Moment.IMPACT, Moment.ALERT, Moment.ALERT)


def _detect(events: Sequence[Event]) -> ResponseTime:
    """Measure until the first human sign of awareness; if the program had to page first, only a lower bound."""
    name, meaning = "detect", "from the impact until someone was aware of it"
    impact, aware = first_time_of_kind(events, Moment.IMPACT), first_of_kind(events, *_AWARE)
    paged, scripted = _paged_by_program(events), aware is not None and aware.source is Source.SCRIPT
    if impact is None:
        return missing_time(name, meaning, Moment.IMPACT, Moment.ACKNOWLEDGED, Moment.IMPACT)
    if paged is not None and (aware is None or paged <= aware.happened):
        end = Moment(aware.kind) if aware else Moment.ACKNOWLEDGED
        if paged < impact:
            reason = "the program paged before the impact"
            return ResponseTime(name, meaning, Moment.IMPACT, end, None, False, "not measured", reason)
        return time_at_least(name, meaning, Moment.IMPACT, end, paged - impact, "the program had to page", scripted)
    if aware is None:
        return missing_time(name, meaning, Moment.IMPACT, Moment.ACKNOWLEDGED, Moment.ACKNOWLEDGED)
    if aware.happened < impact:
        reason = "not measured: reported before users were affected"
        return ResponseTime(name, meaning, Moment.IMPACT, aware.kind, None, False, "not measured", reason)
    return measured_time(name, meaning, Moment.IMPACT, Moment(aware.kind), aware.happened - impact, scripted)


def _paged_by_program(events: Sequence[Event]) -> float | None:
    return min((event.happened for event in of_type(events, Paged) if event.body.by_program), default=None)


def _silence(events: Sequence[Event]) -> ResponseTime:
    """Measure the longest time without a status update, until service was restored or the drill ended.

    One that spans a pause counts by its parts, as a lower bound.
    """
    name, meaning = "silence", "longest time without a status update"
    declared = first_time_of_kind(events, Moment.DECLARED)
    ended = time_of(events, Mitigated, RevertStarted, Ended)
    updates = [event.happened for event in of_kind(events, Moment.UPDATE)]
    if declared is None or ended is None or not updates:
        missing = Moment.DECLARED if declared is None else Moment.UPDATE
        return missing_time(name, meaning, Moment.DECLARED, Moment.UPDATE, missing)
    points = [declared, *sorted(at for at in updates if declared < at < ended), max(ended, declared)]
    intervals = [part for earlier, later in pairwise(points) for part in running_intervals(events, earlier, later)]
    longest = max((later - earlier for earlier, later in intervals), default=0.0)
    scripted = is_scripted(events, (Moment.DECLARED, declared), *((Moment.UPDATE, at) for at in updates))
    if reason := _gap_in_silence(events, declared, points[-1]):
        return time_at_least(name, meaning, Moment.DECLARED, Moment.UPDATE, longest, reason, scripted)
    return measured_time(name, meaning, Moment.DECLARED, Moment.UPDATE, longest, scripted)


def _gap_in_silence(events: Sequence[Event], start: float, end: float) -> str:
    """Return the reason why the longest silence is a lower bound; empty if it was measured in one piece."""
    if first_suspension(events, start, end) is not None:
        return SUSPENDED
    return "not counting a pause or STOP" if paused_seconds(events, start, end) else ""


def _until(events: Sequence[Event], readings: Sequence[Reading], name: str, meaning: str, end: Moment) -> ResponseTime:
    """Measure a time that the drill itself may have cut short: then it is a lower bound (right-censored).

    Without a criterion of the scenario for restored service, nobody looked for it.
    """
    impact, event = first_time_of_kind(events, Moment.IMPACT), first_of_kind(events, end)
    if impact is None:
        return missing_time(name, meaning, Moment.IMPACT, end, Moment.IMPACT)
    intervention, scripted = first_cut(events, impact), has_scripted_mitigation(events)
    if event is not None and not _is_censored(event, intervention):
        return measured_time(name, meaning, Moment.IMPACT, end, event.happened - impact, scripted)
    if not read_plan(events).mitigated_when and not has_any(events, Mitigated):
        return ResponseTime(name, meaning, Moment.IMPACT, end, None, False, "not measured", NO_CRITERION)
    if intervention is None:
        return missing_time(name, meaning, Moment.IMPACT, end, end)
    cut = known_until(events, readings, intervention, end)
    seconds = max(0.0, cut.at - impact)
    return time_at_least(name, meaning, Moment.IMPACT, end, seconds, cut.cause, scripted)


def _is_censored(event: Event[Body], intervention: MeasurementCut | None) -> bool:
    flagged = isinstance(event.body, Mitigated | Recovered) and event.body.censored
    return flagged or (intervention is not None and event.happened >= intervention.at)
