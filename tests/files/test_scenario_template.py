"""A first scenario from answers: the file has no problems and contains the answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.app.scenario_selection import fault_kinds
from gameday.files.rules.faults import Kinds
from gameday.files.scenario import parse_scenario
from gameday.files.scenario_template import WizardAnswers, find_problems, format_scalar, render_scenario
from gameday.files.scenario_wizard import default_answers, list_main_parameters, list_questions, load_wizard_context
from gameday.files.yaml_document import parse_document
from gameday.injectors.docker.faults import KINDS as CONTAINERS
from gameday.injectors.toxiproxy.faults import KINDS
from gameday.model import Binding, Environment, SignalKind
from gameday.moments import Moment

KINDS_HERE = fault_kinds()
MAIN_PARAMETERS = list_main_parameters(KINDS_HERE)
GIVEN = WizardAnswers(
    "checkout", "database", "latency", MAIN_PARAMETERS["latency"], "400ms", "journey-p95", SignalKind.DURATION,
    "at_most", "3s", "shed-optional-work", "30m", "journey-slow",
)  # fmt: skip
WANTED = {
    SignalKind.RATIO: st.integers(0, 1000).map(lambda tenths: f"{tenths / 10:g}%"),
    SignalKind.DURATION: st.tuples(st.integers(1, 999), st.sampled_from(["ms", "s", "m"])).map(
        lambda one: f"{one[0]}{one[1]}"
    ),
    SignalKind.COUNT: st.integers(0, 1_000_000).map(str),
}


@st.composite
def answers(draw: st.DrawFn) -> WizardAnswers:
    kind, fault = draw(st.sampled_from(list(WANTED))), draw(st.sampled_from(list(MAIN_PARAMETERS)))
    names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True) | st.sampled_from(
        ["no", "on", "12", "1e3"]
    )
    alert = draw(st.sampled_from(["", "journey-slow"]))
    return WizardAnswers(
        journey=draw(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60)),
        target=draw(names), fault=fault, main=MAIN_PARAMETERS[fault], amount=MAIN_PARAMETERS[fault].default,
        signal=draw(names.filter(lambda name: name != alert)), kind=kind,
        test=draw(st.sampled_from(["at_most", "at_least", "above", "below"])),
        wanted=draw(WANTED[kind] | st.integers(0, 50).map(lambda times: f"{times}x baseline")),
        mitigation=draw(st.just("") | names), timebox=draw(st.integers(10, 240).map(lambda minutes: f"{minutes}m")),
        alert=alert, healthy=draw(st.booleans()),
    )  # fmt: skip


@given(answers())
def test_no_answers_make_a_file_with_problems(given: WizardAnswers) -> None:
    text = render_scenario(given)
    assert find_problems(text, None, KINDS_HERE) == []
    scenario = parse_scenario(text, "first.yaml")
    fault, held = scenario.faults[0], scenario.expect[0]
    assert (fault.kind, fault.target) == (given.fault, given.target)
    assert dict(fault.params) == {MAIN_PARAMETERS[given.fault].key: given.amount}
    assert held.limit is not None
    assert (held.signal, held.test, held.limit.text) == (given.signal, given.test, given.wanted)
    assert scenario.requires.terms == {"journey": given.journey}
    assert scenario.mitigations == ((given.mitigation,) if given.mitigation else ())
    assert given.target in scenario.statement and "{journey}" in scenario.statement


@given(answers())
def test_the_guardrail_lies_beyond_what_is_believed(given: WizardAnswers) -> None:
    """A drill whose belief just fails is not halted for it."""
    scenario = parse_scenario(render_scenario(given), "first.yaml")
    rail, believed = scenario.guardrails[0], scenario.expect[0].limit
    assert believed is not None
    assert rail.limit.relative == believed.relative
    if given.test in ("at_most", "below"):
        assert rail.test == "above" and (rail.limit.value > believed.value or believed.value == 1)
    else:
        assert rail.test == "below" and (rail.limit.value < believed.value or believed.value == 0)


def test_every_fault_of_the_proxy_and_some_of_containers_can_be_chosen_and_the_default_is_one() -> None:
    assert set(KINDS) <= set(MAIN_PARAMETERS)
    assert next(iter(MAIN_PARAMETERS)) == "latency"


def test_a_target_is_asked_what_its_injector_can_do() -> None:
    bound = Binding("staging", "web", "docker", {"container": "web"})
    kinds: Kinds = {"docker": CONTAINERS, "toxiproxy": {"jitter": KINDS["jitter"]}}
    here = load_wizard_context(Environment("staging", {"web": bound}, {}, {}), kinds, strict=False)
    given = default_answers(here)
    assert (given.target, given.fault) == ("web", "latency")
    asked = list_questions(here)[2]
    assert asked.asks(given) == "Which fault: latency, stop, restart, outage, loss, bandwidth, cpu, memory?"
    assert asked.apply(given, "stop").amount == "1s"
    with pytest.raises(ValueError, match="unknown fault 'jitter'"):
        asked.apply(given, "jitter")


def test_with_an_alert_it_pages_and_without_one_the_rehearsal_is_written_out() -> None:
    paged = parse_scenario(render_scenario(GIVEN), "first.yaml")
    assert paged.page is not None and paged.page.alert == "journey-slow" and not paged.script
    silent = parse_scenario(render_scenario(replace(GIVEN, alert="")), "first.yaml")
    assert silent.page is None
    assert [(step.at.moment, step.moment, step.action) for step in silent.script] == [
        (Moment.FAULT, Moment.DECLARED, ""), (Moment.DECLARED, None, "shed-optional-work"),
    ]  # fmt: skip


def test_where_nobody_knows_what_is_healthy_the_belief_is_the_steady_state() -> None:
    known = parse_scenario(render_scenario(GIVEN), "first.yaml").steady_state[0]
    unknown = parse_scenario(render_scenario(replace(GIVEN, healthy=False)), "first.yaml").steady_state[0]
    assert (str(known), str(unknown)) == ("journey-p95 is healthy", "journey-p95 at most 3s")


@pytest.mark.parametrize(("given", "wrong"), [
    (replace(GIVEN, amount="soon"), "'soon' is not a duration"),
    (replace(GIVEN, wanted="97%"), "97% does not fit 'journey-p95', which is a duration"),
    (replace(GIVEN, fault="outage", main=MAIN_PARAMETERS["outage"], amount="silnt"),
     "seen_as must be refused, silent or new-refused"),
])  # fmt: skip
def test_wrong_answers_are_told_in_the_words_of_the_check(given: WizardAnswers, wrong: str) -> None:
    problems = find_problems(render_scenario(given), None, KINDS_HERE)
    assert problems and problems[0].wrong.startswith(wrong)


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True))
def test_a_name_is_read_back_as_it_was(name: str) -> None:
    assert parse_document(f"{{{format_scalar(name)}: {format_scalar(name)}}}", "x").data == {name: name}


@pytest.mark.parametrize("word", ["no", "on", "12", "0x1f", "null", "12:30", "true"])
def test_what_yaml_would_change_is_quoted(word: str) -> None:
    assert format_scalar(word) == f'"{word}"'
