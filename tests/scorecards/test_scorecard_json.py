"""The scorecard as JSON: its schema, and that it names no person, alone or joined with the other outputs."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
from support.drill_factory import Made, facilitated, rehearsal

from gameday.cli.log import format_json_lines
from gameday.events import DebriefLine, Statement
from gameday.model import Role
from gameday.review.html import render_page
from gameday.review.markdown import render_draft
from gameday.scorecards.render import render_scorecard, render_summary
from gameday.scorecards.scorecard import build_scorecard
from gameday.scorecards.scorecard_json import MEANINGS, encode, json_fields, schema

PEOPLE = {"Ana Torres": "ops", "Ana": "ops", "btorres": "IC"}

STRINGS = {
    "drill", "scenario", "type", "environment", "mode", "windows", "hypothesis", "held", "reasons",
    "expectations.expected", "expectations.verdict", "expectations.finding", "expectations.meaning",
    "clues.expected", "clues.verdict", "clues.finding", "clues.meaning", "alerts.signal", "alerts.since",
    "silent_alerts",
    "faults.id", "faults.kind", "faults.target", "faults.effect", "faults.signal", "faults.kept", "faults.ended_by",
    "faults.unseen_in",
    "mitigation", "objectives.id", "objectives.moment", "objectives.of", "objectives.state", "objectives.reason",
    "objectives.missing",
    "response_times.name", "response_times.meaning", "response_times.start", "response_times.end",
    "response_times.state", "response_times.reason", "signals.signal", "signals.kind", "cleanups", "loss_reason",
    "steady_state_signals", "outside_changes", "restored_by", "kept", "closed_manually", "began_at", "ended_at",
    "review_due_at",
}  # fmt: skip
"""Every field that can hold text: each comes from the scenario, the environment or the program, none from people."""


def words(node: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the paths of a schema at which a string is allowed."""
    if node.get("type") == "string" or any(isinstance(one, str) for one in node.get("enum", [])):
        yield path
    for part in node.get("anyOf", []):
        yield from words(part, path)
    if "items" in node:
        yield from words(node["items"], path)
    for name, inner in node.get("properties", {}).items():
        yield from words(inner, f"{path}.{name}".lstrip("."))


def named() -> Made:
    """Return a drill in which people use each other's names in everything they say."""
    spoken = "Ana Torres and @btorres look at it"
    events = [
        replace(e, body=msgspec.structs.replace(e.body, text=spoken))
        if isinstance(e.body, Statement | DebriefLine)
        else e
        for e in facilitated().events
    ]
    return Made(tuple(events), facilitated().readings)


def outputs(made: Made) -> dict[str, str]:
    card = build_scorecard(made.events, made.readings)
    return {
        "scorecard": json.dumps(encode(card)),
        "text": render_scorecard(card) + "\n".join(render_summary(card)),
        "review": render_draft(made.events, card, PEOPLE),
        "page": render_page(render_draft(made.events, card, PEOPLE), made.events, made.readings, card, PEOPLE),
    }


def test_the_schema_has_no_place_for_a_person() -> None:
    assert set(words(dict(schema()))) == STRINGS


def test_the_export_has_exactly_the_fields_of_the_schema() -> None:
    drawn: dict[str, Any] = dict(schema())
    for made in (rehearsal(), facilitated()):
        exported = json.loads(json.dumps(encode(build_scorecard(made.events, made.readings))))
        assert set(exported) == set(drawn["properties"])
        for time in exported["response_times"]:
            assert set(time) == set(drawn["properties"]["response_times"]["items"]["required"])


def test_no_output_names_a_person() -> None:
    for name, output in outputs(named()).items():
        for person in PEOPLE:
            assert not re.search(rf"\b{person}\b", output, re.IGNORECASE), f"{person} is in the {name}"


