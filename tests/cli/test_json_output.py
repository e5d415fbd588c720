"""`--format json`: each command prints a document that its class describes, and nothing else on stdout."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import msgspec
import pytest
from files.rule_cases import SHIPPED
from reference_pages import json_output

from gameday.app.drill_status import DrillStatuses, UnresponsiveDrill
from gameday.cli import status
from gameday.cli.json_documents import (
    DemoDocument,
    DoctorDocument,
    ProblemDocument,
    ScenarioDetails,
    ScenarioDocument,
    StatusDocument,
)
from gameday.cli.main import gameday, run_command
from gameday.clock import format_iso_time
from gameday.drill.control.drill_registry import RunningDrill
from gameday.errors import Exit
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.paths import DataFolder


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORE", "RUNTIME", "DEMO"):
        monkeypatch.setenv(f"GAMEDAY_{name}", str(tmp_path / name.lower()))
    for name in ("GAMEDAY_FILE", "GAMEDAY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "ours.yaml").write_text(SHIPPED)
    (tmp_path / "broken.yaml").write_text(SHIPPED.replace("timebox: 30m", "timebox: 12:30"))
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    assert run_command(["list", "--format", "json"]) is Exit.HELD
    printed = capsys.readouterr()
    scenarios = msgspec.json.decode(printed.out, type=list[ScenarioDocument])
    assert [(scenario.name, scenario.source) for scenario in scenarios] == [
        ("scenarios/ours.yaml", "local"), ("cache-loss", "shipped"), ("db-slowdown-busy", "shipped"),
        ("db-slowdown", "shipped"), ("dependency-outage", "shipped"),
    ]  # fmt: skip
    assert scenarios[0].requires.targets.keys() == {"database"}
    assert printed.err == "broken.yaml: skipped, it has problems. To list them: gameday check broken.yaml\n"


def test_list_as_text_wraps_at_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run_command(["list"]) is Exit.HELD
    text = capsys.readouterr().out
    assert "db-slowdown  (shipped, difficulty 2, at most 30 min)\n" in text
    assert "actions\n    shed-optional-work" in text or "actions shed-optional-work" in text
    assert max(map(len, text.splitlines())) <= 80


def test_show_a_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["show", "db-slowdown", "--format", "json"]) is Exit.HELD
    details = msgspec.json.decode(capsys.readouterr().out, type=ScenarioDetails)
    assert (details.difficulty, details.timebox_s, details.faults) == (
        2, 1800.0, ["slow: latency delay 400ms on database"],
    )  # fmt: skip
    assert run_command(["show", "db-slowdown"]) is Exit.HELD
    assert "Fault          slow: latency delay 400ms on database\n" in capsys.readouterr().out
    assert run_command(["show", "db-slow"]) is Exit.BAD_INPUT
    assert "did you mean 'db-slowdown'" in capsys.readouterr().err


def test_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text(SHIPPED.replace("timebox: 30m", "timebox: 12:30"))
    assert run_command(["check", "bad.yaml", "--format", "json"]) is Exit.BAD_INPUT
    [problem] = msgspec.json.decode(capsys.readouterr().out, type=list[ProblemDocument])
    assert (problem.file, problem.line, problem.column) == ("bad.yaml", 5, 10)


def test_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    code = run_command(["doctor", "--env", "no-such", "--format", "json"])
    report = msgspec.json.decode(capsys.readouterr().out, type=DoctorDocument)
    assert code is Exit.REFUSED and (report.exit, report.can_run) == (3, False)
    assert {finding.mark for finding in report.findings} <= {"ok", "optional", "bad"}


def test_demo_status_of_a_stopped_demo(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["demo", "status", "--format", "json"]) is Exit.NOT_HELD
    assert msgspec.json.decode(capsys.readouterr().out, type=DemoDocument).state == "down"


ANSWER = {
    "drill": "gd-7f3a", "environment": "staging", "mode": "facilitated", "phase": "running", "paused": False,
    "since_start": 90.0, "to_timebox": 30.0, "moments": {"start": 0.0, "paged": 60.0}, "pages": ["It is slow."],
    "messages": [], "received": [{"at": 60.0, "page": True, "sender": "", "text": "It is slow."}],
}  # fmt: skip


def test_status(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    silent = RunningDrill("gd-0001", "staging", DataFolder(tmp_path))
    store = open_store(DataFolder(tmp_path))
    store.begin("gd-0001", "staging", "rehearsal", "", current_process())
    store.close()
    statuses = DrillStatuses([ANSWER], [UnresponsiveDrill(silent, guarded=True, stuck=False)])
    monkeypatch.setattr(status, "query_drills", lambda *_, **__: statuses)
    monkeypatch.setattr("gameday.app.drill_status.find_lost_drills", lambda _: [])
    assert run_command(["status", "--format", "json"]) is Exit.HELD
    running, quiet = msgspec.json.decode(capsys.readouterr().out, type=list[StatusDocument])
    assert running.started_at and running.timebox_ends_at and running.faults is None
    start, paged, end = map(_seconds, (running.started_at, running.moments["paged"], running.timebox_ends_at))
    assert (paged - start, end - start) == pytest.approx((60.0, 120.0), abs=1e-3)
    assert running.received[0].text == "It is slow." and running.received[0].at == running.moments["paged"]
    assert (quiet.drill, quiet.responds, quiet.guarded) == ("gd-0001", False, True)


def test_status_with_the_token_names_the_unit_of_each_duration(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = {"target_text": "proxy orders-db", "guarantee": "lease expires after 10 s", "since": 81.0}
    answer = {**ANSWER, "faults": [fault], "signals": {"p95": {"value": 0.4, "kind": "duration", "read": True}}}
    monkeypatch.setattr(status, "query_drills", lambda *_, **__: DrillStatuses([answer], []))
    assert run_command(["status", "--format", "json"]) is Exit.HELD
    [running] = msgspec.json.decode(capsys.readouterr().out, type=list[StatusDocument])
    assert running.faults is not None and running.signals is not None
    assert (running.faults[0].active_s, running.signals["p95"].value) == (81.0, 0.4)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_a_time_is_in_utc() -> None:
    assert format_iso_time(1_800_000_000.25) == "2027-01-15T08:00:00.250000Z"


def test_every_command_that_reports_has_the_same_option() -> None:
    for line in json_output.COMMANDS:
        command: click.Command | None = gameday
        for name in [word for word in line.split() if word.islower()]:
            if isinstance(command, click.Group):
                command = command.get_command(click.Context(command), name)
        assert command is not None
        [option] = [parameter for parameter in command.params if "--format" in parameter.opts]
        assert isinstance(option.type, click.Choice) and list(option.type.choices) == ["text", "json"], line


def test_no_command_has_a_second_spelling() -> None:
    def options(command: click.Command) -> set[str]:
        own = {option for parameter in command.params for option in parameter.opts}
        if not isinstance(command, click.Group):
            return own
        context = click.Context(command)
        children = [command.get_command(context, name) for name in command.list_commands(context)]
        return own.union(*(options(child) for child in children if child))

    assert not {"--json", "--output", "-o"} & options(gameday)


def test_errors_leave_stdout_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", "db-slowdown", "--format", "json"]) is Exit.BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == "" and "--rehearse" in printed.err
