"""Every kind of event has its sentence: one line, whole, and safe to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drill_factory import Made, facilitated, rehearsal

from gameday.events import EVENT_KINDS
from gameday.model import Event, Json, Role, Source
from gameday.terminal.event_text import ROUTINE_KINDS, event_text, is_noteworthy
from gameday.units import format_parameters

JSON: st.SearchStrategy[Json] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)  # fmt: skip
KEYS = ("say", "why", "value", "n", "signal", "by", "ok", "seen", "intent", "lines", "verdict", "part", "entry",
        "reason", "censored", "failing", "seconds", "timebox", "after", "rung", "when", "item")  # fmt: skip


def made(kind: str, source: Source = Source.RUNNER, role: Role | None = None, **data: Json) -> Event:
    return Event(1, "gd-7f3a", kind, 10.0, 20.0, 10.0, source, role, 1, "boot", data)


@pytest.mark.parametrize("kind", sorted(EVENT_KINDS))
def test_every_kind_has_a_sentence_even_without_data(kind: str) -> None:
    said = event_text(made(kind))
    assert said
    assert said == said.strip()
    assert said[0].isupper() or kind == "unwritten"
    assert "None" not in said
    assert not said.endswith(":")


@given(kind=st.sampled_from(sorted(EVENT_KINDS)), data=st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_data_breaks_a_sentence(kind: str, data: dict[str, Json]) -> None:
    assert "\n" not in event_text(replace(made(kind), data=data))


@pytest.mark.parametrize("drill", [rehearsal, facilitated])
def test_a_whole_drill_is_told_in_short_lines(drill: Callable[[], Made]) -> None:
    for event in drill().events:
        assert 5 < len(event_text(event)) < 140, event_text(event)


def test_values_have_their_units_where_the_kinds_are_known() -> None:
    impact = made("impact", signal="journey-p95", value=1.31, n=22)
    assert event_text(impact, {"journey-p95": "duration"}) == "IMPACT, users feel it: journey-p95 is 1.3 s, n 22"
    assert event_text(made("warned", signal="journey-success", value=None, n=0)).endswith(
        "journey-success cannot be read"
    )


def test_a_person_is_a_role_and_a_script_says_that_it_is_one() -> None:
    assert event_text(made("declared", Source.HUMAN, Role.IC)) == "Declared: this is an incident (IC)"
    scripted = made("update", Source.SCRIPT, say="(scripted) update")
    assert event_text(scripted) == "Status update (scripted)"


def test_what_did_not_work_is_said_so() -> None:
    assert "NOT" in event_text(made("effect", seen=False, signal="x", value=1.0, n=3))
    assert "NOT" in event_text(made("action", action="read-from-cache", ok=False, say="exit 1"))
    assert "by the program, because the alert stayed silent" in event_text(made("paged", by="program", say="slow"))
    assert "not expected" in event_text(made("alert", by="environment", signal="pool-busy", expected=False))


@pytest.mark.parametrize(
    ("name", "words"),
    [("SIGINT", "Ctrl-C"), ("SIGHUP", "its terminal was closed"), ("SIGTERM", "it was asked to end (SIGTERM)")],
)
def test_a_signal_of_the_system_is_said_by_what_brought_it(name: str, words: str) -> None:
    assert event_text(made("signal", name=name)) == f"The run is ended: {words}"


def test_a_skipped_line_is_told_by_its_words() -> None:
    assert event_text(made("skipped", entry=1, say="Is it one thing?", why="declared was")) == (
        'Skipped: "Is it one thing?": declared was'
    )


def test_a_check_is_said_once() -> None:
    assert (
        event_text(made("check", name="signal", ok=True, say="signal x is readable")) == "Ready: signal x is readable"
    )
    assert is_noteworthy(made("check", name="signal", ok=True))
    assert is_noteworthy(made("steady", when="before", holds=True))
    assert not is_noteworthy(made("check", name="steady state", ok=True))


def test_nothing_loud_is_ever_quiet() -> None:
    loud = {"fault", "impact", "breach", "stop", "halt", "signal", "not-yet", "unknown", "refused", "trouble", "end"}
    assert not loud & ROUTINE_KINDS
    assert is_noteworthy(made("phase", before="reverting", after="stuck"))
    assert not is_noteworthy(made("phase", before="planned", after="running"))


def test_parameters_read_as_their_file_has_them_and_a_command_as_a_shell_has_it() -> None:
    given: dict[str, Json] = {"run": ["sh", "-c", "echo 1 > /x"], "connect": True, "delay": "4s"}
    assert format_parameters(given) == "run sh -c 'echo 1 > /x', connect true, delay 4s"
