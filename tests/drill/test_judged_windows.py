"""Readings that count, alike on every engine: between two times of a fault, and before the end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.events import event
from support.fake_injector import Bench, planned
from support.simulated_drill import START, Change, PlayedDrill, Sample, SimulatedDrill, Time

from gameday.drill.observers.effect import ImpactObserver
from gameday.drill.observers.guardrails import GuardrailObserver
from gameday.drill.observers.hypothesis import ExpectedAlertObserver
from gameday.drill.observers.judged_windows import JudgedPeriod, WindowJudge
from gameday.drill.observers.mitigation import SustainedMomentObserver
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.state import DrillState, fold_event
from gameday.events import (
    EffectJudged,
    Evaluated,
    Event,
    FaultEnded,
    FaultEndedUnexpectedly,
    ImpactDetected,
    Mitigated,
    Removed,
    SignalUnreadable,
    active_periods,
    format_plain,
    of_type,
)
from gameday.model import (
    Comparison,
    Environment,
    Expectation,
    Guardrail,
    Json,
    Limit,
    Reading,
    SignalBinding,
    SignalKind,
    TimeExpression,
)
from gameday.moments import Moment
from gameday.plugins.types import Intent, Presence
from gameday.scorecards.fault_outcomes import FaultOutcome
from gameday.scorecards.scorecard_text import format_fault

LINE = Expectation("success", Comparison.AT_LEAST, Limit(0.7, False, "70%"), over=4.0)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("presence", [Presence.ABSENT, Presence.MODIFIED, Presence.TARGET_GONE])
def test_a_fault_that_somebody_else_ended_has_lapsed_however_its_engine_shows_that(
    bench: Bench, presence: Presence
) -> None:
    bench.ledger.apply(planned())
    bench.ledger.renew_and_check()
    last = bench.clock.monotonic()
    bench.clock.advance(1.5)
    bench.engine.on_active = [lambda _: presence]
    bench.ledger.renew_and_check()
    [lapsed] = [one.body for one in of_type(bench.events(), FaultEndedUnexpectedly)]
    assert lapsed.last_present == last, "nothing is known of the time after the last check"
    assert not list(of_type(bench.events(), Removed))


def test_a_planned_end_is_checked_first_so_that_its_last_readings_count(bench: Bench) -> None:
    bench.ledger.apply(planned("brief"))
    bench.clock.advance(9.0)
    checked = bench.clock.monotonic()
    bench.ledger.end(planned("brief").fault)
    [ended] = [one.body for one in of_type(bench.events(), FaultEnded)]
    assert ended.last_present == checked


def test_a_fault_that_is_absent_at_its_planned_end_has_lapsed(bench: Bench) -> None:
    bench.ledger.apply(planned("brief"))
    bench.engine.there.clear()
    bench.ledger.end(planned("brief").fault)
    assert "lapsed" in bench.kinds() and "fault-end" not in bench.kinds()
    assert not bench.ledger.outstanding(), "and is reverted all the same"


def test_presence_is_known_from_before_the_engine_was_asked(bench: Bench) -> None:
    def slow(_: Intent) -> Presence:
        bench.clock.advance(2.0)
        return Presence.PRESENT

    bench.ledger.apply(planned())
    before = bench.clock.monotonic()
    bench.engine.on_active = [slow]
    bench.ledger.renew_and_check()
    assert list(bench.ledger.confirmed_until().values()) == [before]


def test_a_fault_that_was_adjusted_is_present_without_a_gap() -> None:
    said = [
        event("fault", {"fault": "slow", "marker": "a"}, 10.0),
        event("fault", {"fault": "slow", "marker": "b"}, 20.0),
        event("fault-reverted", {"marker": "a"}, 20.1),
        event("reverting", {}, 30.0),
    ]
    [period] = active_periods(said)["slow"]
    assert (period.start, period.end, period.occurrence) == (10.0, 30.0, 0)


def test_a_lapse_of_one_fault_leaves_the_others_present() -> None:
    state = DrillState()
    for at, marker in ((10.0, "slow"), (11.0, "cut")):
        state = fold_event(state, event("fault", {"fault": marker, "marker": marker}, at))
    state = fold_event(state, event("lapsed", {"marker": "slow", "last_present": 19.0}, 20.0))
    assert state.present == {"cut"}
    assert state.periods["slow"][-1].end == 19.0 and state.periods["cut"][-1].end is None


def test_a_window_counts_only_in_the_period_in_which_it_ends() -> None:
    """Readings from before a fault that comes later, and from between two of its times, are in none."""
    judge = WindowJudge(LATEST, GROUND)
    for second in range(1, 21):
        judge.feed(Reading("success", float(second), 1.0, 1))
    periods = [JudgedPeriod("slow", 0, 2.0, 5.0), JudgedPeriod("slow", 1, 10.0, 12.0, is_open=True)]
    judged = [(period.occurrence, window.reading.at) for period, window in judge.judge(periods)]
    assert judged == [*((0, at) for at in (2.0, 3.0, 4.0, 5.0)), *((1, at) for at in (10.0, 11.0, 12.0))]


def test_an_outage_after_the_fault_was_removed_is_no_impact_of_it() -> None:
    values = [1.0] * 8 + [0.0] * 10
    drill = SimulatedDrill(
        [Time("slow", 2.0, 6.5, "lapse")], [Sample(float(at), value) for at, value in enumerate(values)], [LINE], 18.0
    )
    assert not list(of_type(PlayedDrill(drill).events, ImpactDetected))


LATEST = Expectation("success", Comparison.AT_LEAST, Limit(0.7, False, "70%"))
SHOWN = Expectation("success", Comparison.BELOW, Limit(0.5, False, "50%"))
SHOWN_AT_ONCE = replace(SHOWN, at=TimeExpression(Moment.FAULT))
INTERRUPTED = [Time("slow", 2.0, 12.5, "stop"), Time("slow", 15.0, 26.0, "stays")]


def stopped(values: list[float], *, clues: tuple[Expectation, ...] = ()) -> list[Event[Evaluated]]:
    """Return what is evaluated in a drill that STOP interrupts after 12.5 s; its last check before is after 11 s."""
    samples = [Sample(float(at), value) for at, value in enumerate(values)]
    drill = SimulatedDrill(INTERRUPTED, samples, [LATEST], 26.0, clues=clues)
    return list(of_type(PlayedDrill(drill).events, Evaluated))


def test_a_clue_that_showed_before_stop_has_shown_after_the_resume() -> None:
    evaluated = stopped([1.0] * 3 + [0.0] * 8 + [1.0] * 15, clues=(SHOWN,))
    assert [event.body.verdict for event in evaluated if event.body.part == "clue"] == ["met"]


def test_readings_that_no_check_followed_before_stop_are_not_judged() -> None:
    assert {event.body.value for event in stopped([1.0] * 12 + [0.0] + [1.0] * 13)} == {1.0}
    assert {event.body.value for event in stopped([1.0] * 11 + [0.0] + [1.0] * 14)} == {0.0, 1.0}


ALERT = SignalBinding("slow-alert", SignalKind.ALERT, "http", {}, 1.0, None, 1)


@pytest.mark.parametrize("fires_at", [None, 35.0])
def test_an_alert_whose_time_stop_interrupted_is_not_judged(fires_at: float | None) -> None:
    ground = BaselineValues(Environment("", {}, {"slow-alert": ALERT}, {}), {})
    fires = Expectation("slow-alert", Comparison.FIRES, by=TimeExpression(Moment.IMPACT, 20.0))
    state = DrillState()
    rows: list[tuple[float, str, dict[str, Json]]] = [
        (0.0, "phase", {"after": "running"}), (0.0, "start", {}),
        (1.0, "intended", {"intent": {"fault": "slow", "marker": "a"}}),
        (1.0, "fault", {"fault": "slow", "marker": "a"}),
        (2.0, "impact", {"signal": "success"}), (12.0, "stop", {"resumable": True}), (12.0, "reverting", {}),
        (20.0, "stop-resumed", {}), (21.0, "fault", {"fault": "slow", "marker": "b"}),
    ]  # fmt: skip
    for at, kind, data in rows:
        state = fold_event(state, event(kind, data, at))
    observer = ExpectedAlertObserver(0, fires, ground, lambda: {"b": 60.0})
    for second in (*range(3, 12), *range(22, 60)):
        observer.feed(Reading("slow-alert", float(second), float(fires_at is not None and second >= fires_at), 1))
        assert observer.poll(float(second), state) == []
    assert observer.finalize(60.0, state) == []


BINDING = SignalBinding("success", SignalKind.RATIO, "http", {}, 1.0, None, 1)
GROUND = BaselineValues(Environment("", {}, {"success": BINDING}, {}), {})
RESTORED = Expectation("success", Comparison.AT_LEAST, Limit(0.9, False, "90%"), hold=5.0)


def sustained(times: int, until: int, good_from: int) -> tuple[SustainedMomentObserver, DrillState]:
    """Return an observer of a fault that ended at second 10 and comes so often, and the state after the end."""
    state = DrillState()
    for at, kind, data in (
        (1.0, "fault", {"fault": "slow", "marker": "a"}),
        (2.0, "impact", {"signal": "success"}),
        (10.0, "fault-end", {"fault": "slow", "marker": "a"}),
    ):
        state = fold_event(state, event(kind, dict(data), at))
    observer = SustainedMomentObserver(Moment.MITIGATED, Moment.IMPACT, [RESTORED], GROUND, {"slow": times})
    for second in range(1, until + 1):
        observer.feed(Reading("success", float(second), 1.0 if second >= good_from else 0.0, 9))
    return observer, state


def test_service_between_two_times_of_a_fault_is_not_restored() -> None:
    for times, count in ((1, 1), (2, 0)):
        observer, state = sustained(times, until=20, good_from=11)
        assert len(observer.poll(20.0, state)) == count


def test_service_is_not_restored_before_the_action_that_is_credited_with_it() -> None:
    """The window begins with the last bad reading, which may be from before the action."""
    observer, state = sustained(1, until=15, good_from=11)
    acted = replace(state, started_actions=(("reads", 10.6), ("late", 14.0)))
    [draft] = observer.poll(15.0, acted)
    assert draft.happened == 10.6 and isinstance(draft.body, Mitigated) and draft.body.actions == ("reads",)
    [without] = observer.poll(15.0, state)
    assert without.happened == 10.0


def test_service_that_was_back_too_briefly_to_count_bounds_what_is_claimed() -> None:
    observer, state = sustained(1, until=20, good_from=18)
    present = replace(state, present=frozenset({"slow"}), end_counts={})
    assert observer.poll(20.0, present) == []
    [draft] = observer.finalize(20.0, present)
    assert isinstance(draft.body, Evaluated) and draft.body.part == "mitigated"
    assert draft.body.start is not None and 17.0 <= draft.body.start <= 18.0


def test_an_expectation_that_could_seldom_be_read_is_unknown_and_says_how_seldom() -> None:
    for answered, verdict, missing in ((12, "unknown", 10), (18, "met", 4)):
        values = [1.0] * 2 + [0.9] * answered + [None] * (22 - answered) + [0.9] * 2
        samples = [Sample(float(at), value) for at, value in enumerate(values)]
        drill = SimulatedDrill([Time("slow", 2.0, 24.0, "planned")], samples, [LINE], 26.0)
        [evaluated] = [one.body for one in of_type(PlayedDrill(drill).events, Evaluated)]
        assert (evaluated.verdict, evaluated.missing, evaluated.readings) == (verdict, missing, 22)
        text = format_plain(evaluated.log_text({"success": "ratio"}))
        assert text.endswith(f"; {missing} of 22 readings are missing")


def test_an_alert_that_could_have_fired_unseen_is_not_said_to_have_been_silent() -> None:
    ground = BaselineValues(Environment("", {}, {"slow-alert": ALERT}, {}), {})
    fires = Expectation("slow-alert", Comparison.FIRES, by=TimeExpression(Moment.FAULT, 20.0))
    state = fold_event(DrillState(), event("fault", {"fault": "slow", "marker": "a"}, 1.0))
    for unread, verdict in ((range(0), "unmet"), (range(5, 15), "unknown")):
        observer = ExpectedAlertObserver(0, fires, ground, lambda: {"a": 60.0})
        for second in range(2, 30):
            observer.feed(Reading("slow-alert", float(second), None if second in unread else 0.0, second not in unread))
        [draft] = observer.poll(30.0, state)
        assert isinstance(draft.body, Evaluated) and draft.body.verdict == verdict


def test_a_guardrail_that_cannot_be_read_for_its_own_time_halts_the_drill_once() -> None:
    rail = Guardrail("success", Comparison.BELOW, Limit(0.5, False, "50%"), hold=5.0)
    observer, state = GuardrailObserver(2, rail, GROUND), DrillState()
    for kind, data in (("phase", {"after": "running"}), ("start", {"delay": 0.0})):
        state = fold_event(state, event(kind, data, 0.0))
    told: list[tuple[float, object]] = []
    for second in range(1, 31):
        is_read = second <= 5 or 10 <= second <= 12
        error = "" if is_read else "cannot connect"
        observer.feed(Reading("success", float(second), 1.0 if is_read else None, 9 if is_read else 0, error))
        told += [(float(second), draft.body) for draft in observer.poll(float(second), state)]
    [(at, body)] = told
    assert isinstance(body, SignalUnreadable)
    assert at == 21.0, "16 is the first second without a reading for 3 s; a reading in between begins the time again"
    assert (body.signal, body.seconds, body.guardrail) == ("success", 5.0, 2)
    assert body.text == "success cannot be read: cannot connect"


def test_an_effect_and_a_clue_that_could_have_shown_unread_are_not_said_to_be_absent() -> None:
    for unread, effect, clue in ((0, [False], "unmet"), (6, [], "unknown")):
        values = [1.0] * 3 + [None] * unread + [1.0] * (9 - unread) + [1.0] * 8
        samples = [Sample(float(at), value) for at, value in enumerate(values)]
        drill = SimulatedDrill([Time("slow", 2.0, 12.0, "stays")], samples, [LATEST], 12.0, clues=(SHOWN_AT_ONCE,))
        events = PlayedDrill(drill).events
        assert [one.body.seen for one in of_type(events, EffectJudged)] == effect
        [found] = [one.body for one in of_type(events, Evaluated) if one.body.part == "clue"]
        assert (found.verdict, found.missing) == (clue, unread)


def test_an_impact_by_timeouts_says_that_the_value_is_more() -> None:
    impact = ImpactDetected("wait", 2.0, 1, "", lower_bound=True)
    assert format_plain(impact.review_text({"wait": "duration"})) == "Users affected: wait at more than 2 s (n=1)"
    assert impact.reading_text({"wait": "duration"}) == "wait is more than 2 s, n 1"
    assert effect_text(lower_bound=True) == "wait at more than 2 s (n=1)" != effect_text(lower_bound=False)


def effect_text(*, lower_bound: bool) -> str:
    outcome = FaultOutcome("slow", "latency", "web", "seen", "wait", 2.0, 1, 9.0, False, lower_bound=lower_bound)
    return format_fault(outcome, "duration").split("its effect was seen: ")[1]


UNTIL_STEADY = SimulatedDrill([Time("slow", 2.0, 40.0, "stays")], [], [LATEST], 40.0)


def judged(values: list[float], *changes: Change) -> list[Event[Evaluated]]:
    samples = [Sample(float(at), value) for at, value in enumerate(values)]
    drill = replace(UNTIL_STEADY, samples=samples, seconds=float(len(values)), changes=changes)
    return list(of_type(PlayedDrill(drill).events, Evaluated))


def test_breach_while_somebody_else_had_changed_the_target_is_no_breach() -> None:
    [line] = judged([1.0] * 8 + [0.0] * 12, Change(7.5, 60.0))
    assert line.body.verdict == "unknown"
    assert "count: change 0 by somebody outside this drill" in format_plain(line.body.log_text({}))


def test_breach_before_the_change_stays_a_breach() -> None:
    assert [line.body.verdict for line in judged([1.0] * 5 + [0.0] * 15, Change(10.0, 60.0))] == ["unmet"]


def test_line_is_judged_once_the_change_is_undone_and_enough_readings_count() -> None:
    affected = [1.0] * 8 + [0.0] * 4
    [line] = judged([*affected, *[1.0] * 28], Change(7.5, 11.5))
    assert (line.body.verdict, line.body.value) == ("met", 1.0)
    [line] = judged([*affected, *[1.0] * 4], Change(7.5, 11.5))
    assert line.body.verdict == "unknown", "too few of the readings count"


def test_impact_and_effect_are_not_of_a_change_by_somebody_else() -> None:
    samples = [Sample(float(at), float(at < 8)) for at in range(20)]
    drill = replace(UNTIL_STEADY, samples=samples, seconds=20.0, changes=[Change(7.5, 60.0)])
    assert not [event for event in PlayedDrill(drill).events if isinstance(event.body, ImpactDetected | EffectJudged)
                and getattr(event.body, "seen", True)]  # fmt: skip


@pytest.mark.parametrize(("confirmed", "judged"), [(3.0, ["impact-not-judged"]), (20.0, ["impact"])])
def test_readings_outside_steady_state_that_do_not_count_are_reported(confirmed: float, judged: list[str]) -> None:
    """The engine did not answer, so nobody knows whether the fault was present then."""
    state = fold_event(DrillState(), event("fault", {"fault": "slow", "marker": "a"}, 2.0))
    observer = ImpactObserver(LATEST, GROUND, lambda: {"a": confirmed})
    for second in range(1, 10):
        observer.feed(Reading("success", float(second), 0.0 if second > 4 else 1.0, 10))
    drafts = observer.finalize(10.0, state)
    assert [draft.kind for draft in drafts] == judged
    if judged == ["impact-not-judged"]:
        assert "could not be confirmed" in format_plain(drafts[0].body.log_text({}))


@pytest.mark.parametrize(("values", "found"), [([0.0, 1.0] * 10, False), ([1.0, 0.0, 0.0] * 6, True)])
def test_an_impact_and_an_effect_take_two_readings_in_a_row(values: list[float], found: bool) -> None:
    samples = [Sample(float(at), value) for at, value in enumerate([1.0] * 3 + values)]
    drill = SimulatedDrill([Time("slow", 3.0, 20.0, "stays")], samples, [LINE], 20.0)
    events = PlayedDrill(drill).events
    assert bool(list(of_type(events, ImpactDetected))) is found
    assert [one.body.seen for one in of_type(events, EffectJudged)] == [found]


def test_a_time_shorter_than_the_window_is_said_and_shows_no_reading_of_later() -> None:
    samples = [Sample(float(at), 1.0 if at < 3 or at > 8 else 0.9) for at in range(30)]
    line = replace(LINE, over=10.0)
    drill = SimulatedDrill([Time("slow", 3.0, 30.0, "stays")], samples, [line], 30.0, mitigated=9.0)
    [judged] = [one.body for one in of_type(PlayedDrill(drill).events, Evaluated)]
    assert judged.verdict == "unknown" and judged.value is None and judged.end is not None and judged.end <= START + 9.0
    assert judged.text == "service was restored after 6 s, before a whole window of 10 s"
