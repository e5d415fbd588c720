"""The process probe: what is printed counts, and nothing outlives its time."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import psutil
import pytest

from gameday.model import SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.probe_registry import open_probe


def read(*run: str, timeout: float = 5.0) -> Measurement:
    async def ask() -> Measurement:
        binding = SignalBinding("x", SignalKind.RATIO, "process", {"run": list(run), "timeout": timeout})
        return await open_probe(binding).read()

    return asyncio.run(ask())


def sh(script: str, timeout: float = 5.0) -> Measurement:
    return read("sh", "-c", script, timeout=timeout)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("echo 0.97", Measurement(0.97, 1)),
        ("echo '0.97  120'", Measurement(0.97, 120)),
        ("echo 97", Measurement(None, 0, "a ratio lies between 0 and 1, not at 97")),
        ("echo 0.5 0", Measurement(None, 0, "no samples")),
        ("echo nan", Measurement(None, 0, "the value is no number")),
        ("echo 0.97; exit 3", Measurement(None, 0, "the command ended with code 3")),
        ("yes 0.5", Measurement(None, 0, "the command printed more than a number")),
    ],
)
def test_what_is_printed_is_what_was_measured(script: str, found: Measurement) -> None:
    assert sh(script) == found


@pytest.mark.parametrize("script", ["true", "echo good", "echo 0.5 many", "echo 0.1 2 3"])
def test_what_is_no_number_is_no_value(script: str) -> None:
    assert "did not print a number" in sh(script).error


def test_a_command_that_is_not_there_is_no_value() -> None:
    assert read("/no/such/probe") == Measurement(None, 0, "the command cannot be run (FileNotFoundError)")


def test_commands_that_print_without_end_are_all_ended() -> None:
    """Forty of them: whether reading falls behind differs from one to the next."""

    async def ask() -> list[Measurement]:
        binding = SignalBinding("x", SignalKind.RATIO, "process", {"run": ["yes", "0.5"], "timeout": 30})
        probe = open_probe(binding)
        return await asyncio.wait_for(asyncio.gather(*(probe.read() for _ in range(40))), 40)

    assert set(asyncio.run(ask())) == {Measurement(None, 0, "the command printed more than a number")}


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_at_its_timeout_the_command_ends_with_all_it_started(tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! > {tmp_path}/child; echo $$ > {tmp_path}/parent; wait"
    assert sh(script, timeout=0.5) == Measurement(None, 0, "no answer within 500 ms")
    started = [int((tmp_path / name).read_text()) for name in ("child", "parent")]
    deadline = time.monotonic() + 5
    while not all(gone(pid) for pid in started):
        assert time.monotonic() < deadline, "still there"
        os.sched_yield()
