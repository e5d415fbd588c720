"""`gameday check --story`: printed only if the files have no problems."""

from __future__ import annotations

from pathlib import Path

import pytest

from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.files.scenario_library import list_library

EXAMPLES = Path(__file__).parents[2] / "examples"
SHIPPED = list_library()["db-slowdown"].read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def in_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)


def test_story_of_a_shipped_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "--story", "db-slowdown"]) is Exit.HELD
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("db-slowdown: timeline for the facilitator\n")
    assert "Two shoppers report that checkout hangs" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_story_uses_the_terms_of_the_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "--story", "db-slowdown", "--env", "demo"]) is Exit.HELD
    assert "Environment: demo." in capsys.readouterr().out.replace("\n", " ")


def test_several_stories_are_separated_by_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.yaml").write_text(SHIPPED.replace("id: db-slowdown", "id: own"), encoding="utf-8")
    assert run_command(["check", "--story", "db-slowdown", "own.yaml"]) is Exit.HELD
    assert [one for one in capsys.readouterr().out.splitlines() if one.endswith("timeline for the facilitator")] == [
        "db-slowdown: timeline for the facilitator", "own: timeline for the facilitator",
    ]  # fmt: skip


def test_invalid_scenario_prints_problems_and_no_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text(SHIPPED.replace("guardrails:", "guardrials:"), encoding="utf-8")
    assert run_command(["check", "bad.yaml"]) is Exit.BAD_INPUT
    without = capsys.readouterr()
    assert run_command(["check", "--story", "bad.yaml"]) is Exit.BAD_INPUT
    assert capsys.readouterr() == without
    assert "did you mean 'guardrails'?" in without.err and without.out == ""


@pytest.mark.parametrize(("name", "named"), [("gameday.yaml", "a gameday.yaml"), ("roster.yaml", "a roster")])
def test_file_that_is_not_a_scenario_is_refused(name: str, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "--story", "db-slowdown", str(EXAMPLES / name)]) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert said.out == "" and f"{name} is {named}, not a scenario" in said.err


def test_story_and_json_are_refused_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "--story", "--format", "json", "db-slowdown"]) is Exit.BAD_INPUT
    assert "--story is text only" in capsys.readouterr().err
