"""Start processes so that none runs unrecorded, and stop them by recorded identity."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from gameday.clock import boot_id
from gameday.demo.demo_record import DemoProcess
from gameday.process_identity import start_ticks

STATE, SESSION = 0, 3
"""Indexes of fields in /proc/PID/stat, counted from the state."""

GATE = 'cd "$1" && shift && read -r go && exec "$@" </dev/null'
"""The child waits here until its pid is recorded. If the starter dies first, `read` meets the end of the pipe and the
child ends: no process ever runs unrecorded."""

STOP_SIGNALS = {"database": signal.SIGQUIT, "proxy": signal.SIGTERM, "initdb": signal.SIGTERM}
"""The signal that stops each; the others have nothing to save and are killed."""


def start(name: str, command: Sequence[str], home: Path, record: Callable[[DemoProcess], None]) -> DemoProcess:
    """Start `command` in its own session, in `home`, with its output in `home/logs/NAME.log`.

    `record` is called with its identity before the first instruction of the command.
    """
    read_end, write_end = os.pipe()
    try:
        pid = os.posix_spawn(
            "/bin/sh",
            ["sh", "-c", GATE, "sh", str(home), *command],
            _environment(),
            file_actions=_file_actions(read_end, home / "logs" / f"{name}.log"),
            setsid=True,
            setsigmask=[],
            setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGQUIT],
        )
        process = DemoProcess(name, pid, int(start_ticks(pid)), boot_id())
        record(process)
        os.write(write_end, b"go\n")
        return process
    finally:
        os.close(read_end)
        os.close(write_end)


def is_alive(process: DemoProcess) -> bool:
    """Return True if that very process still runs; a zombie, or a later process with its pid, does not count."""
    if process.boot == boot_id() and start_ticks(process.pid) == process.started:
        return True
    if process.boot == boot_id():
        _reap(process.pid)
    return False


def stop(processes: Iterable[DemoProcess], home: Path, deadline: float = 3.0) -> list[DemoProcess]:
    """Stop the processes, then kill those that do not end; return the ones that are still there."""
    all_processes = list(processes)
    for process in all_processes:
        _send(process, STOP_SIGNALS.get(process.name, signal.SIGKILL))
    left = _wait_until_gone(all_processes, home, within=deadline / 2)
    return left and _wait_until_gone(all_processes, home, within=deadline / 2, kill=True)


def _wait_until_gone(processes: list[DemoProcess], home: Path, within: float, kill: bool = False) -> list[DemoProcess]:
    """Return the processes that remain after `within` seconds.

    With `kill`, they are killed in every round: orphaned children show only after their session leader has ended.
    """
    until = time.monotonic() + within
    while left := [process for process in processes if is_alive(process) or _orphans(process, home)]:
        if time.monotonic() > until:
            break
        for process in left if kill else []:
            _send(process, signal.SIGKILL)
            for child in _orphans(process, home):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        time.sleep(0.01)
    return left


def _send(process: DemoProcess, number: signal.Signals) -> None:
    if is_alive(process):
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


def _orphans(process: DemoProcess, home: Path) -> list[int]:
    """Return the children that outlived the process: in its session, and working below the demo's home.

    The second condition excludes a session of someone else that got a recycled number.
    """
    if process.boot != boot_id() or is_alive(process):
        return []
    return [pid for pid in _pids() if _session(pid) == process.pid and _runs_below(pid, home)]


def _runs_below(pid: int, home: Path) -> bool:
    try:
        folder = Path(str(Path(f"/proc/{pid}/cwd").readlink()).removesuffix(" (deleted)"))
    except OSError:
        return False
    return folder.is_relative_to(home.resolve())


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the state on (proc(5)), or None without such a process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _session(pid: int) -> int | None:
    """Return the process's session, or None if it is dead."""
    fields = _stat(pid)
    return int(fields[SESSION]) if fields and fields[STATE] not in "ZX" else None


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _environment() -> dict[str, str]:
    """Return our environment without the variables that redirect libpq or change the locale."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return inherited | {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


def _file_actions(read_end: int, log: Path) -> list[tuple[int, int, int] | tuple[int, int, str, int, int]]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return [
        (os.POSIX_SPAWN_DUP2, read_end, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
