"""Shell completion: the scripts, and the words offered for drills, environments, scenarios and roles."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from files.rule_cases import SHIPPED

from gameday.cli.command_table import COMMANDS
from gameday.cli.completion import PROGRAM, VARIABLE
from gameday.cli.main import gameday, run_command
from gameday.drill.control.drill_registry import RunningDrill, register, socket_path
from gameday.drill.control.socket_server import SocketServer
from gameday.errors import Exit
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.paths import DataFolder

PROJECT = "gameday: 1\nenvironments: {staging: {}, canary: {}}\n"


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("GAMEDAY_RUNTIME", str(tmp_path / "run"))
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    monkeypatch.chdir(tmp_path)


def complete(*words: str) -> list[str]:
    """Return what a shell offers for the last word."""
    *args, incomplete = words
    items = ShellComplete(gameday, {}, PROGRAM, VARIABLE).get_completions(args, incomplete)
    return [item.value for item in items if item.type == "plain"]


def test_commands_are_completed() -> None:
    assert complete("") == list(COMMANDS)
    assert complete("re") == ["retract", "review", "replay"]
    assert complete("demo", "s") == ["status", "switch"]


def test_environments_are_completed(tmp_path: Path) -> None:
    assert complete("plan", "db-slowdown", "--env", "") == ["demo"]
    (tmp_path / "gameday.yaml").write_text(PROJECT)
    for words in (["run", "--env"], ["halt", "--sweep"], ["doctor", "--env"], ["check", "--env"]):
        assert complete(*words, "") == ["canary", "staging", "demo"]
    assert complete("run", "--env", "st") == ["staging"]
    (tmp_path / "gameday.yaml").write_text("environments: [")
    assert complete("run", "--env", "") == []


def test_scenarios_are_completed(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "db-ours.yaml").write_text(SHIPPED)
    (tmp_path / "db-mine.yaml").write_text(SHIPPED)
    assert sorted(complete("run", "db-")) == ["db-mine.yaml", "db-slowdown", "db-slowdown-busy"]
    assert complete("check", "ou") == ["ours/"]
    assert complete("plan", "ours/") == ["ours/db-ours.yaml"]
    assert complete("plan", "no-such/") == []


def test_only_scenarios_and_folders_with_some_are_offered_as_scenarios(tmp_path: Path) -> None:
    for folder in ("ours", "pg", "deep"):
        (tmp_path / folder).mkdir()
    (tmp_path / "deep" / "deeper").mkdir()
    (tmp_path / "ours" / "mine.yaml").write_text(SHIPPED)
    (tmp_path / "gameday.yaml").write_text(PROJECT)
    (tmp_path / "mkdocs.yml").write_text("site_name: docs\n")
    (tmp_path / "pg" / "PG_VERSION").write_text("16")
    for words in (["run"], ["show"], ["plan"], ["env", "bind"]):
        assert [value for value in complete(*words, "") if not value.startswith(("db-", "cache-", "dependency-"))] == [
            "ours/"
        ]
    assert {"gameday.yaml", "mkdocs.yml"} <= set(complete("check", "")), "check reads any file"


def test_actions_of_the_running_drill(tmp_path: Path) -> None:
    assert complete("act", "") == []
    with tempfile.TemporaryDirectory(prefix="gd") as runtime, pytest.MonkeyPatch.context() as short:
        short.setenv("GAMEDAY_RUNTIME", runtime)  # sockets lie in it
        register(RunningDrill("gd-0001", "demo", DataFolder(tmp_path)))
        answer = {"accepted": True, "actions": ["cache-on", "restart"]}
        with closing(SocketServer(socket_path("gd-0001"), lambda _: answer)):
            assert complete("act", "") == ["cache-on", "restart"]
            assert complete("act", "re") == ["restart"]


def test_drills_are_completed() -> None:
    assert complete("log", "") == []
    store = open_store()
    for drill, environment in (("gd-0001", "staging"), ("gd-0002", "canary")):
        store.begin(drill, environment, "rehearsal", "", current_process())
    store.close()
    for words in (["log"], ["show"], ["review"], ["review", "draft"], ["replay"], ["debrief"]):
        assert complete(*words, "gd-") == ["gd-0002", "gd-0001"]
    assert complete("stop", "") == []


def test_roles_are_completed() -> None:
    assert complete("claim", "o") == ["ops", "observer"]
    assert complete("note", "--role", "sc") == ["scribe"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_calls_the_program(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["completion", shell]) is Exit.HELD
    script = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in script and PROGRAM in script


BASH = """
source ./script
COMP_WORDS=(gameday claim o) COMP_CWORD=2
_gameday_completion gameday
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["completion", "bash"]) is Exit.HELD
    (tmp_path / "script").write_text(capsys.readouterr().out)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH],
        cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["ops", "observer"], done.stderr
