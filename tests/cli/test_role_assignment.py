"""Role assignment: gaps of the roster are reported before anything is touched; a draw is blind where possible."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.shipped_drill import ENVIRONMENT, SHIPPED

from gameday.app.role_assignment import (
    RosterFile,
    assign_roles,
    load_cast,
    next_roles,
    record_roles,
    save_cast,
)
from gameday.app.scenario_selection import draw_scenario
from gameday.app.start_drill import DrillRequest, prepare_drill
from gameday.errors import BadArguments, InvalidFiles, Refused
from gameday.files.project import read_project
from gameday.files.scenario import read_scenario
from gameday.model import Role
from gameday.people.cast import Cast
from gameday.people.role_history import remove_drill_names

PERSON = "  - {{id: {id}, name: {name}, level: {level}, roles: [{roles}]{more}}}\n"
TEAM = [
    ("ana", 4, "facilitator, mentor, ic"),
    ("bo", 3, "mentor, ic, ops"),
    ("chi", 1, "ic, ops"),
    ("dov", 1, "ops, ic"),
]


def roster(folder: Path, more: str = "", **names: str) -> Path:
    people = [
        PERSON.format(id=one, name=names.get(one, one.title()), level=level, roles=roles, more=more)
        for one, level, roles in TEAM
    ]
    file = folder / "roster.yaml"
    file.write_text("gameday: 1\nteam: checkout\npeople:\n" + "".join(people), encoding="utf-8")
    return file


def cast(file: Path, tmp_path: Path) -> Cast:
    return assign_roles(RosterFile(file, tmp_path / "rotation.jsonl"), read_scenario(SHIPPED))


@pytest.mark.parametrize(
    ("more", "said"),
    [(", on_call: true", "is available now"), (", busy: [2020-01-01..2099-01-01]", "is available now"),
     (", declined: [ic, ops, mentor, scribe, comms, facilitator]", "takes a role")],
)  # fmt: skip
def test_roster_without_available_people_is_refused_with_alternatives(more: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=said) as caught:
        cast(roster(tmp_path, more), tmp_path)
    assert "--solo" in caught.value.todo and "--rehearse" in caught.value.todo


def test_required_roles_are_filled_and_an_absent_person_is_replaced(tmp_path: Path) -> None:
    proposed = cast(roster(tmp_path), tmp_path)
    ic = dict(proposed.holders())[Role.IC]
    assert ic in ("chi", "dov"), "a junior commands"
    without = proposed.mark_absent(ic)
    assert dict(without.holders())[Role.IC] not in ("", ic)
    assert ic not in without.available()
    assert [role for role, _ in proposed.junior_first()][-1] is Role.FACILITATOR


def test_next_run_proposes_the_roles_that_the_debrief_announced(tmp_path: Path) -> None:
    file, history = roster(tmp_path), tmp_path / "rotation.jsonl"
    for number in range(6):
        now = cast(file, tmp_path)
        record_roles(f"gd-000{number}", history, now)
        remove_drill_names(history)  # the debrief does
        announced = next_roles(now, history)
        proposed = cast(file, tmp_path)
        assert announced == [(role, proposed.name(person)) for role, person in proposed.holders()]


def test_a_screen_that_attaches_after_the_start_has_the_roles_of_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(tmp_path / "runtime"))
    file, history = roster(tmp_path), tmp_path / "rotation.jsonl"
    now = cast(file, tmp_path)
    save_cast("gd-7f3a", file, now)
    record_roles("gd-7f3a", history, now)
    attached = load_cast("gd-7f3a", read_scenario(SHIPPED), history)
    assert attached is not None
    assert attached.holders() == now.holders()


@pytest.mark.parametrize("name", ['"Chi \N{SNOWMAN}\N{WHITE SMILING FACE}"', "x" * 200, '"\\e[31mred"'])
def test_roster_accepts_any_name(name: str, tmp_path: Path) -> None:
    try:
        found = cast(roster(tmp_path, chi=name), tmp_path)
    except InvalidFiles as error:
        assert "roster.yaml:6:" in str(error), "refused with its place"
        return
    assert found.name("chi")


def test_blind_draw_does_not_print_the_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        (tmp_path / f"secret-{number}.yaml").write_text(SMALL.format(number=number), encoding="utf-8")
    (tmp_path / "gameday.yaml").write_text(HERE, encoding="utf-8")
    here = read_project(tmp_path / "gameday.yaml").environments["staging"]
    found = {draw_scenario(str(tmp_path), here, seed).path.name for seed in range(20)}
    assert len(found) == 3
    assert all(draw_scenario(str(tmp_path), here, seed).is_blind for seed in range(3)), "blind"
    assert "secret" not in capsys.readouterr().out
    for path in list(tmp_path.glob("secret-*.yaml"))[1:]:
        path.unlink()
    assert draw_scenario(str(tmp_path), here, 1).is_blind is False, "of one alone everybody knows which"
    with pytest.raises(BadArguments, match="db-slowdown is not a folder"):
        draw_scenario("db-slowdown", here, 1)


def test_draw_without_a_suitable_scenario_says_how_to_see_why(tmp_path: Path) -> None:
    with pytest.raises(BadArguments, match="fits environment") as caught:
        draw_scenario(str(tmp_path), ENVIRONMENT, 1)
    assert "gameday check" in caught.value.todo


SMALL = """\
gameday: 1
id: secret-{number}
timebox: 10m
requires: {{targets: {{database: where orders go}}, signals: {{wait: {{kind: duration}}}}}}
hypothesis: {{statement: "It works.", expect: [{{signal: wait, at_most: 2s, over: 60s}}]}}
steady_state: [{{signal: wait, is: healthy}}]
faults: [{{id: slow, kind: latency, target: database, delay: 20ms}}]
guardrails: [{{signal: wait, above: 5s, for: 30s}}]
"""
HERE = """\
gameday: 1
environments:
  staging:
    targets: {database: {injector: toxiproxy, url: "http://127.0.0.1:8474", proxy: orders}}
    signals: {wait: {kind: duration, probe: process, run: ["true"], healthy: at_most 1s}}
"""


def test_roster_with_a_mistake_is_reported_before_the_environment_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gameday.app.start_drill.select_environment", lambda *_, **__: pytest.fail("started"))
    monkeypatch.setattr("gameday.app.start_drill.open_recovered_store", lambda *_, **__: pytest.fail("recovered"))
    file = roster(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("level: ", "lvl: "), encoding="utf-8")
    with pytest.raises(InvalidFiles, match=r"roster\.yaml"):
        prepare_drill(DrillRequest("db-slowdown", roster=file), lambda _: None)
