"""Preview of a scenario as a timeline: everything in the file, in 80 columns, in the order of time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gameday.drill.estimated_schedule import estimate_schedule
from gameday.files.scenario import adapt_to_environment, read_scenario
from gameday.files.scenario_library import list_library
from gameday.model import Environment, Scenario
from gameday.moments import Moment
from gameday.terminal.glyphs import ASCII, UNICODE
from gameday.terminal.preview_rows import rows_after_assumed_end, scheduled_rows, untimed_rows
from gameday.terminal.scenario_preview import scenario_preview

NOWHERE = Environment("", {}, {}, {})
RAW = read_scenario(list_library()["db-slowdown"])
SHIPPED = adapt_to_environment(RAW, NOWHERE)


def told(scenario: Scenario, environment: Environment | None = None) -> str:
    return "\n".join(scenario_preview(scenario, environment, UNICODE))


def plain(text: str) -> str:
    """Without line breaks and columns."""
    return re.sub(r"\s+", " ", text)


def test_preview_shows_everything_in_the_file() -> None:
    text = plain(told(SHIPPED))
    said = [SHIPPED.statement, *SHIPPED.debrief, *SHIPPED.mitigations, *SHIPPED.runbooks, *SHIPPED.requires.signals]
    said += [message.say for message in SHIPPED.messages] + [clue.means for clue in SHIPPED.clues]
    said += ["journey-success at least 97% over 1 min", "latency, delay 400ms, on database (the database that the main"]
    said += ["between 0:00 and 3:00, hidden", "100ms..800ms", "neighbour-success below 99% for 10 s", "30:00 timebox"]
    said += ["Checkout is slow and is not recovering", "journey-p95 is healthy for 1 min", "mentor, scribe"]
    assert not [one for one in said if plain(one) not in text]


def test_preview_shows_each_message_once() -> None:
    text = plain(told(SHIPPED))
    assert [text.count(f'"{message.say}"') for message in SHIPPED.messages] == [1] * len(SHIPPED.messages)


def test_parts_are_in_the_order_of_the_drill() -> None:
    headings = [line for line in told(SHIPPED).splitlines() if line.isupper()]
    assert headings == [
        "BEFORE THE DRILL", "TIMELINE", "IF THE TEAM NEEDS MORE TIME", "WITHOUT A FIXED TIME", "END OF THE DRILL",
        "AFTER THE DRILL",
    ]  # fmt: skip


def test_timetable_row_by_row() -> None:
    rows = [(row.at, row.who) for row in scheduled_rows(SHIPPED, estimate_schedule(SHIPPED))]
    assert rows == [
        (0, "start"), (90, "fault"), (105, "users"), (195, "page"), (215, "team"), (225, "support"), (255, "team"),
        (345, "team"), (345, "team"), (405, "team"), (425, "team"), (445, "team"), (505, "users"),
        (555, "hint nudge"), (565, "support"), (615, "executive"), (625, "end"),
    ]  # fmt: skip
    late = [row.who for row in rows_after_assumed_end(SHIPPED, estimate_schedule(SHIPPED))]
    assert late == ["hint question", "hint pointer", "hint answer", "timebox"]
    assert [row.who for row in untimed_rows(SHIPPED, estimate_schedule(SHIPPED))] == ["expert"]


def test_a_hint_that_rests_on_what_people_say_is_offered_and_another_is_sent() -> None:
    said = plain(told(SHIPPED))
    assert "(offered to you 10 min after paged, unless theory)" in said
    assert "(sent 20 min after paged)" in said
    spared = tuple(replace(one, unless=Moment.MITIGATED) if one.hint else one for one in SHIPPED.messages)
    text = plain(told(replace(SHIPPED, messages=spared)))
    assert "(offered to you 20 min after paged, unless mitigated)" in text, "people may say so before it is measured"
    assert "Skipped: declared is at 4:15." in said


def test_preview_names_its_assumptions() -> None:
    text = plain(told(SHIPPED))
    assert "half their limit" in text and "mitigation shed-optional-work, as in a rehearsal" in text
    assert "mitigation none," in plain(told(replace(SHIPPED, mitigations=())))


def test_preview_uses_the_terms_and_thresholds_of_the_environment() -> None:
    here = replace(
        NOWHERE, name="staging", terms={"journey": "booking", "customers": "guests"}, charter={"swarm": 120.0},
        runbooks={"slow-journey": "https://wiki.example.org/slow"},
    )  # fmt: skip
    text = plain(told(adapt_to_environment(RAW, here), here))
    assert "Two guests report that booking hangs" in text and "{" not in text
    assert "Environment: staging." in text
    assert "slow-journey https://wiki.example.org/slow" in text
    assert "Objective swarm: by 5:15" in text


def test_a_small_one_ends_at_its_timebox_and_has_no_empty_parts() -> None:
    small = replace(
        SHIPPED, page=None, ends=None, objectives=(), messages=(), debrief=(), clues=(), mitigations=(), runbooks=(),
        faults=(replace(SHIPPED.faults[0], shows=None, adjust={}),),
    )  # fmt: skip
    text = told(small)
    assert "IF THE TEAM" not in text and "WITHOUT A FIXED" not in text
    assert [row.who for row in scheduled_rows(small, estimate_schedule(small))] == [
        "start",
        "fault",
        "users",
        *["team"] * 3,  # without a page they begin at the impact
        "timebox",
    ]
    assert "no expected effect" in plain(text)


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_text_breaks_the_page(say: str, persona: str) -> None:
    """Whatever a file says, nothing moves the cursor; ASCII where it has to be."""
    message = replace(SHIPPED.messages[0], say=say, sender=persona)
    scenario = replace(SHIPPED, statement=say, messages=(message,), debrief=(say,))
    for row in scenario_preview(scenario, None, UNICODE):
        assert len(row) <= 80
        assert not [letter for letter in row if unicodedata.category(letter) == "Cc"]
    assert all(row.isascii() for row in scenario_preview(scenario, None, ASCII))
