"""Processes of a command that another process started: found by their group and label, and ended."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from gameday.process_identity import GONE, ProcessIdentity, process_with_pid, start_ticks

LABEL_VARIABLE = "GAMEDAY_COMMAND"
TERM_TIMEOUT_S = 2.0
KILL_TIMEOUT_S = 2.0
POLL_INTERVAL_S = 0.02


def group_members(leader: ProcessIdentity, label: str) -> list[int]:
    """Return the living processes of the group that this process leads or led.

    Once the leader has ended, its number may be in use again: then only processes with the label count.
    """
    leads = leader.alive() is True
    return [pid for pid in _group(leader.pid) if leads or pid_label(pid) == label]


def end_group(leader: ProcessIdentity, label: str) -> list[int]:
    """End the processes of a group and await their end; return those that could not be ended."""
    for number, seconds in ((signal.SIGTERM, TERM_TIMEOUT_S), (signal.SIGKILL, KILL_TIMEOUT_S)):
        members = group_members(leader, label)
        for pid in members:
            with suppress(OSError):
                os.kill(pid, number)
        until = time.monotonic() + seconds
        while members and time.monotonic() < until:
            time.sleep(POLL_INTERVAL_S)
            members = group_members(leader, label)
        if not members:
            return []
    return group_members(leader, label)


def labelled_groups(label: str) -> list[ProcessIdentity]:
    """Return the leaders of all groups that have a process with this label."""
    groups = {_group_of(pid) for pid in _pids() if pid_label(pid) == label}
    return [process_with_pid(group) for group in sorted(groups - {0})]


def pid_label(pid: int) -> str:
    """Return the label of a process; empty if it has none, or is another user's."""
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            name, _, value = entry.partition(b"=")
            if name == LABEL_VARIABLE.encode():
                return value.decode("utf-8", "replace")
    return ""


def _group(number: int) -> list[int]:
    """Return the processes of a group, without zombies."""
    return [pid for pid in _pids() if _group_of(pid) == number and start_ticks(pid) != GONE]


def _group_of(pid: int) -> int:
    with suppress(OSError):
        return os.getpgid(pid)
    return 0


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - only names are needed
