"""A demo stops with the last run that uses it, and not earlier."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from gameday.demo import demo_record
from gameday.process_identity import process_with_pid


@pytest.fixture
def other_process() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    yield process
    process.communicate()


def test_other_living_runs_count_and_own_or_dead_ones_do_not(
    tmp_path: Path, other_process: subprocess.Popen[bytes]
) -> None:
    demo_record.add_run(tmp_path)
    assert demo_record.other_runs(tmp_path) == []
    (tmp_path / demo_record.RUNS / str(other_process.pid)).write_text(
        json.dumps(asdict(process_with_pid(other_process.pid)))
    )
    assert demo_record.other_runs(tmp_path) == [other_process.pid]
    other_process.communicate()
    assert demo_record.other_runs(tmp_path) == []


def test_a_file_that_is_not_a_run_is_ignored(tmp_path: Path) -> None:
    demo_record.add_run(tmp_path)
    (tmp_path / demo_record.RUNS / "7").write_text("not ours")
    assert demo_record.other_runs(tmp_path) == []
