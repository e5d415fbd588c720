"""Two projects give an environment the same name: neither blocks, sees or halts the drills of the other."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gameday.app import running_drills
from gameday.app.doctor.drill_checks import check_unfinished
from gameday.app.doctor.finding import Mark
from gameday.app.running_drills import select_running_drill
from gameday.cli.main import run_command
from gameday.drill.control.drill_registry import RunningDrill, register, unregister
from gameday.errors import BadArguments, Exit, Refused
from gameday.files.project import project_identity, read_project
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.paths import DataFolder
from gameday.store.sqlite import Store

DRILL = "gd-000a"
GAMEDAY = "gameday: 1\ndefault_env: staging\nenvironments: {staging: {}}\n"


@pytest.fixture
def projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Projects a and b with one store and one runtime folder. This process runs a drill of a."""
    for name in ("a", "b", "neither"):
        (tmp_path / name).mkdir()
    for name in ("a", "b"):
        (tmp_path / name / "gameday.yaml").write_text(GAMEDAY, encoding="utf-8")
    monkeypatch.delenv("GAMEDAY_FILE", raising=False)
    monkeypatch.setenv("GAMEDAY_STORE", str(tmp_path / "store"))
    with tempfile.TemporaryDirectory(prefix="gd") as runtime:  # short: sockets lie in it
        monkeypatch.setenv("GAMEDAY_RUNTIME", runtime)
        begin(open_store(), DRILL, tmp_path / "a")
        register(RunningDrill(DRILL, "staging", DataFolder(tmp_path / "store"), project=identity(tmp_path / "a")))
        yield tmp_path


def identity(folder: Path) -> str:
    return project_identity(folder / "gameday.yaml")


def begin(store: Store, drill: str, folder: Path) -> None:
    environment = read_project(folder / "gameday.yaml").environments["staging"]
    with closing(store):
        store.begin(drill, environment.name, "rehearsal", "", current_process(), environment.project)


def unfinished() -> list[str]:
    with closing(open_store()) as store:
        return list(store.unfinished())


def test_other_project_can_begin_a_drill_in_an_environment_of_the_same_name(projects: Path) -> None:
    begin(open_store(), "gd-000b", projects / "b")
    with pytest.raises(Refused, match="gd-000a is still running in staging"):
        begin(open_store(), "gd-000c", projects / "a")


def test_second_run_names_the_running_drill_and_starts_nothing(
    projects: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gameday.app.start_drill.read_scenario", lambda *_: None)
    monkeypatch.setattr("gameday.app.start_drill.select_environment", lambda *_, **__: pytest.fail("was started"))
    monkeypatch.setattr("gameday.cli.run.interrupt_command", lambda: None)
    monkeypatch.chdir(projects / "a")
    assert run_command(["run", "late.yaml", "--rehearse"]) is Exit.REFUSED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "gameday: drill gd-000a is still running in staging, and only one at a time can run there\n"
        "  Join it: gameday attach. End it: gameday stop. Or wait for its end: gameday status\n"
    )


def test_a_project_is_the_same_when_its_file_links_to_another_folder_as_a_mounted_configmap_does(
    tmp_path: Path,
) -> None:
    identities: set[str] = set()
    for name in ("..2026_12_01", "..2026_12_08"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "gameday.yaml").write_text("gameday: 1\n")
        (tmp_path / "gameday.yaml").unlink(missing_ok=True)
        (tmp_path / "gameday.yaml").symlink_to(f"{name}/gameday.yaml")
        identities.add(project_identity(tmp_path / "gameday.yaml"))
    assert identities == {str(tmp_path)}


def test_project_is_the_same_through_a_symbolic_link(projects: Path) -> None:
    (projects / "link").symlink_to(projects / "a")
    with pytest.raises(Refused):
        begin(open_store(), "gd-000c", projects / "link")


@pytest.mark.parametrize("command", ["halt", "stop"])
def test_other_project_neither_halts_nor_takes_over(
    projects: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(projects / "b")
    assert run_command([command]) is Exit.HELD
    assert unfinished() == [DRILL]
    said = capsys.readouterr()
    assert "Nothing is outstanding." in said.out
    assert f"Not stopped: {DRILL} runs in environment staging of another project" in said.err
    assert f"gameday {command} --all" in said.err


def test_other_project_sees_no_drill_but_is_told_of_it(
    projects: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(projects / "b")
    assert run_command(["status"]) is Exit.HELD
    said = capsys.readouterr()
    assert said.out.startswith("No drill is running.")
    assert DRILL in said.err and "gameday status --all" in said.err
    assert run_command(["status", "--format", "json"]) is Exit.HELD
    assert json.loads(capsys.readouterr().out) == []
    assert run_command(["status", "--format", "json", "--all"]) is Exit.HELD
    assert [drill["drill"] for drill in json.loads(capsys.readouterr().out)] == [DRILL]


@pytest.mark.parametrize(("folder", "seen"), [("a", True), ("b", False), ("neither", True)])
def test_statements_go_to_the_drill_of_this_project(
    projects: Path, folder: str, seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(projects / folder)
    assert select_running_drill(DRILL).drill == DRILL, "by its name, from everywhere"
    if seen:
        assert select_running_drill(None).drill == DRILL
        return
    with pytest.raises(Refused, match="no drill of this project is running") as refused:
        select_running_drill(None)
    assert f"--drill {DRILL}" in refused.value.todo


@pytest.mark.parametrize("folder", ["a", "b"])
@pytest.mark.parametrize("own_store", [True, False])
def test_doctor_counts_running_drills_consistently(
    projects: Path, folder: str, own_store: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drill is reported by its registration too, for this terminal may use another store."""
    monkeypatch.chdir(projects / folder)
    monkeypatch.setattr(running_drills, "ping_drill", lambda _: {"alive": True})
    if own_store:
        monkeypatch.setenv("GAMEDAY_STORE", str(projects / "other-store"))
    findings = list(check_unfinished("staging"))
    running = [finding for finding in findings if finding.is_running_drill]
    assert [finding.mark for finding in running] == ([Mark.BAD] if folder == "a" else [])
    assert any("none running" in finding.say for finding in findings) == (folder == "b")


def test_store_of_an_earlier_version_can_be_used(tmp_path: Path) -> None:
    with closing(open_store(DataFolder(tmp_path))) as store:
        store._db.execute("alter table drills drop column project")
    with closing(open_store(DataFolder(tmp_path))) as store:
        store.begin("gd-0001", "staging", "rehearsal", "", current_process(), "/srv/shop")
        assert store.project("gd-0001") == "/srv/shop"


def test_other_name_than_that_of_the_running_drill_names_it(projects: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadArguments, match="drill gd-0000 not found") as unknown:
        select_running_drill("gd-0000")
    assert unknown.value.todo == f"Running: {DRILL} in staging"
    unregister(DRILL)
    with pytest.raises(Refused) as refused:
        select_running_drill(DRILL)
    assert refused.value.todo == f"It has ended: gameday show {DRILL}"
    with pytest.raises(BadArguments) as unknown:
        select_running_drill("gd-0000")
    assert unknown.value.todo == "No drill is running. Start one: gameday run FILE"
