"""The assumed clock: each limit at its half, from the moment it counts from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.drill.estimated_schedule import cancelling_moment, estimate_moment, estimate_schedule
from gameday.files.scenario import adapt_to_environment, read_scenario
from gameday.files.scenario_library import list_library
from gameday.model import Environment, Message, Page, Scenario, ScriptStep, TimeExpression
from gameday.moments import Moment

NOWHERE = Environment("", {}, {}, {})
SHIPPED = adapt_to_environment(read_scenario(list_library()["db-slowdown"]), NOWHERE)


def test_the_shipped_scenario() -> None:
    """Fault within 180 s, effect in 30 s, alert within 3 min of impact; charter 5 min, command 3 min, update 5 min."""
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


def test_messages() -> None:
    assumed = estimate_schedule(SHIPPED)
    times = [estimate_moment(message, assumed) for message in SHIPPED.messages]
    assert times == [105 + 120, 195 + 360, 255 + 360, 195 + 600, 195 + 900, 195 + 1200, None, 505 + 60]
    spared = [cancelling_moment(message, assumed) for message in SHIPPED.messages]
    assert spared == [None, "declared", "mitigated", "theory", "theory", "mitigated", None, None]


def test_a_message_after_the_mitigation_that_is_taken_has_a_time() -> None:
    message = next(message for message in SHIPPED.messages if message.when)
    assert estimate_moment(replace(message, when="shed-optional-work"), estimate_schedule(SHIPPED)) == 445


def test_a_hint_before_its_moment_is_not_spared() -> None:
    hint = SHIPPED.messages[1]
    early, late = (TimeExpression(Moment.PAGED, seconds) for seconds in (59.0, 60.0))
    assert cancelling_moment(replace(hint, at=early), estimate_schedule(SHIPPED)) is None
    assert cancelling_moment(replace(hint, at=late), estimate_schedule(SHIPPED)) is Moment.DECLARED


def test_the_program_pages_when_that_comes_first() -> None:
    assert SHIPPED.page is not None
    sooner = replace(SHIPPED, page=replace(SHIPPED.page, fallback=TimeExpression(Moment.IMPACT, 60.0)))
    assert estimate_schedule(sooner).moments[Moment.PAGED] == 105 + 30


def test_what_the_file_writes_out_is_what_is_played() -> None:
    script = (
        ScriptStep(TimeExpression(Moment.FAULT, 30), Moment.DECLARED),
        ScriptStep(TimeExpression(Moment.DECLARED, 10), action="read-from-cache"),
    )
    assumed = estimate_schedule(replace(SHIPPED, script=script))
    assert [(at, step.moment) for at, step in assumed.steps] == [(120.0, Moment.DECLARED), (130.0, None)]
    assert dict(assumed.actions) == {"shed-optional-work": 130.0}


def test_without_a_page_the_responders_are_estimated_from_the_impact() -> None:
    """A line whose moment nobody can tell before has no time."""
    assumed = estimate_schedule(replace(SHIPPED, page=None, script=()))
    assert Moment.PAGED not in assumed.moments
    assert min(at for at, _ in assumed.steps) == assumed.moments[Moment.IMPACT] + 20.0
    paged = [message for message in SHIPPED.messages if message.at and message.at.moment is Moment.PAGED]
    assert paged and all(estimate_moment(message, assumed) is None for message in paged)
    assert assumed.end < SHIPPED.timebox


def test_it_ends_at_the_timebox_at_the_latest() -> None:
    assert estimate_schedule(replace(SHIPPED, ends=TimeExpression(Moment.MITIGATED, 1700.0))).end == SHIPPED.timebox
    assert estimate_schedule(replace(SHIPPED, ends=None)).end == SHIPPED.timebox


MOMENTS = st.sampled_from(list(Moment))
TIMES = st.builds(TimeExpression, MOMENTS, st.floats(0, 3000))


@st.composite
def tangled(draw: st.DrawFn) -> Scenario:
    """Any script and any page: also moments that wait for each other in a ring."""
    steps = st.builds(ScriptStep, TIMES, MOMENTS)
    at = TimeExpression(draw(MOMENTS), draw(st.floats(0, 500)), draw(st.floats(0, 500)))
    return replace(
        SHIPPED,
        faults=(replace(SHIPPED.faults[0], at=at, lasts=draw(st.none() | st.floats(1, 900))),),
        page=draw(st.none() | st.builds(Page, st.just("journey-slow"), TIMES, st.just("slow"))),
        script=tuple(draw(st.lists(steps, max_size=6))),
        messages=(Message("?", "support", at=draw(TIMES)),),
    )


@given(tangled())
def test_any_message_order_is_scheduled(scenario: Scenario) -> None:
    """Nothing comes before the moment it counts from, nor the end after the timebox; times are those of the file."""
    assumed = estimate_schedule(scenario)
    at = scenario.faults[0].at
    if at.moment is Moment.START:
        assert assumed.moments[Moment.FAULT] <= at.middle
    assert 0 <= assumed.end <= scenario.timebox
    assert [at for at, _ in assumed.steps] == sorted(at for at, _ in assumed.steps)
    for message in scenario.messages:
        due = estimate_moment(message, assumed)
        assert message.at is not None
        since = assumed.moments.get(message.at.moment)
        assert due is None if since is None else due == pytest.approx(since + message.at.after)
