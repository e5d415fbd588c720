"""Who a process is: its number alone is not enough, because numbers are used again."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from gameday.clock import boot_id

GONE = -1.0
"""Where a start time would stand, of a process that is gone or a zombie: it is never alive, however often asked."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process on one host in one boot. `born`: clock ticks after the boot when it started, or GONE."""

    host: str
    pid: int
    born: float
    boot: str

    def alive(self) -> bool | None:
        """Whether it runs (a zombie does not); None when it is on another host and cannot be seen from here."""
        if self.host != socket.gethostname():
            return None
        return self.born != GONE and self.boot == boot_id() and start_ticks(self.pid) == self.born


def current_process() -> ProcessIdentity:
    """This process."""
    return process_with_pid(os.getpid())


def process_with_pid(pid: int) -> ProcessIdentity:
    """The process that has this number now; `born` is GONE when there is none."""
    return ProcessIdentity(socket.gethostname(), pid, start_ticks(pid), boot_id())


def namespace() -> str:
    """Which numbering of processes this is; empty where the system does not say. Numbers of two do not compare."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def start_ticks(pid: int) -> float:
    """When the process started, in clock ticks after the boot; GONE if it is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - read twice a second; Path adds nothing
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return GONE
    return GONE if fields[0] in (b"Z", b"X") else float(fields[19])