def test_the_scorecard_knows_no_role_so_no_join_gives_a_time_per_person() -> None:
    """Join every pair of outputs on what they share.

    Only the log names roles, no line of it names a person, and no figure of the scorecard has a role to join with.
    """
    made = named()
    log = [json.loads(line) for line in format_json_lines(made.events)]
    assert {line["role"] for line in log} <= {None, *(role.value for role in Role)}
    assert not {"person", "name", "user", "who", "handle", "email"} & set().union(*(set(line) for line in log))
    drawn = {path.split(".")[-1] for path in words(dict(schema()))}
    assert not {"role", "person", "who", "holder", "source"} & drawn
    for (_, left), (_, right) in itertools.combinations(outputs(made).items(), 2):
        shared = set(left.split()) & set(right.split())
        assert not {word for word in shared if any(person.casefold() in word.casefold() for person in PEOPLE)}


def test_every_figure_has_its_n_and_a_rehearsal_says_its_pace() -> None:
    made = rehearsal()
    text = render_scorecard(build_scorecard(made.events, made.readings))
    assert "rehearsal without people, at 10x pace; limits: assembled within 30 s of paged" in text
    assert "journey-success is 99.1% (n=214)" in text
    assert "1 failed" in text
    assert "(scripted)" in text


def test_long_reason_in_a_table_continues_in_its_column() -> None:
    made = facilitated().changed("planned", informed=True)
    lines = render_scorecard(build_scorecard(made.events, made.readings)).splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("  detect "))
    row, rest = lines[at], lines[at + 1]
    assert rest == f"{'':{row.index('not measured')}}would fail"
    assert max(map(len, lines[at - 2 : at + 3])) <= 120


def test_the_five_lines_have_labels_and_say_what_matters() -> None:
    made = rehearsal()
    lines = render_summary(build_scorecard(made.events, made.readings))
    assert len(lines) == 5 and lines[0] == "Hypothesis        held"
    assert [line[:18].rstrip() for line in lines] == [
        "Hypothesis", "Detected by", "Service restored", "Mode", "Result"
    ]  # fmt: skip
    idle = made.changed("effect", seen=False)
    assert "unknown: fault slow had no effect" in render_summary(build_scorecard(idle.events, idle.readings))[0]
    dirty = made.without("fault-reverted")
    assert "gameday halt" in render_summary(build_scorecard(dirty.events, dirty.readings))[4]


def test_a_silent_alert_is_reported() -> None:
    made = rehearsal().without("alert", "paged").plus(60, "paged", by="program", text="slow")
    card = build_scorecard(made.events, made.readings)
    assert card.silent_alerts == ("journey-slow",) and card.program_paged
    assert "journey-slow stayed silent; the program had to page" in render_scorecard(card)


def test_an_environment_without_alerts_has_no_silent_one() -> None:
    without = rehearsal().without("alert", "paged")
    undefined = without.changed("planned", signals={"journey-p95": "duration"}, expectations=[], page=None)
    for made, text in ((without, "no alert fired"), (undefined, "no alert defined")):
        card = build_scorecard(made.events, made.readings)
        assert text in render_scorecard(card)
    assert "The environment defines no alert." in render_draft(undefined.events, card)
    assert "No alert fired" not in render_draft(undefined.events, card)


def test_a_drill_that_was_never_planned_still_has_a_scorecard() -> None:
    assert build_scorecard((), ()).held == "unknown"
    assert render_scorecard(build_scorecard(rehearsal().events[:1], ()))


def test_times_are_in_iso_8601_and_durations_name_their_unit() -> None:
    exported = encode(build_scorecard(facilitated().events, facilitated().readings))
    for name in ("began_at", "ended_at", "review_due_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", str(exported[name])), name
    numbers = set(number_fields(dict(schema()))) - {"pace", "value", "baseline", "lowest", "highest"}
    assert numbers == {"after_s", "active_s", "within_s", "duration_s", "paused_s"}


def number_fields(node: dict[str, Any], name: str = "") -> Iterator[str]:
    """Yield the names of the fields of a schema that hold a number which is no count."""
    if node.get("type") == "number":
        yield name
    for part in (*node.get("anyOf", []), *([node["items"]] if "items" in node else [])):
        yield from number_fields(part, name)
    for inner_name, inner in node.get("properties", {}).items():
        yield from number_fields(inner, inner_name)


def test_every_field_has_its_meaning() -> None:
    for kind, meanings in MEANINGS.items():
        assert set(meanings) == set(json_fields(kind)), kind
        assert all(meanings.values()), kind
