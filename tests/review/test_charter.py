"""The team's charter, from the environment's file through the plan to the scorecard and the review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from support.drill_factory import DRILL, Made, facilitated

from gameday.drill.injector_registry import InjectorRegistry
from gameday.drill.planning import make_plan, planned_event
from gameday.events import Planned
from gameday.files.project import parse_project
from gameday.files.scenario import adapt_to_environment, read_scenario
from gameday.model import Mode
from gameday.review.markdown import render_draft
from gameday.scorecards.render import render_scorecard
from gameday.scorecards.scorecard import build_scorecard

PROJECT = """\
gameday: 1
default_env: staging
environments:
  staging:
    production: false
    allows_drills: true
    targets: {database: {injector: toxiproxy, url: "http://127.0.0.1:1", proxy: database}}
    signals:
      wait: {kind: duration, probe: http, url: "http://127.0.0.1:1", value: v, n: n, healthy: at_most 50ms}
    CHARTER
"""
SCENARIO = """\
gameday: 1
id: db-slowdown
timebox: 30m
requires: {targets: {database: the database}, signals: {wait: {kind: duration}}}
hypothesis: {statement: It is slow., expect: [{signal: wait, at_most: 5s}]}
steady_state: [{signal: wait, is: healthy}]
faults: [{id: slow, kind: latency, target: database, delay: 400ms, shows: {signal: wait, above: 50ms, by: fault+5s}}]
objectives: [{id: swarm, moment: assembled, by: charter}]
"""


def planned(folder: Path, charter: str) -> Planned:
    """Return the planned event of a drill in an environment with this charter."""
    (folder / "db-slowdown.yaml").write_text(SCENARIO, encoding="utf-8")
    environment = parse_project(PROJECT.replace("CHARTER", charter), "gameday.yaml").environments["staging"]
    scenario = adapt_to_environment(read_scenario(folder / "db-slowdown.yaml"), environment)
    return planned_event(make_plan(DRILL, scenario, environment, Mode.FACILITATED, InjectorRegistry(), seed=1))


def with_plan(made: Made, plan: Planned) -> Made:
    return Made(tuple(replace(e, body=plan) if isinstance(e.body, Planned) else e for e in made.events), made.readings)


@pytest.mark.parametrize(
    ("charter", "due", "objective"),
    [
        ("charter: {review: 1h, swarm: 2m}", "2026-03-04 15:21 UTC", "late"),
        ("charter: {review: 72h, swarm: 4m}", "2026-03-07 14:21 UTC", "met"),
        ("", "2026-03-06 14:21 UTC", "met"),
    ],
)
def test_the_charters_times_are_on_the_scorecard_and_in_the_review(
    tmp_path: Path, charter: str, due: str, objective: str
) -> None:
    made = with_plan(facilitated(), planned(tmp_path, charter))
    card = build_scorecard(made.events, made.readings)
    assert card.objectives[0].state == objective
    assert f"review due {due}" in render_scorecard(card)
    for form in ("light", "full"):
        text = render_draft(made.events, card, None, form)
        assert yaml.safe_load(text.split("---\n")[1])["review due"] == due
        if objective == "late":
            assert "Everyone required was present 3 min 31 s after the page (objective: 2 min)." in text
