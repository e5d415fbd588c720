"""Starting processes so that none escapes the record, and stopping them by recorded identity."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from gameday.clock import boot_id
from gameday.demo.demo_record import Recorded
from gameday.process_identity import start_ticks

STATE, SESSION = 0, 3
"""Places in /proc/PID/stat, counted from the state on."""

GATE = 'cd "$1" && shift && read -r go && exec "$@" </dev/null'
"""The child waits here until its pid is written down. When the starter dies before that, `read` meets the end of the
pipe and the child ends by itself: there is no moment in which a process runs unrecorded."""


LAST_WORDS = {"database": signal.SIGQUIT, "proxy": signal.SIGTERM, "initdb": signal.SIGTERM}
"""How each is asked to end; shop and load have nothing to put away and are killed."""


def start(what: str, command: Sequence[str], home: Path, written_down: Callable[[Recorded], None]) -> Recorded:
    """Start `command` in a session of its own, in `home`, its words going to `home/logs/WHAT.log`.

    `written_down` is called with its identity before the first instruction of the command.
    """
    inlet, outlet = os.pipe()
    try:
        pid = os.posix_spawn(
            "/bin/sh",
            ["sh", "-c", GATE, "sh", str(home), *command],
            _surroundings(),
            file_actions=_files(inlet, home / "logs" / f"{what}.log"),
            setsid=True,
            setsigmask=[],
            setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGQUIT],
        )
        process = Recorded(what, pid, int(start_ticks(pid)), boot_id())
        written_down(process)
        os.write(outlet, b"go\n")
        return process
    finally:
        os.close(inlet)
        os.close(outlet)


def alive(process: Recorded) -> bool:
    """Is that very process still running? A zombie is not; neither is another one with its pid."""
    if process.boot == boot_id() and start_ticks(process.pid) == process.started:
        return True
    if process.boot == boot_id():
        _reap(process.pid)
    return False


def stop(processes: Iterable[Recorded], home: Path, deadline: float = 3.0) -> list[Recorded]:
    """Stop those that are ours, politely and then not; returns the ones that would not go."""
    ours = list(processes)
    for process in ours:
        _send(process, LAST_WORDS.get(process.what, signal.SIGKILL))
    left = _left(ours, home, within=deadline / 2)
    return left and _left(ours, home, within=deadline / 2, kill=True)


def _left(processes: list[Recorded], home: Path, within: float, kill: bool = False) -> list[Recorded]:
    """Those that have not gone after at most that long; killed again at every look, since children come to light
    only when their leader is gone."""
    until = time.monotonic() + within
    while left := [process for process in processes if alive(process) or _orphans(process, home)]:
        if time.monotonic() > until:
            break
        for process in left if kill else []:
            _send(process, signal.SIGKILL)
            for member in _orphans(process, home):
                with suppress(ProcessLookupError):
                    os.kill(member, signal.SIGKILL)
        time.sleep(0.01)
    return left


def _send(process: Recorded, number: signal.Signals) -> None:
    if alive(process):
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


def _orphans(process: Recorded, home: Path) -> list[int]:
    """Children that outlived it: in its session, and at work under the demo's home. A recycled session number of
    someone else's fails the second test; a leader that is alive speaks for its own."""
    if process.boot != boot_id() or alive(process):
        return []
    return [pid for pid in _pids() if _session(pid) == process.pid and _works_in(pid, home)]


def _works_in(pid: int, home: Path) -> bool:
    try:
        where = Path(str(Path(f"/proc/{pid}/cwd").readlink()).removesuffix(" (deleted)"))
    except OSError:
        return False
    return where.is_relative_to(home.resolve())


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name, from the state on (proc(5)); None where there is no process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _session(pid: int) -> int | None:
    """Its session, None for one that is dead."""
    fields = _stat(pid)
    return int(fields[SESSION]) if fields and fields[STATE] not in "ZX" else None


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _surroundings() -> dict[str, str]:
    """Our environment without what would lead libpq or a locale elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


def _files(inlet: int, log: Path) -> list[tuple[int, int, int] | tuple[int, int, str, int, int]]:
    opened = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return [
        (os.POSIX_SPAWN_DUP2, inlet, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), opened, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
