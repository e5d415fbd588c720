"""The assumed clock: each limit at its half, from the moment it counts from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.drill.estimated_schedule import estimate_schedule, spared_by, time_of
from gameday.files.scenario import adapt_to_environment, read_scenario
from gameday.files.scenario_library import library
from gameday.model import Cue, Ends, Environment, Page, Range, Scenario, ScriptStep
from gameday.moments import Moment

NOWHERE = Environment("", {}, {}, {})
SHIPPED = adapt_to_environment(read_scenario(library()["db-slowdown"]), NOWHERE)


def test_the_shipped_scenario() -> None:
    """Hidden delay 0..180 s, effect in 30 s, alert in 3 min of impact; charter 5 min, command 3 min, update 5 min."""
    found = estimate_schedule(SHIPPED).moments
    assert found[Moment.FAULT] == 90
    assert found[Moment.IMPACT] == 90 + 15
    assert found[Moment.ALERT] == 105 + 90
    assert found[Moment.ASSEMBLED] == 195 + 150
    assert found[Moment.DECLARED] == 195 + 60
    assert found[Moment.IC_ANNOUNCED] == 255 + 90
    assert found[Moment.UPDATE] == 255 + 150
    assert found[Moment.MITIGATED] == 255 + 150 + 40 + 60
    assert found[Moment.END] == found[Moment.MITIGATED] + 120


def test_messages_of_the_schedule() -> None:
    assumed = estimate_schedule(SHIPPED)
    times = [time_of(line, assumed) for line in SHIPPED.course]
    assert times == [105 + 120, 195 + 360, 255 + 360, 195 + 600, 195 + 900, 195 + 1200, None, 505 + 60]
    spared = [spared_by(line, assumed) for line in SHIPPED.course]
    assert [one for one in spared if one] == ["declared", "theory", "theory", "mitigated"]


def test_message_on_the_chosen_mitigation_has_a_time() -> None:
    line = next(line for line in SHIPPED.course if line.when)
    assert time_of(replace(line, when="recommendations-off", after=7.0), estimate_schedule(SHIPPED)) == 445 + 7


def test_hint_before_its_moment_is_still_scheduled() -> None:
    hint = SHIPPED.course[1]
    assert spared_by(replace(hint, after=59.0), estimate_schedule(SHIPPED)) is None
    assert spared_by(replace(hint, after=60.0), estimate_schedule(SHIPPED)) is Moment.DECLARED


def test_the_program_pages_when_that_comes_first() -> None:
    assert SHIPPED.page is not None
    sooner = replace(SHIPPED, page=replace(SHIPPED.page, else_after=60.0))
    assert estimate_schedule(sooner).moments[Moment.ALERT] == 105 + 30


def test_written_responders_are_played_as_written() -> None:
    script = (ScriptStep(30, Moment.FAULT, Moment.DECLARED), ScriptStep(10, Moment.DECLARED, action="read-cache-on"))
    assumed = estimate_schedule(replace(SHIPPED, script=script))
    assert [(at, step.moment) for at, step in assumed.steps] == [(120.0, Moment.DECLARED), (130.0, None)]
    assert dict(assumed.actions) == {"recommendations-off": 130.0}


def test_without_a_page_no_responder_moment_is_estimated() -> None:
    """A line whose moment nobody can tell before has no time, and the drill ends at its timebox."""
    assumed = estimate_schedule(replace(SHIPPED, page=None, script=()))
    assert Moment.ALERT not in assumed.moments
    assert not assumed.steps
    assert assumed.end == SHIPPED.timebox
    assert [time_of(line, assumed) is None for line in SHIPPED.course] == [False, *[True] * 7]


def test_it_ends_at_the_timebox_at_the_latest() -> None:
    assert estimate_schedule(replace(SHIPPED, ends=Ends(1700.0, Moment.MITIGATED))).end == SHIPPED.timebox
    assert estimate_schedule(replace(SHIPPED, ends=None)).end == SHIPPED.timebox


MOMENTS = st.sampled_from(list(Moment))


@st.composite
def tangled(draw: st.DrawFn) -> Scenario:
    """Any script and any page: also moments that wait for each other in a ring."""
    steps = st.builds(ScriptStep, st.floats(0, 3000), MOMENTS, MOMENTS)
    lines = [replace(SHIPPED.course[0], play=Cue("support"), of=draw(MOMENTS), after=draw(st.floats(0, 3000)))]
    low = draw(st.floats(0, 500))
    return replace(
        SHIPPED,
        faults=(replace(SHIPPED.faults[0], start=Range(low, low + draw(st.floats(0, 500)))),),
        page=draw(st.none() | st.builds(Page, st.just("journey-slow"), st.floats(0, 900), MOMENTS, st.just("slow"))),
        script=tuple(draw(st.lists(steps, max_size=6))),
        course=tuple(lines),
    )


@given(tangled())
def test_any_message_order_is_scheduled(scenario: Scenario) -> None:
    """Nothing comes before the moment it counts from, nor the end after the timebox; times are those of the file."""
    assumed = estimate_schedule(scenario)
    assert assumed.moments[Moment.FAULT] == sum((scenario.faults[0].start.low, scenario.faults[0].start.high)) / 2
    assert 0 <= assumed.end <= scenario.timebox
    assert [at for at, _ in assumed.steps] == sorted(at for at, _ in assumed.steps)
    for line in scenario.course:
        at = time_of(line, assumed)
        assert line.of is not None
        assert at == pytest.approx(assumed.moments[line.of] + line.after) if line.of in assumed.moments else at is None
