"""A verdict rests only on whole windows of a present fault and shows the worst of them, whatever happens in a drill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.simulated_drill import START, Change, End, PlayedDrill, Sample, SimulatedDrill, Time

from gameday.events import (
    EffectJudged,
    Evaluated,
    FaultEndedUnexpectedly,
    ImpactDetected,
    ImpactNotJudged,
    has_any,
    of_type,
    read_plan,
)
from gameday.model import Comparison, Expectation, Limit
from gameday.scorecards.counted_judgements import deciding_evaluations, mitigated_at
from gameday.scorecards.fault_outcomes import collect_fault_outcomes
from gameday.scorecards.response_times import measure_response_times
from gameday.scorecards.verdict import decide_verdict

WINDOW_S = 4.0
PATIENCE_S = 3.0
TINY = 0.003
OVER = Expectation("success", Comparison.AT_LEAST, Limit(0.3, False, "30%"), over=WINDOW_S)
LATEST = Expectation("success", Comparison.AT_LEAST, Limit(0.1, False, "10%"))

Values = st.sampled_from([0.0, 0.05, 0.2, 0.4, 0.6, 1.0, None])
Samples = st.tuples(Values, st.sampled_from([0.0, 0.0, 1.0, 3.0]), st.sampled_from([0.0, 0.5, 2.5]))


@st.composite
def drills(draw: st.DrawFn) -> SimulatedDrill:
    """Draw a drill of one fault, once, repeated or resumed after STOP, that ends in any way and is mitigated or not."""
    lengths = draw(st.lists(st.sampled_from([1.0, 3.5, 6.0, 9.5]), min_size=1, max_size=3))
    last: End = draw(st.sampled_from(["lapse", "action", "responders", "planned", "stays"]))
    times, at = list[Time](), 3.0
    for index, length in enumerate(lengths):
        by: End = last if index == len(lengths) - 1 else draw(st.sampled_from(["planned", "planned", "stop"]))
        times.append(Time("slow", at, at + length, by, draw(st.sampled_from([0.5, 1.5]))))
        at += length + draw(st.sampled_from([2.0, 6.0]))
    seconds = times[-1].end if last == "stays" else at + 3.0
    drawn = draw(st.lists(Samples, min_size=int(seconds), max_size=int(seconds)))
    samples = [Sample(float(second), *sample) for second, sample in enumerate(drawn)]
    mitigated = draw(st.one_of(st.none(), st.floats(4.0, seconds).map(lambda at: round(at, 1) + 0.05)))
    repeats = draw(st.sampled_from([len(times), len(times), len(times) + 1]))
    return SimulatedDrill(times, samples, [OVER, LATEST], seconds, repeats, mitigated=mitigated)


@st.composite
def drills_with_changes(draw: st.DrawFn) -> SimulatedDrill:
    """Draw a drill whose target somebody outside it changes, for longer than a check takes to notice."""
    drill = draw(drills())
    starts = draw(st.lists(st.floats(0.0, drill.seconds).map(lambda at: round(at, 1)), min_size=1, max_size=2))
    lengths = draw(st.lists(st.sampled_from([2.0, 4.0, 60.0]), min_size=2, max_size=2))
    changes = [Change(at, at + length) for at, length in zip(starts, lengths, strict=False)]
    return replace(drill, changes=changes)


def good(*values: float | None) -> list[Sample]:
    return [Sample(float(second), value) for second, value in enumerate(values)]


REMOVED_AT_ONCE = SimulatedDrill(
    [Time("slow", 3.0, 5.0, "lapse")], good(*[1.0] * 3, 0.0, 0.0, *[1.0] * 20), [OVER, LATEST], 25.0
)


@given(drills())
@example(REMOVED_AT_ONCE)
def test_no_reading_outside_the_presence_of_a_fault_counts(drill: SimulatedDrill) -> None:
    for event in PlayedDrill(drill).events:
        body = event.body
        if not isinstance(body, EffectJudged | ImpactDetected | Evaluated):
            continue
        if isinstance(body, Evaluated) and body.verdict == "unknown":
            continue
        assert body.start is not None and body.end is not None
        assert any(_lies_within(time, body.start, body.end) for time in drill.times), body


CHANGED = SimulatedDrill(
    [Time("slow", 3.0, 30.0, "stays")], good(*[1.0] * 3, *[0.4] * 6, *[0.0] * 6, *[0.4] * 15), [OVER, LATEST], 30.0,
    changes=[Change(9.0, 15.0)],
)  # fmt: skip


@given(drills_with_changes())
@example(CHANGED)
def test_no_reading_counts_while_somebody_outside_had_changed_the_target(drill: SimulatedDrill) -> None:
    for event in PlayedDrill(drill).events:
        body = event.body
        if isinstance(body, EffectJudged | ImpactDetected | Evaluated) and getattr(body, "verdict", "") != "unknown":
            assert body.start is not None and body.end is not None
            affected = [change for change in _noticed(drill) if _overlaps(change, body.start, body.end)]
            assert not affected, body


@given(st.one_of(drills(), drills_with_changes()))
@example(CHANGED)
def test_that_no_two_readings_left_steady_state_is_only_said_if_it_is_true(drill: SimulatedDrill) -> None:
    played = PlayedDrill(drill)
    time = next(time for time in measure_response_times(played.events) if time.name == "impact")
    if time.state != "did not happen":
        return
    for period in drill.times:
        stop = drill.seconds if period.by == "stays" else period.end
        seen = [sample for sample in drill.samples if period.start < sample.at and sample.at + sample.duration < stop]
        unhealthy = [sample.value is not None and sample.value < 0.99 for sample in seen]
        assert (True, True) not in pairwise(unhealthy), played.events


def test_impact_of_somebody_elses_change_is_named_and_not_denied() -> None:
    drill = SimulatedDrill(
        [Time("slow", 3.0, 30.0, "stays")], good(*[1.0] * 9, *[0.0] * 6, *[1.0] * 15), [OVER], 30.0,
        changes=[Change(8.0, 16.0)],
    )  # fmt: skip
    events = PlayedDrill(drill).events
    [unjudged] = of_type(events, ImpactNotJudged)
    assert unjudged.body.sentence == "success left steady state, but change 0 by somebody outside this drill"
    time = next(time for time in measure_response_times(events) if time.name == "impact")
    assert (time.state, time.reason) == ("not measured", f"not measured: {unjudged.body.sentence}")


def _noticed(drill: SimulatedDrill) -> list[Change]:
    """Return the changes that were present throughout the time between two checks of a present fault.

    What was there before the first fault belongs to the target's state before it, and is no change."""
    began = min(time.start for time in drill.times)
    long = [change for change in drill.changes if change.end - change.start > 2 * drill.check_every]
    return [change for change in long if change.start > began]


