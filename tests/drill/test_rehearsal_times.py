"""Times of a rehearsal: windows that fit, who calls the responders, and the wait at its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.events import sample_intent
from support.shipped_drill import SHIPPED, plan, scenario

from gameday.drill.closing import steady_state_timeout
from gameday.drill.rehearsal import responder_script
from gameday.files.check import check_files
from gameday.model import EndReason, Mode, TimeExpression
from gameday.moments import Moment
from gameday.terminal.plan_report import plan_lines
from gameday.timing import DEFAULT_TIMING


@pytest.mark.parametrize(
    ("pace", "ends", "present"),
    [
        ("", "ends: fault+70s", ""),
        ("", "ends: fault+20s", "2 s"),
        ("rehearsal: {pace: 4}\n", "ends: fault+20s", ""),
        ("rehearsal: {pace: 8}\n", "ends: fault+20s", "2.5 s"),
    ],
)
def test_window_that_its_rehearsal_cannot_fill_is_refused(tmp_path: Path, pace: str, ends: str, present: str) -> None:
    text = SHIPPED.read_text("utf-8").replace("at_least: 97%, over: 60s", "at_least: 97%, over: 5s")
    path = tmp_path / "short.yaml"
    path.write_text(f"{text.replace('ends: mitigated+2m', ends)}{pace}")
    problems = [str(problem) for problem in check_files([path]) if "in a rehearsal" in str(problem)]
    assert len(problems) == bool(present)
    assert all(f"this window needs 3 s, but the fault is present for at most {present} (" in line for line in problems)
    assert all("rehearsal: {pace: 1}" in line for line in problems)


def test_responders_come_at_the_impact_if_nothing_pages_them() -> None:
    paged = [step.at.moment for step in responder_script(scenario(), "shed-optional-work", 10.0)]
    unpaged = [
        step.at.moment
        for step in responder_script(replace(scenario(), page=None, script=()), "shed-optional-work", 10.0)
    ]
    assert Moment.IMPACT not in paged and Moment.IMPACT in unpaged


@pytest.mark.parametrize(("by", "more"), [(30.0, 0.0), (60.0, 0.0), (240.0, 180.0)])
def test_slow_effect_may_be_slow_to_end(by: float, more: float) -> None:
    usual = plan(Mode.REHEARSAL)
    [fault] = usual.scenario.faults
    assert fault.shows
    shows = replace(fault.shows, by=TimeExpression(Moment.FAULT, by))
    slow = replace(usual, scenario=replace(usual.scenario, faults=(replace(fault, shows=shows),)))
    timing = DEFAULT_TIMING
    assert steady_state_timeout(slow, EndReason.ENDS, timing) == timing.steady_timeout_rehearsal + more
    people = replace(slow, mode=Mode.FACILITATED)
    assert steady_state_timeout(people, EndReason.ENDS, timing) == timing.steady_timeout_people + more
    assert steady_state_timeout(slow, EndReason.HALTED, timing) == timing.steady_timeout_halted


@pytest.mark.parametrize(
    ("spread", "starts"),
    [
        (0.0, "2 s after the start of the drill"),
        (60.0, "2 s to 1 min 2 s after the start of the drill, hidden"),
    ],
)
def test_plan_shows_a_range_only_where_there_is_one(spread: float, starts: str) -> None:
    usual = plan()
    [planned] = usual.faults
    fault = replace(planned.fault, at=TimeExpression(Moment.START, 2.0, spread))
    lines = plan_lines(replace(usual, faults=(replace(planned, fault=fault),)), [sample_intent()], {}, {})
    assert [line.split(maxsplit=1)[1] for line in lines if line.startswith("  Start")] == [starts]
