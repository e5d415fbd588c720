"""A demo goes down with the last run that needs it, and with no other."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from gameday.demo import run_references
from gameday.process_identity import process_with_pid


@pytest.fixture
def another() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    yield process
    process.communicate()


def test_another_living_run_needs_it_and_ours_and_dead_ones_do_not(
    tmp_path: Path, another: subprocess.Popen[bytes]
) -> None:
    run_references.join(tmp_path)
    assert run_references.others(tmp_path) == []
    (tmp_path / run_references.USERS / str(another.pid)).write_text(json.dumps(asdict(process_with_pid(another.pid))))
    assert run_references.others(tmp_path) == [another.pid]
    another.communicate()
    assert run_references.others(tmp_path) == []


def test_what_is_no_user_of_ours_keeps_nothing_up(tmp_path: Path) -> None:
    run_references.join(tmp_path)
    (tmp_path / run_references.USERS / "7").write_text("not ours")
    assert run_references.others(tmp_path) == []