def _overlaps(change: Change, start: float, end: float) -> bool:
    return start + TINY < START + change.end and START + change.start < end - TINY


def _lies_within(time: Time, start: float, end: float) -> bool:
    return START + time.start - TINY <= start and end <= START + time.end + TINY


STOPPED = SimulatedDrill(
    [Time("slow", 3.0, 12.5, "stop"), Time("slow", 14.5, 24.0, "stays")],
    good(*[1.0] * 3, *[0.4] * 7, *[1.0] * 14), [OVER, LATEST], 24.0,
)  # fmt: skip


SELDOM_READ = SimulatedDrill(
    [Time("slow", 3.0, 24.0, "planned")], good(*[1.0] * 3, *[0.4] * 6, *[None] * 15, 1.0), [OVER, LATEST], 26.0
)


@given(drills())
@example(REMOVED_AT_ONCE)
@example(STOPPED)
@example(SELDOM_READ)
def test_the_figure_of_a_line_is_its_worst_full_window_and_nothing_is_judged_without_one(drill: SimulatedDrill) -> None:
    played = PlayedDrill(drill)
    events = played.events
    for line, seconds in ((0, WINDOW_S), (1, 0.0)):
        decided = deciding_evaluations(events, "expectation", read_plan(events).expectations)[line]
        tested = [windows for time in _tested_times(played) if (windows := _windows(played, time, seconds))
                  or time.by != "stop"]  # fmt: skip
        values = [value for windows in tested for value in windows]
        limit = (OVER, LATEST)[line].limit
        assert limit is not None
        if any(value < limit.value - 1e-9 for value in values):
            assert decided is not None and decided.verdict == "unmet"
        elif not (tested and all(tested) and _are_covered(played, seconds)):
            assert decided is None or decided.verdict == "unknown"
        else:
            assert decided is not None and decided.verdict == "met"
        if decided is not None and decided.verdict != "unknown":
            assert decided.value == pytest.approx(min(values), abs=1e-5)


def _are_covered(played: PlayedDrill, seconds: float) -> bool:
    return all(_is_covered(played, time, seconds) for time in _tested_times(played)
               if time.by != "stop" or _windows(played, time, seconds))  # fmt: skip


