"""The identity of a process; the pid alone is not enough, because pids are reused."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from gameday.clock import boot_id

GONE = -1.0
"""The start time of a process that has ended or is a zombie; such an identity is never alive."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process on one host in one boot. `born`: its start in clock ticks after boot, or GONE."""

    host: str
    pid: int
    born: float
    boot: str

    def alive(self) -> bool | None:
        """Return True if it runs (a zombie does not); None if it is on another host."""
        if self.host != socket.gethostname():
            return None
        return self.born != GONE and self.boot == boot_id() and start_ticks(self.pid) == self.born


def current_process() -> ProcessIdentity:
    """Return the identity of this process."""
    return process_with_pid(os.getpid())


def process_with_pid(pid: int) -> ProcessIdentity:
    """Return the identity of the process that has this pid now; `born` is GONE if there is none."""
    return ProcessIdentity(socket.gethostname(), pid, start_ticks(pid), boot_id())


def pid_namespace() -> str:
    """Return the pid namespace, or an empty string if unknown; pids of two namespaces cannot be compared."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def start_ticks(pid: int) -> float:
    """Return the start of the process in clock ticks after boot; GONE if it has ended or is a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - read twice a second; Path adds nothing
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return GONE
    return GONE if fields[0] in (b"Z", b"X") else float(fields[19])


def is_suspended(pid: int) -> bool:
    """Return True if the process was stopped, as by SIGSTOP or Ctrl-Z. Raises OSError if there is none."""
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"T"
