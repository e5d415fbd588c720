"""The process probe: printed numbers count, and no process outlives its timeout."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import psutil
import pytest

from gameday.model import Json, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.probe_registry import open_probe


def read(*run: str, timeout: float = 5.0, folder: str = "") -> Measurement:
    async def ask() -> Measurement:
        settings: dict[str, Json] = {"run": list[Json](run), "timeout": timeout}
        binding = SignalBinding("x", SignalKind.RATIO, "process", settings, folder=folder)
        return await open_probe(binding).read()

    return asyncio.run(ask())


def sh(script: str, timeout: float = 5.0) -> Measurement:
    return read("sh", "-c", script, timeout=timeout)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("echo 0.97", Measurement(0.97, 1)),
        ("echo '0.97  120'", Measurement(0.97, 120)),
        ("echo 97", Measurement(None, 0, "a ratio must be between 0 and 1, not 97")),
        ("echo 0.5 0", Measurement(None, 0, "no samples")),
        ("echo nan", Measurement(None, 0, "the value is not a number")),
        ("echo 0.97; exit 3", Measurement(None, 0, "the command failed with exit code 3")),
        (
            "echo low >&2; echo no disk >&2; exit 3",
            Measurement(None, 0, "the command failed with exit code 3: no disk"),
        ),
        ("yes 0.5", Measurement(None, 0, "the command printed more than a number and a sample size")),
    ],
)
def test_printed_number_is_the_value(script: str, found: Measurement) -> None:
    assert sh(script) == found


@pytest.mark.parametrize("script", ["true", "echo good", "echo 0.5 many", "echo 0.1 2 3"])
def test_output_without_a_number_is_unknown(script: str) -> None:
    assert "must print a number" in sh(script).error


def test_missing_command_is_unknown() -> None:
    assert read("/no/such/probe") == Measurement(None, 0, "cannot run the command: not found")


def test_a_command_runs_in_the_folder_of_gameday_yaml(tmp_path: Path) -> None:
    (tmp_path / "probe").write_text("#!/bin/sh\ncat level\n")
    (tmp_path / "probe").chmod(0o755)
    (tmp_path / "level").write_text("0.25 9\n")
    assert read("./probe", folder=str(tmp_path)) == Measurement(0.25, 9)
    assert read("sh", "./probe", folder=str(tmp_path)) == Measurement(0.25, 9)
    missing = tmp_path / "missing"
    assert (
        read("sh", "probe", folder=str(missing)).error == f"cannot run the command: the folder {missing} does not exist"
    )


def test_commands_that_print_without_end_are_all_ended() -> None:
    """Forty of them: whether reading falls behind differs from one to the next."""

    async def ask() -> list[Measurement]:
        binding = SignalBinding("x", SignalKind.RATIO, "process", {"run": ["yes", "0.5"], "timeout": 30})
        probe = open_probe(binding)
        return await asyncio.wait_for(asyncio.gather(*(probe.read() for _ in range(40))), 40)

    assert set(asyncio.run(ask())) == {Measurement(None, 0, "the command printed more than a number and a sample size")}


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_at_its_timeout_the_command_ends_with_all_it_started(tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! > {tmp_path}/child; echo $$$$ > {tmp_path}/parent; wait"
    assert sh(script, timeout=0.5) == Measurement(None, 0, "no response within 500 ms")
    await_end(*(int((tmp_path / name).read_text()) for name in ("child", "parent")))


def await_end(*pids: int) -> None:
    deadline = time.monotonic() + 5
    while not all(gone(pid) for pid in pids):
        assert time.monotonic() < deadline, "still there"
        os.sched_yield()


@pytest.mark.parametrize("closed", ["", ">/dev/null", ">/dev/null 2>&1"])
def test_a_command_that_ends_leaves_no_child_behind(tmp_path: Path, closed: str) -> None:
    assert sh(f"sleep 600 {closed} & echo $! > {tmp_path}/child; echo 0.5 3") == Measurement(0.5, 3)
    await_end(int((tmp_path / "child").read_text()))
