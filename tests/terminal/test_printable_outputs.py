"""No output contains control characters, reversed text or extra lines from a text."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.drill_factory import Made, facilitated, rehearsal
from support.events import bodies, event, sample_intent
from support.shipped_drill import plan_of

from gameday import printable
from gameday.cli.json_output import format_json
from gameday.cli.log import format_json_lines, format_text_lines
from gameday.cli.output import print_output
from gameday.cli.proxy.tables import format_cell
from gameday.clients.foreign_text import shorten_line as foreign_line
from gameday.drill.control.participant_requests import sanitize_line
from gameday.errors import Problem
from gameday.events import Body, decode_body_strictly, encode, format_plain
from gameday.files.yaml_document import parse_document
from gameday.model import Json
from gameday.review.html import render_page
from gameday.review.markdown import render_draft
from gameday.scorecards.render import render_scorecard, render_summary
from gameday.scorecards.scorecard import build_scorecard
from gameday.terminal.glyphs import ASCII, UNICODE, sanitize, write_line
from gameday.terminal.plan_report import plan_lines
from gameday.terminal.scenario_preview import scenario_preview
from gameday.terminal.status_report import render_status

ATTACK = "\x1b7\x1b[6A\r\x1b[2Kforged\x9b2J\u202eabc\u2066\u2028line\x85next\n# heading\x07\x00\u200b\ud800"
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(ATTACK), st.characters()), max_size=30)
ALLOWED = printable.JOINERS


def is_clean(text: str, breaks: str = "") -> bool:
    """Nothing hidden; `breaks` may stand in the text."""
    kinds = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return not [c for c in text if unicodedata.category(c) in kinds and c not in ALLOWED + breaks]


@given(TEXTS)
@example(ATTACK)
def test_every_sanitizer_gives_one_clean_line(text: str) -> None:
    problem = str(Problem(f"{text}.yaml", 1, 1, text, text))
    for line in (
        printable.single_line(text), sanitize(text, UNICODE), sanitize(text, ASCII), sanitize_line(text),
        foreign_line(text), format_cell(text), problem,
    ):  # fmt: skip
        assert is_clean(line)


@given(TEXTS)
@example(ATTACK)
def test_sanitizer_keeps_what_people_write(text: str) -> None:
    kept = [char for char in text if not char.isspace() and is_clean(char)]
    assert [char for char in printable.single_line(text) if not char.isspace()] == kept
    assert printable.single_line("Zoë 日本 👩\u200d🚒 نامه\u200cای") == "Zoë 日本 👩\u200d🚒 نامه\u200cای"


@given(TEXTS)
@example(ATTACK)
def test_json_is_clean_and_means_the_same(text: str) -> None:
    document = format_json({text: [text]})
    assert is_clean(document, "\n")
    assert json.loads(document) == {text: [text]}


@given(bodies(TEXTS))
def test_every_event_is_a_clean_line_in_every_output(body: Body) -> None:
    recorded = replace(event("note"), body=body)
    lines = [format_plain(text) for text in (body.log_text({}), body.responder_text(), body.review_text({}))]
    for line in (*lines, *format_text_lines([recorded]), *format_json_lines([recorded])):
        assert is_clean(line), line


@given(TEXTS)
@example(ATTACK)
def test_stdout_gets_no_hidden_character(text: str) -> None:
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        print_output(text)
    write_line(text, stream)
    assert is_clean(stream.getvalue(), "\n\t")


@pytest.mark.parametrize("drill", [rehearsal, facilitated])
def test_review_scorecard_and_page_of_hostile_drill_are_clean(drill: Callable[[], Made]) -> None:
    made = _with_attack(drill())
    card = build_scorecard(made.events, made.readings)
    outputs = [render_draft(made.events, card), render_draft(made.events, card, None, "full"), render_scorecard(card)]
    outputs += [render_page(outputs[0], made.events, made.readings, card), *render_summary(card)]
    assert [is_clean(text, "\n") for text in outputs] == [True] * len(outputs)
    assert "forged" in outputs[0] and "\n# heading" not in "".join(outputs)


@given(TEXTS)
@example(ATTACK)
def test_plan_and_preview_of_hostile_scenario_are_clean_lines(text: str) -> None:
    plan = plan_of()
    messages = [replace(message, say=text, look_for=text) for message in plan.scenario.messages]
    scenario = replace(plan.scenario, statement=text, messages=tuple(messages), mitigations=(), on_halt=())
    intents = [sample_intent(target_text=text, revert_text=text) for _ in plan.faults]
    lines = [*plan_lines(replace(plan, scenario=scenario), intents, {intents[0].marker: [text]}, {})]
    for line in (*lines, *scenario_preview(scenario, None, UNICODE)):
        assert is_clean(line), line


def test_status_of_hostile_drill_is_clean() -> None:
    status = {
        "drill": ATTACK, "environment": ATTACK, "phase": ATTACK, "pages": [ATTACK], "messages": [ATTACK],
        "faults": [], "signals": {}, "moments": {},
    }  # fmt: skip
    assert is_clean(render_status(status, facilitator=True), "\n")


def test_control_character_in_file_is_a_problem_with_its_place() -> None:
    document = parse_document('title: "fine\\n"\nsay: "a\\e[2Kb"\nlist: ["\\u202E", "\\x9b"]\n"\\0": 1\n', "x.yaml")
    assert [str(problem) for problem in document.problems] == [
        "x.yaml:2:6: control character U+001B in text (remove it)",
        "x.yaml:3:8: control character U+202E in text (remove it)",
        "x.yaml:3:18: control character U+009B in text (remove it)",
        "x.yaml:4:1: control character U+0000 in text (remove it)",
    ]


def _with_attack(made: Made) -> Made:
    """Return the drill with the attack at the end of every sentence."""

    text = ATTACK.replace("\ud800", "")  # no log can hold it

    def attack(value: Json) -> Json:
        if isinstance(value, dict):
            return {key: attack(item) if key not in ("plan", "guarantee") else item for key, item in value.items()}
        if isinstance(value, list):
            return [attack(item) for item in value]
        return f"{value} {text}" if isinstance(value, str) and " " in value else value

    def changed() -> Iterator[Body]:
        for recorded in made.events:
            data = encode(recorded)["data"]
            yield decode_body_strictly(recorded.kind, json.dumps(attack(data)))

    return Made(tuple(replace(e, body=body) for e, body in zip(made.events, changed(), strict=True)), made.readings)
