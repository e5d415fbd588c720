"""The shipped scenario as the model's records: every value of the file is in its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from files.rule_cases import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from gameday.errors import BadArguments
from gameday.files.placeholders import substitute, substitute_scenario
from gameday.files.scenario import CHARTER, bind_charter, parse_scenario
from gameday.files.scenario_library import find_scenario
from gameday.model import (
    CourseEntry,
    Cue,
    Ends,
    Environment,
    Expectation,
    Fault,
    Guardrail,
    Hint,
    Limit,
    Objective,
    Page,
    Range,
    Role,
    Rung,
    ScriptStep,
    SignalKind,
    Test,
)
from gameday.moments import Moment

SCENARIO = parse_scenario(SHIPPED, "db-slowdown.yaml")
NOWHERE = Environment("nowhere", {}, {}, {})


def test_the_head_of_the_file() -> None:
    assert (SCENARIO.id, SCENARIO.type, SCENARIO.difficulty) == ("db-slowdown", "dependency-latency", 1)
    assert SCENARIO.timebox == 1800
    assert SCENARIO.roles_needed == (Role.FACILITATOR, Role.IC, Role.OPS)
    assert SCENARIO.roles_wanted == (Role.MENTOR, Role.SCRIBE, Role.COMMS)
    assert SCENARIO.needs.signals["journey-slow"] is SignalKind.ALERT
    assert (SCENARIO.needs.load_of, SCENARIO.needs.load_at_least) == ("journey-success", 5)
    assert SCENARIO.ways_out == ("recommendations-off", "read-cache-on")


def test_the_fault_and_what_it_is_expected_to_do() -> None:
    usual = Limit(5.0, relative=True, text="5x usual")
    effect = Expectation("journey-p95", Test.ABOVE, usual, within=30)
    assert SCENARIO.faults == (
        Fault("slow", "latency", "database", {"delay": "400ms"}, Range(0, 180), "100ms..800ms", effect),
    )


def test_expectations() -> None:
    success = Expectation("journey-success", Test.AT_LEAST, Limit(0.97, relative=False, text="97%"), over=60)
    told = Expectation("journey-slow", Test.FIRES, within=180, of=Moment.IMPACT)
    assert SCENARIO.holds == (success, told)
    assert SCENARIO.steady_state[1] == Expectation("journey-p95", Test.IS_HEALTHY)
    assert SCENARIO.mitigated[0].hold == 60
    assert SCENARIO.trail[1].tells == "the database itself is not busy"
    half = Limit(0.5, relative=False, text="50%")
    assert SCENARIO.guardrails[1] == Guardrail("journey-success", Test.BELOW, half, hold=90, warn_at=30)


def test_page_end_objectives_and_course() -> None:
    say = "{journey} is slow, and does not get better by itself."
    assert SCENARIO.page == Page("journey-slow", 180, Moment.IMPACT, say)
    assert SCENARIO.ends == Ends(120, Moment.MITIGATED)
    assert SCENARIO.objectives[0] == Objective("swarm", Moment.ASSEMBLED, CHARTER, Moment.ALERT)
    hint = Hint(Rung.NUDGE, Moment.DECLARED)
    assert SCENARIO.course[1] == CourseEntry(hint, "Support counts five. Is this one thing?", 360, Moment.ALERT)
    assert SCENARIO.course[2].play == Cue("executive", "impact, time of next update")
    assert SCENARIO.course[6].when == "restart-database" and SCENARIO.course[6].of is None
    assert SCENARIO.script == () and SCENARIO.pace == 10


def test_a_rehearsal_written_out() -> None:
    steps = (
        "{after: 30s, of: alert, do: acknowledged}",
        "{after: 1m, of: declared, take: recommendations-off}",
    )
    found = parse_scenario(f"{SHIPPED}rehearsal: {{pace: 20, responders: [{', '.join(steps)}]}}\n", "x")
    assert found.pace == 20
    assert found.script == (
        ScriptStep(30, Moment.ALERT, moment=Moment.ACKNOWLEDGED),
        ScriptStep(60, Moment.DECLARED, action="recommendations-off"),
    )


def test_the_charter_of_the_environment_is_the_only_source_of_its_thresholds() -> None:
    ours = bind_charter(SCENARIO, replace(NOWHERE, charter={"swarm": 240.0, "command": 1.0}))
    assert [one.within for one in ours.objectives] == [240, 180, 300]
    assert bind_charter(SCENARIO, NOWHERE).objectives[0].within == 300


def test_texts_use_the_teams_own_words() -> None:
    theirs = substitute_scenario(SCENARIO, replace(NOWHERE, words={"journey": "booking"}))
    assert theirs.hypothesis.startswith("With the database 400 ms late, booking still works")
    assert theirs.course[0].say == "Two shoppers say booking hangs, then works."
    assert theirs.page is not None and theirs.page.say == "booking is slow, and does not get better by itself."
    assert theirs.needs.words == {"journey": "booking", "customer": "shopper"}
    assert "{" not in str([entry.say for entry in theirs.course])


def test_every_text_of_a_scenario_is_filled() -> None:
    text = SHIPPED.replace("a text without names", '"no {journey}"').replace(
        "- What told you", "- What in {journey} told you"
    )
    text = text.replace("tells: the database itself", 'tells: "{journey}, the database itself').replace(
        "not busy}", 'not busy"}'
    )
    text = text.replace("where the main journey writes", '"where {journey} writes"')
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
    with pytest.raises(BadArguments, match="no scenario 'db-slowdwn'") as bad:
        find_scenario("db-slowdwn")
    assert bad.value.todo == "did you mean 'db-slowdown' or 'db-slowdown-busy'?"
    for odd in ("x\0y", "a" * 5000, "../db-slowdown", ""):
        with pytest.raises(BadArguments):
            find_scenario(odd) if odd else find_scenario("no/where")
