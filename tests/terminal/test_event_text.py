"""Every kind of event has a one-line sentence that is safe to print."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drill_factory import Made, facilitated, rehearsal
from support.events import bodies, event

from gameday.drill.state import DrillState, fold_event
from gameday.events import EVENT_TYPES, Body, Event, SignalKinds, Tone, format_plain, log_text
from gameday.model import Json, Role, Source
from gameday.units import format_parameters


def made(kind: str, source: Source = Source.RUNNER, role: Role | None = None, **data: Json) -> Event:
    return event(kind, data, source=source, role=role)


def line(event: Event, signals: SignalKinds | None = None) -> str:
    return format_plain(log_text(event, signals))


@pytest.mark.parametrize("kind", sorted(EVENT_TYPES))
def test_every_kind_has_a_sentence_even_without_content(kind: str) -> None:
    said = line(made(kind))
    assert said
    assert said == said.strip()
    assert said[0].isupper()
    assert "None" not in said


@given(bodies(st.text(max_size=20)))
def test_no_content_breaks_a_sentence(body: Body) -> None:
    for text in (body.log_text({}), body.responder_text(), body.review_text({})):
        assert "\n" not in format_plain(text)


@pytest.mark.parametrize("drill", [rehearsal, facilitated])
def test_a_whole_drill_is_told_in_short_lines(drill: Callable[[], Made]) -> None:
    for recorded in drill().events:
        assert 5 < len(line(recorded)) < 140, line(recorded)


def test_values_have_their_units_where_the_kinds_are_known() -> None:
    impact = made("impact", signal="journey-p95", value=1.31, n=22)
    assert line(impact, {"journey-p95": "duration"}) == "IMPACT, users affected: journey-p95 is 1.3 s, n 22"
    assert line(made("guardrail-warning", signal="journey-success", value=None, n=0)).endswith(
        "journey-success cannot be read"
    )


def test_a_person_is_a_role_and_a_script_says_that_it_is_one() -> None:
    assert line(made("declared", Source.HUMAN, Role.IC)) == "Incident declared (IC)"
    scripted = made(
        "update",
        Source.SCRIPT,
    )
    assert line(scripted) == "Status update (scripted)"


def test_what_did_not_work_is_said_so() -> None:
    assert "NOT" in line(made("effect", fault="slow", seen=False, signal="x", value=1.0, n=3))
    assert "FAILED" in line(made("action-finished", action="read-from-cache", succeeded=False, text="exit 1"))
    assert line(made("paged", by="program", text="slow")) == "PAGE by gameday: slow"
    assert "unexpected" in line(made("alert", signal="pool-busy", expected=False))


@pytest.mark.parametrize(
    ("name", "words"),
    [("SIGINT", "Ctrl-C"), ("SIGHUP", "the terminal was closed"), ("SIGTERM", "SIGTERM received")],
)
def test_a_signal_of_the_system_is_said_by_what_brought_it(name: str, words: str) -> None:
    assert line(made("interrupted", name=name)) == f"Run interrupted: {words}"


def test_a_skipped_line_is_told_by_its_words() -> None:
    assert line(made("message-skipped", entry=1, text="Is it one thing?", reason="declared was")) == (
        'Message 2 skipped (declared was): "Is it one thing?"'
    )
    by_facilitator = made("message-skipped", entry=3, reason="by the facilitator")
    assert line(by_facilitator) == "Message 4 skipped by the facilitator"
    assert not made("message-override", operation="skip", entry=3).body.is_noteworthy(), "it is in the log once"


def test_a_role_is_named_once() -> None:
    assert line(made("go-ahead", Source.HUMAN, Role.FACILITATOR)) == "The start was confirmed"


def test_an_intervention_leaves_the_role_to_its_own_column() -> None:
    assert line(made("message-override", operation="hold", entry=0)) == "Message 1 held"
    assert line(made("apply-early", fault="slow")) == "Early start requested: slow"


def test_a_drill_that_ctrl_c_halted_says_so_once() -> None:
    reason = fold_event(DrillState(), made("interrupted", name="SIGINT")).halt_reason
    assert line(made("end", reason="halted", text=reason)) == "Drill halted: Ctrl-C"


@pytest.mark.parametrize("command", ["halt", "stop"])
def test_a_halt_names_the_command_that_a_person_ran(command: str) -> None:
    assert line(made("halt", reason=command)) == f"HALTED with gameday {command}"
    assert line(made("halt", reason="no guardian")) == "HALTED: no guardian"


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("facilitated", "Facilitated drill of"),
        ("solo", "Solo drill of"),
        ("rehearsal", "Rehearsal of"),
        ("", "Drill of"),
    ],
)
def test_a_plan_is_told_with_its_timebox(mode: str, text: str) -> None:
    assert line(made("planned", mode=mode, scenario="slow", timebox=1800.0)) == f"{text} slow planned, timebox 30 min"


def test_a_check_is_said_once() -> None:
    assert (
        line(made("check", name="signal", passed=True, text="signal x is readable"))
        == "Check passed: signal x is readable"
    )
    assert made("check", name="signal", passed=True).body.is_noteworthy()
    assert made("steady-state", when="before", holds=True).body.is_noteworthy()
    assert not made("check", name="steady state", passed=True).body.is_noteworthy()


def test_nothing_loud_is_ever_quiet() -> None:
    loud = {kind for kind, event in EVENT_TYPES.items() if event.default_tone is Tone.BAD}
    assert not [kind for kind in loud if EVENT_TYPES[kind].routine]
    assert made("phase", before="reverting", after="stuck").body.is_noteworthy()
    assert not made("phase", before="planned", after="running").body.is_noteworthy()


def test_parameters_read_as_their_file_has_them_and_a_command_as_a_shell_has_it() -> None:
    given: dict[str, Json] = {"run": ["sh", "-c", "echo 1 > /x"], "connect": True, "delay": "4s"}
    assert format_parameters(given) == "run sh -c 'echo 1 > /x', connect true, delay 4s"
