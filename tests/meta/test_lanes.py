"""Every test runs in exactly one lane, and CONTRIBUTING.md shows the commands that run them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import PurePath

import pytest
from support.lanes import ENGINES, FOLDERS, LANES, PROCESSES, QUICK, lane_of
from support.source_tree import ROOT, read, tracked

COLLECT = """
import sys, pytest
class Recorder:
    def pytest_collection_finish(self, session):
        for item in session.items:
            print("LANES", *(mark.name for mark in item.iter_markers() if mark.name in sys.argv[1:]))
sys.exit(pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider"], plugins=[Recorder()]))
"""
SELECTED = {"quick": {QUICK}, "test": {QUICK, PROCESSES}, "engines": {ENGINES}}
"""The lanes of each command: `make test` has what `make quick` has."""


def test_every_test_is_in_exactly_one_lane() -> None:
    command = [sys.executable, "-c", COLLECT, *LANES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-500:]
    lanes = re.findall(r"^LANES (.*)$", done.stdout, re.MULTILINE)
    assert len(lanes) > 1000
    assert set(lanes) == set(LANES), "one lane each, and none is empty"


def test_every_folder_of_tests_has_its_lane() -> None:
    folders = {path.parts[1] for path in tracked() if path.parts[0] == "tests" and path.name.startswith("test_")}
    assert folders - {"support"} == set(FOLDERS)


@pytest.mark.parametrize(("folder", "markers", "lane"), [
    ("people", [], QUICK), ("people", ["starts_processes"], PROCESSES), ("people", ["engine"], ENGINES),
    ("crash", [], PROCESSES), ("crash", ["engine", "starts_processes"], ENGINES),
])  # fmt: skip
def test_a_marker_has_precedence_over_the_folder(folder: str, markers: list[str], lane: str) -> None:
    assert lane_of(PurePath(folder, "test_x.py"), markers) == lane


@pytest.mark.parametrize("command", SELECTED)
def test_each_command_selects_its_lanes(command: str) -> None:
    selected = re.search(rf"^{command}:.*\n\t@\$\(RUN\) pytest .*-m (\w+|'[^']*')", makefile(), re.MULTILINE)
    assert selected, command
    expression = selected[1].strip("'")
    assert {lane for lane in LANES if eval(expression, {name: name == lane for name in LANES})} == SELECTED[command]


def test_the_run_of_everything_runs_every_lane() -> None:
    run = re.findall(r"^\s*make ([a-z]+)", read(PurePath(".ci/run")), re.MULTILINE)
    assert set().union(*(SELECTED.get(command, set()) for command in run)) == set(LANES)
    assert "again" in re.findall(r"make ([a-z]+)", read(PurePath(".ci/run"))), "what failed is run once more, alone"


def test_the_table_of_commands_is_the_makefile() -> None:
    table = dict(re.findall(r"^\| `make ([a-z]+)` \| (.+) \|$", read(PurePath("CONTRIBUTING.md")), re.MULTILINE))
    assert table == dict(re.findall(r"^([a-z]+):[^#\n]*## (.+)$", makefile(), re.MULTILINE))


def makefile() -> str:
    return read(PurePath("Makefile"))