def _is_covered(played: PlayedDrill, time: Time, seconds: float) -> bool:
    """Return True if at most one in five of the readings is missing, or only one: no value, or too few before it."""
    drill, until = played.drill, min(played.checks.get(time.marker, 0.0) - START, time.end)
    restored = _restored(played)
    counted = [sample for sample in drill.samples
               if time.start <= sample.at + sample.duration <= until and sample.at <= restored]  # fmt: skip
    if not counted:
        return True
    present = [sample for sample in counted if sample.value is not None
               and not _is_unreadable(drill, sample.at + sample.duration, time.start, seconds)]  # fmt: skip
    due = counted[-1].at - counted[0].at + 1
    return due - len(present) <= max(1, due / 5) and len(present) > 0


def _is_unreadable(drill: SimulatedDrill, now: float, start: float, seconds: float) -> bool:
    answered = [sample for sample in drill.samples if sample.at + sample.duration <= now and sample.at >= start]
    seen = [sample for sample in answered if sample.at - sample.over >= start]
    if answered and not seen and answered[-1].value is not None:
        return False
    if not any(sample.value is not None and sample.at >= now - PATIENCE_S for sample in seen):
        return bool(seen) or now - start >= PATIENCE_S
    measured = [sample for sample in seen if sample.value is not None and sample.at > seen[-1].at - seconds]
    return bool(seconds) and seen[-1].at - start >= seconds and (seconds - len(measured)) * 2 > seconds


def _restored(played: PlayedDrill) -> float:
    """Return when service was restored, as far as the drill came to know it; infinite if it did not."""
    return mitigated_at(played.events) - START


def _tested_times(played: PlayedDrill) -> list[Time]:
    """Return the times of the fault that began before service was restored."""
    return [time for time in played.drill.times if time.start < _restored(played)]


def _windows(played: PlayedDrill, time: Time, seconds: float) -> list[float]:
    """Return the value of every full window of one time, computed plainly: one window for each answer."""
    drill = played.drill
    until = min(played.checks.get(time.marker, 0.0) - START, time.end)
    inside = [sample for sample in drill.samples if sample.at - sample.over >= time.start]
    restored = _restored(played)
    values: list[float] = []
    for answered in sorted({sample.at + sample.duration for sample in drill.samples}):
        if not time.start <= answered <= until:
            continue
        seen = [sample for sample in inside if sample.at + sample.duration <= answered]
        value = _window_value(seen, answered, time.start, seconds)
        ends = [sample.at for sample in seen if seconds or sample.value is not None]
        if value is not None and ends[-1] <= restored:
            values.append(value)
    return values


def _window_value(seen: Sequence[Sample], now: float, start: float, seconds: float) -> float | None:
    if not any(sample.value is not None and sample.at >= now - PATIENCE_S for sample in seen):
        return None
    measured = [sample.value for sample in seen if sample.value is not None and sample.at > seen[-1].at - seconds]
    if not seconds:
        return next(sample.value for sample in reversed(seen) if sample.value is not None)
    is_full = seen[-1].at - start >= seconds and (seconds - len(measured)) * 2 <= seconds
    return sum(measured) / len(measured) if is_full and measured else None


@given(drills())
@example(REMOVED_AT_ONCE)
@example(SELDOM_READ)
def test_a_lapse_a_missing_effect_or_a_missing_time_is_never_a_pass(drill: SimulatedDrill) -> None:
    played = PlayedDrill(drill)
    events = played.events
    held = decide_verdict(events).hypothesis
    if has_any(events, FaultEndedUnexpectedly):
        assert held != "held"
    [outcome] = collect_fault_outcomes(events)
    if outcome.effect != "seen":
        assert held == "unknown"
    if drill.mitigated is None and len(drill.times) < drill.repeats:
        assert held != "held"
    if not all(_windows(played, time, WINDOW_S) for time in _tested_times(played)):
        assert held != "held"
    if not _are_covered(played, WINDOW_S):
        assert held != "held"


@given(drills())
def test_each_time_of_a_fault_is_judged_by_its_own_effect(drill: SimulatedDrill) -> None:
    events = PlayedDrill(drill).events
    effects = [event.body for event in of_type(events, EffectJudged)]
    assert len({body.occurrence for body in effects}) == len(effects)
    for body in effects:
        time = drill.times[body.occurrence]
        assert body.start is not None and body.end is not None and _lies_within(time, body.start, body.end)
