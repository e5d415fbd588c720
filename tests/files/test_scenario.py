"""The shipped scenario as model records: every value of the file is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from files.rule_cases import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from gameday.errors import BadArguments
from gameday.files.scenario import CHARTER, fill_charter_times, parse_scenario
from gameday.files.scenario_library import find_scenario
from gameday.files.terms import substitute, substitute_scenario
from gameday.model import (
    Comparison,
    Environment,
    Expectation,
    Fault,
    Guardrail,
    HintLevel,
    Limit,
    Message,
    Objective,
    Page,
    RequiredLoad,
    RequiredSignal,
    Role,
    ScriptStep,
    SignalKind,
    TimeExpression,
)
from gameday.moments import Moment

SCENARIO = parse_scenario(SHIPPED, "db-slowdown.yaml")
NOWHERE = Environment("nowhere", {}, {}, {})


def test_the_head_of_the_file() -> None:
    assert (SCENARIO.id, SCENARIO.type, SCENARIO.difficulty) == ("db-slowdown", "dependency-latency", 2)
    assert SCENARIO.timebox == 1800
    assert SCENARIO.roles_required == (Role.FACILITATOR, Role.IC, Role.OPS)
    assert SCENARIO.roles_optional == (Role.MENTOR, Role.SCRIBE, Role.COMMS)
    alert = RequiredSignal(SignalKind.ALERT, "the team's own alert for a slow {journey}")
    assert SCENARIO.requires.signals["journey-slow"] == alert
    assert SCENARIO.requires.actions["restart-database"] == "restart the database"
    assert SCENARIO.requires.load == RequiredLoad("journey-success", 5)
    assert SCENARIO.mitigations == ("shed-optional-work", "read-from-cache")


def test_the_fault_and_the_effect_that_it_shows() -> None:
    shows = Expectation("journey-p95", Comparison.NOT_HEALTHY, by=TimeExpression(Moment.FAULT, 30))
    at = TimeExpression(Moment.START, 0, 180)
    adjust = {"delay": "100ms..800ms"}
    fault = Fault("slow", "latency", "database", {"delay": "400ms"}, at, adjust=adjust, shows=shows)
    assert SCENARIO.faults == (fault,)


def test_expectations() -> None:
    success = Expectation("journey-success", Comparison.AT_LEAST, Limit(0.97, relative=False, text="97%"), over=60)
    alerted = Expectation("journey-slow", Comparison.FIRES, by=TimeExpression(Moment.IMPACT, 180))
    assert SCENARIO.expect == (success, alerted)
    assert SCENARIO.steady_state[1] == Expectation("journey-p95", Comparison.IS_HEALTHY)
    assert SCENARIO.mitigated_when[0] == Expectation("journey-p95", Comparison.IS_HEALTHY, hold=60)
    assert SCENARIO.clues[0].limit == Limit(2.0, relative=True, text="2x baseline")
    assert SCENARIO.clues[1].means == "the database itself is not busy"
    half = Limit(0.5, relative=False, text="50%")
    assert SCENARIO.guardrails[1] == Guardrail("journey-success", Comparison.BELOW, half, hold=90, warn_at=30)


def test_page_end_objectives_and_messages() -> None:
    say = "{journey} is slow and is not recovering by itself."
    assert SCENARIO.page == Page("journey-slow", TimeExpression(Moment.IMPACT, 180), say)
    assert SCENARIO.ends == TimeExpression(Moment.MITIGATED, 120)
    assert SCENARIO.objectives[0] == Objective("swarm", Moment.ASSEMBLED, TimeExpression(Moment.PAGED, CHARTER))
    nudge = "Support has five reports now. Is this one incident?"
    at = TimeExpression(Moment.PAGED, 360)
    assert SCENARIO.messages[1] == Message(nudge, hint=HintLevel.NUDGE, at=at, unless=Moment.DECLARED)
    executive = SCENARIO.messages[2]
    assert (executive.sender, executive.look_for) == ("executive", "impact, and the time of the next update")
    assert SCENARIO.messages[6].when == "restart-database" and SCENARIO.messages[6].at is None
    assert SCENARIO.script == () and SCENARIO.pace == 10


def test_a_rehearsal_written_out() -> None:
    steps = (
        "{at: paged+30s, do: acknowledged}",
        "{at: declared+1m, take: shed-optional-work}",
    )
    scenario = parse_scenario(f"{SHIPPED}rehearsal: {{pace: 20, responders: [{', '.join(steps)}]}}\n", "x")
    assert scenario.pace == 20
    assert scenario.script == (
        ScriptStep(TimeExpression(Moment.PAGED, 30), moment=Moment.ACKNOWLEDGED),
        ScriptStep(TimeExpression(Moment.DECLARED, 60), action="shed-optional-work"),
    )


def test_the_charter_of_the_environment_is_the_only_source_of_its_thresholds() -> None:
    ours = fill_charter_times(SCENARIO, replace(NOWHERE, charter={"swarm": 240.0, "command": 1.0}))
    assert [objective.by and objective.by.after for objective in ours.objectives] == [240, 180, 300]
    assert fill_charter_times(SCENARIO, NOWHERE).objectives[0].by == TimeExpression(Moment.PAGED, 300)


def test_texts_use_the_teams_own_terms() -> None:
    theirs = substitute_scenario(SCENARIO, replace(NOWHERE, terms={"journey": "booking"}))
    assert theirs.statement.startswith("With the database 400 ms slower, booking still works")
    assert theirs.messages[0].say == "Two shoppers report that booking hangs, then completes."
    assert theirs.page is not None and theirs.page.say == "Booking is slow and is not recovering by itself."
    assert theirs.requires.signals["journey-p95"].means == "95th percentile of one booking attempt"
    assert theirs.requires.terms == {"journey": "booking", "customer": "shopper", "customers": "shoppers"}
    assert "{" not in str([message.say for message in theirs.messages])


def test_every_text_of_a_scenario_is_filled() -> None:
    text = SHIPPED.replace("a reply that names nobody", '"no {journey}"').replace(
        "- What told you", "- What in {journey} told you"
    )
    text = text.replace("means: the database itself", 'means: "{journey}, the database itself').replace(
        "not busy}", 'not busy"}'
    )
    text = text.replace("the database that the main journey writes to", '"the database that {journey} writes to"')
    text = text.replace("restart the database", '"restart what {journey} writes to"')
    filled = substitute_scenario(parse_scenario(text, "x"), NOWHERE)
    assert "{journey}" not in repr(filled)


@given(st.text(), st.dictionaries(st.from_regex("[a-z][a-z0-9_-]*", fullmatch=True), st.text()))
def test_filling_leaves_all_but_known_words_alone(text: str, words: dict[str, str]) -> None:
    assert substitute(text.replace("{", ""), words) == text.replace("{", "")
    for word, meaning in words.items():
        assert substitute(f"a {{{word}}} b {{0}}", words) == f"a {meaning} b {{0}}"


def test_a_name_is_a_path_or_one_of_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_scenario("db-slowdown.yaml").read_text() == SHIPPED
    assert find_scenario("db-slowdown") == find_scenario("db-slowdown.yaml")
    (tmp_path / "db-slowdown.yaml").write_text("mine")
    assert find_scenario("db-slowdown.yaml").read_text() == "mine"
    with pytest.raises(BadArguments, match="scenario 'db-slowdwn' not found") as bad:
        find_scenario("db-slowdwn")
    assert bad.value.todo == "did you mean 'db-slowdown' or 'db-slowdown-busy'?"
    for odd in ("x\0y", "a" * 5000, "../db-slowdown", ""):
        with pytest.raises(BadArguments):
            find_scenario(odd) if odd else find_scenario("no/where")
