"""`gameday check` and `gameday schema`, as a person and as a scheduler use them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from files.rule_cases import BASES, SHIPPED

from gameday.cli.main import run_command
from gameday.errors import Exit


@pytest.fixture(autouse=True)
def in_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    (tmp_path / "good.yaml").write_text(SHIPPED)
    (tmp_path / "bad.yaml").write_text(SHIPPED.replace("timebox: 30m", "timebox: 12:30"))
    (tmp_path / "worse.yaml").write_text(SHIPPED.replace("guardrails:", "guardrials:"))


def test_valid_files_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "good.yaml", "db-slowdown"]) is Exit.HELD
    assert capsys.readouterr().out == "2 files, no problems\n"
    assert run_command(["check", "good.yaml"]) is Exit.HELD
    assert capsys.readouterr().out == "1 file, no problems\n"


def test_all_problems_of_all_files_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "worse.yaml", "bad.yaml", "db-slowdwn.yaml"]) is Exit.BAD_INPUT
    said = capsys.readouterr()
    assert said.out == "" and said.err.splitlines() == [
        "bad.yaml:5:10: YAML reads 12:30 as 750 (write a duration as 12m30s, a time as impact+2m)",
        "db-slowdwn.yaml:1:1: file not found (did you mean 'db-slowdown' or 'db-slowdown-busy'?)",
        "worse.yaml:51:1: unknown key 'guardrials' (did you mean 'guardrails'?)",
    ]


def test_problems_are_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "--format", "json", "bad.yaml"]) is Exit.BAD_INPUT
    assert json.loads(capsys.readouterr().out) == [
        {
            "file": "bad.yaml", "line": 5, "column": 10,
            "wrong": "YAML reads 12:30 as 750", "suggestion": "write a duration as 12m30s, a time as impact+2m",
        }
    ]  # fmt: skip
    assert run_command(["check", "--format", "json", "good.yaml"]) is Exit.HELD
    assert json.loads(capsys.readouterr().out) == []


def test_scenario_is_checked_against_an_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gameday.yaml").write_text(BASES["gameday"].replace("read-from-cache:", "read-cache:"))
    assert run_command(["check", "--env", "staging", "good.yaml"]) is Exit.BAD_INPUT
    assert capsys.readouterr().err == (
        "good.yaml:23:5: environment staging has no action 'read-from-cache' (did you mean 'read-cache'?)\n"
    )
    assert run_command(["check", "--env", "stagin", "good.yaml"]) is Exit.BAD_INPUT
    assert "Did you mean 'staging'?" in capsys.readouterr().err


def test_unknown_parameter_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text(SHIPPED.replace("delay: 400ms", "delay: soon"))
    assert run_command(["check", "bad.yaml"]) is Exit.BAD_INPUT
    assert capsys.readouterr().err.startswith("bad.yaml:41:12: 'soon' is not a duration")


@pytest.mark.parametrize("kind", ["scenario", "gameday", "roster"])
def test_the_schema_is_printed(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["schema", kind]) is Exit.HELD
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"].endswith("2020-12/schema") and schema["additionalProperties"] is False


def test_reading_names_loads_no_schema() -> None:
    code = "import sys, gameday.files.project, gameday.files.check; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_cost_per_file_does_not_grow_with_their_number(tmp_path: Path) -> None:
    """Linear: each file is parsed once and fitted once, whatever came before it."""
    from gameday.files import check, yaml_parser

    composed: list[int] = []
    original = yaml_parser.parse_nodes

    def counted(text: str) -> object:
        composed.append(len(text))
        return original(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_parser, "parse_nodes", counted)
        assert check.check_files([tmp_path / "good.yaml"] * 50) == []
    assert len(composed) == 50


def test_demo_environment_is_known_without_a_running_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SHIPPED.replace("  - when: restart-database", "  - when: reboot-database")
    (tmp_path / "ours.yaml").write_text(text)
    (tmp_path / "theirs.yaml").write_text(text.replace("shed-optional-work", "shed-optional-works"))
    assert run_command(["check", "--env", "demo", "ours.yaml"]) is Exit.HELD
    assert run_command(["check", "--env", "demo", "theirs.yaml"]) is Exit.BAD_INPUT
    assert capsys.readouterr().err == (
        "theirs.yaml:22:5: environment demo has no action 'shed-optional-works' (did you mean 'shed-optional-work'?)\n"
    )


def test_scenario_is_checked_although_the_environment_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gameday.yaml").write_text(BASES["gameday"].replace("targets:", "tragets:", 1))
    assert run_command(["check", "--env", "staging", "worse.yaml"]) is Exit.BAD_INPUT
    told = capsys.readouterr().err
    assert run_command(["check", "--env", "staging", "gameday.yaml"]) is Exit.BAD_INPUT
    assert capsys.readouterr().err.count("unknown key 'tragets'") == 1, "it is one of the files too"
    assert "unknown key 'tragets'" in told and "unknown key 'guardrials'" in told
