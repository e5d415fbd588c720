"""The example plugin is found in a package of its own, runs a drill, and keeps the protocol."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from support.docs_pages import ROOT

from gameday.cli.json_documents import RehearsalDocument

EXAMPLE = ROOT / "examples" / "plugin"
MARKER = "gd-0123456789ab"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the plugin's module and its entry point."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(EXAMPLE, folder / "source")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture
def environment(package: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables of a folder with the example's files, where `gameday` finds the plugin."""
    for name in ("gameday.yaml", "maintenance.yaml", "try-shop"):
        shutil.copy2(EXAMPLE / name, tmp_path)
    with tempfile.TemporaryDirectory(prefix="gd-") as runtime:  # short: a socket's path is
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("GAMEDAY_")}
        store = {"GAMEDAY_STORE": str(tmp_path / "store"), "GAMEDAY_RUNTIME": runtime, "NO_COLOR": "1"}
        yield {**inherited, **store, "PYTHONPATH": str(package)}


def run(environment: dict[str, str], folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    python = [sys.executable, *command]
    return subprocess.run(python, cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False)


def test_check_and_plan_know_the_plugin(environment: dict[str, str], tmp_path: Path) -> None:
    checked = run(environment, tmp_path, "-m", "gameday", "check", "maintenance.yaml", "--env", "local")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    planned = run(environment, tmp_path, "-m", "gameday", "plan", "maintenance.yaml")
    assert "  Touches      file maintenance" in planned.stdout and "remove maintenance" in planned.stdout
    assert not (tmp_path / "maintenance").exists(), "a plan changes nothing"


def test_a_rehearsal_applies_and_reverts_the_fault(environment: dict[str, str], tmp_path: Path) -> None:
    rehearsed = run(environment, tmp_path, "-m", "gameday", "run", "maintenance.yaml", "--rehearse", "--format", "json")
    assert rehearsed.returncode == 1, "the hypothesis does not hold: everyone is turned away\n" + rehearsed.stderr
    report = msgspec.json.decode(rehearsed.stdout, type=RehearsalDocument)
    assert (report.exit, report.drills[0].exit) == (1, 1) and report.drills[0].scorecard is not None
    assert "review " in rehearsed.stderr and Path(report.drills[0].review or "").exists()
    log = run(environment, tmp_path, "-m", "gameday", "log", "--format", "json").stdout
    kinds = [json.loads(line)["kind"] for line in log.splitlines()]
    assert kinds.index("fault") < kinds.index("effect") < kinds.index("fault-reverted")
    assert not (tmp_path / "maintenance").exists()


def test_a_sweep_finds_and_reverts_a_leftover(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "maintenance").write_text(MARKER, encoding="utf-8")
    swept = run(environment, tmp_path, "-m", "gameday", "halt", "--sweep", "local", "--yes")
    assert swept.returncode == 0 and MARKER in swept.stdout, swept.stderr
    assert not (tmp_path / "maintenance").exists()


CONFORMANCE = """
import sys
from dataclasses import replace
from pathlib import Path
from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.injector_registry import InjectorRegistry
from gameday.errors import Refused
from gameday.model import Binding, Fault
from gameday.plugins.types import ApplyOutcome, Deadline, Presence, RevertOutcome

injector, flag, marker = InjectorRegistry()["flagfile"], Path("maintenance"), "gd-0123456789ab"
binding, fault = Binding("local", "shop", "flagfile", {"file": "maintenance"}), Fault("f", "outage", "shop", {})
plan = lambda marker: injector.plan(fault, binding, marker, Deadline.after(5))
apply = lambda intent: injector.apply(intent, Deadline.after(5)).outcome
revert = lambda intent: injector.revert(intent, Deadline.after(5)).outcome
presence = lambda intent: injector.presence(intent, Deadline.after(5))
assert (injector.leased, injector.checkable) == (None, None) and injector.sweepable is not None
intent = plan(marker)
assert revert(intent) is RevertOutcome.REVERTED, "safe if never applied"
assert [apply(intent), apply(intent)] == [ApplyOutcome.APPLIED] * 2, "idempotent"
assert presence(intent) is Presence.PRESENT
assert [left.marker for left in injector.sweepable.leftovers(binding, Deadline.after(5))] == [marker]
try:
    plan("gd-ffff01234567")
except Refused:
    pass
else:
    raise AssertionError("another drill's marker refuses the fault")
assert [revert(intent), revert(intent)] == [RevertOutcome.REVERTED] * 2 and presence(intent) is Presence.ABSENT
flag.write_text("closed for stocktaking")
assert apply(intent) is ApplyOutcome.REFUSED and revert(intent) is RevertOutcome.KEPT
assert flag.read_text() == "closed for stocktaking" and not list(Path().glob(".gd-*"))
assert injector.sweepable.leftovers(binding, Deadline.after(5)) == []
"""


def test_the_injector_keeps_the_protocol(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(environment, tmp_path, "-c", CONFORMANCE)
    assert done.returncode == 0, done.stderr


def test_the_readme_shows_the_commands_that_run_here() -> None:
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for command in ("gameday plan maintenance.yaml", "gameday run maintenance.yaml --rehearse", "gameday halt --sweep"):
        assert command in readme
    assert len((EXAMPLE / "gameday_flagfile.py").read_text(encoding="utf-8").splitlines()) <= 150
