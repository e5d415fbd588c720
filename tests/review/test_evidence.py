"""`gameday evidence`: a quarter as page and CSV, and the register of roles, which has neither drill nor time."""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.drill_factory import DRILL, WALL, Made, facilitated, rehearsal
from support.review_files import stored

from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.events import Event
from gameday.model import Role
from gameday.people.role_history import append_role_records, create_role_records
from gameday.review.evidence_page import CSV_COLUMNS, render_evidence_csv, render_evidence_page
from gameday.scorecards.evidence import Evidence, collect_evidence, parse_quarter, quarter_of

ROSTER = """\
gameday: 1
team: shop
people:
  - {id: zoe, name: Zoë Quist, level: 3, roles: [ic, mentor]}
  - {id: bo, name: Bo Archer, level: 1, roles: [ic, ops]}
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def evidence(*drills: Made, quarter: str = "2026-Q1") -> Evidence:
    return collect_evidence(parse_quarter(quarter), [drill.events for drill in drills])


def kept(done: int, items: int, result: str) -> Made:
    return facilitated().plus(9.05, "follow-up-result", result=result, earlier="gd-0001", done=done, total=items)


def figures(shown: Evidence) -> dict[str, str]:
    return dict(shown.figures())


def test_the_figures_of_a_quarter() -> None:
    silent = facilitated().changed("alert", signal="another").changed("paged", by="program")
    shown = figures(evidence(kept(1, 3, "kept"), kept(0, 2, "broken"), rehearsal(), silent))
    assert shown["Drills held with people"] == "3" and shown["Rehearsals"] == "1"
    assert shown["Alerts found silent"].startswith("1: journey-slow")
    assert shown["Action items done before the next drill of their type"] == "1 of 5"
    assert shown["One done before the next drill of the type"] == "1 of 2 drills"
    assert shown["Hours of drills with people"] == "1.1", "three times 21 minutes"
    [failed] = [value for label, value in shown.items() if label.startswith("Hypotheses")]
    assert re.fullmatch(r"\d of 4 drills", failed)


def test_a_hypothesis_that_did_not_hold_is_counted() -> None:
    not_held = rehearsal().changed("evaluated", verdict="unmet")
    assert figures(evidence(rehearsal(), not_held))["Hypotheses that did not hold"] == "1 of 2 drills"


@pytest.mark.parametrize("left_out", ["start", "end"])
def test_a_drill_that_did_not_start_or_end_is_left_out(left_out: str) -> None:
    assert not evidence(rehearsal().without(left_out)).drills


def at(wall: float) -> list[Event]:
    from dataclasses import replace

    began = next(event.wall for event in rehearsal().events if event.kind == "start")
    return [replace(event, wall=event.wall - began + wall) for event in rehearsal().events]


@pytest.mark.parametrize(
    ("day", "quarter"),
    [("2026-03-31 23:59:59", "2026-Q1"), ("2026-04-01 00:00:00", "2026-Q2"), ("2026-12-31 23:59:59", "2026-Q4")],
)
def test_a_drill_belongs_to_the_quarter_of_its_start_in_utc(day: str, quarter: str) -> None:
    wall = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
    assert quarter_of(wall).name == quarter
    for name in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"):
        assert len(collect_evidence(parse_quarter(name), [at(wall)]).drills) == (name == quarter)


def test_the_csv_has_a_row_for_each_drill_and_no_column_for_a_person() -> None:
    rows = list(csv.reader(io.StringIO(render_evidence_csv(evidence(kept(1, 3, "kept"), rehearsal())))))
    assert rows[0] == list(CSV_COLUMNS) and len(rows) == 3
    assert {row[0] for row in rows[1:]} == {DRILL}
    text = " ".join(CSV_COLUMNS)
    assert not re.search("person|name|role|who|team|score", text)


def test_the_page_loads_nothing_and_names_nobody() -> None:
    page = render_evidence_page(evidence(kept(1, 3, "kept"), rehearsal()))
    assert "kept (1 of 3)" in page and "2026-03-04" in page
    assert "<script" not in page and "http://" not in page and "https://" not in page
    assert not re.search(r"\b(commander|scribe|mentor|Ana|Bo)\b", page)
    assert "No drill was held." in render_evidence_page(evidence())


def test_the_command_writes_both_files(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(place, rehearsal(), mode="rehearsal")
    assert run_command(["evidence"]) is Exit.HELD
    quarter = quarter_of(time.time()).name
    out = capsys.readouterr().out
    assert quarter in out and re.search(r"Rehearsals +1\n", out)
    for ending in ("html", "csv"):
        file = place / "evidence" / f"evidence-{quarter}.{ending}"
        assert str(file) in out and DRILL in file.read_text()
    assert run_command(["evidence", "--quarter", "2025-q1", "--into", "out"]) is Exit.HELD
    assert DRILL not in (place / "out" / "evidence-2025-Q1.csv").read_text()


@pytest.mark.parametrize(
    "words", [["--quarter", "2026"], ["--quarter", "2026-Q5"], ["--register", "--quarter", "2026-Q1"],
              ["--roster", "roster.yaml"], ["--register"]],
)  # fmt: skip
def test_bad_arguments(words: list[str], capsys: pytest.CaptureFixture[str], place: Path) -> None:
    assert run_command(["evidence", *words]) is Exit.BAD_INPUT
    assert words[0] in capsys.readouterr().err or words == ["--register"]
    assert not list(place.iterdir()), "nothing is written"


def test_the_register_names_roles_and_people_and_nothing_else(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "roster.yaml").write_text(ROSTER)
    held = [(Role.IC, "zoe"), (Role.IC, "zoe"), (Role.IC, "bo"), (Role.OPS, "left")]
    for person in held:
        records = create_role_records(DRILL, WALL, [person], ["zoe", "bo"])
        append_role_records(place / "rotation.jsonl", "shop", records)
    append_role_records(place / "rotation.jsonl", "other", create_role_records(DRILL, WALL, [(Role.OPS, "bo")], []))
    assert run_command(["evidence", "--register", "--roster", "roster.yaml"]) is Exit.HELD
    out = capsys.readouterr().out
    assert re.search(r"^IC +Bo Archer, Zoë Quist$", out, re.MULTILINE)
    assert re.search(r"^ops +nobody yet$", out, re.MULTILINE)
    assert DRILL not in out and not re.search(r"\d", out), "no drill, no time, no number"
