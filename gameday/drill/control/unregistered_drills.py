"""Drills whose processes listen in the runtime folder though their files there were removed."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from gameday.drill.control.drill_registry import guardian_socket_path, list_registered, socket_path
from gameday.process_identity import is_suspended
from gameday.store.paths import runtime_folder

_OPEN_SOCKETS = Path("/proc/net/unix")
"""Linux lists every listening socket here by its path, also when that was removed."""
_INODE, _PATH = 6, 7
"""Columns of that list."""


def list_unregistered() -> list[str]:
    """Return the drills that listen and are not registered."""
    registered = {running.drill for running in list_registered()}
    drills = dict.fromkeys(path.name.partition(".")[0] for path, _ in _list_sockets())
    return [drill for drill in drills if drill not in registered]


def kill_suspended_guardian(drill: str) -> bool:
    """Kill the guardian of a closed drill if it is suspended; return True if there was one.

    It has nothing to revert any more, and nobody else would end it once its runner is dead."""
    own = guardian_socket_path(socket_path(drill))
    sockets = {f"socket:[{inode}]" for path, inode in _list_sockets() if path == own}
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()] if sockets else []
    return any([_kill_if_suspended(pid, sockets) for pid in pids])  # noqa: C419 - each of them


def _list_sockets() -> list[tuple[Path, str]]:
    """Return path and inode of each socket that a drill has opened in the runtime folder."""
    folder, opened = runtime_folder(), list[tuple[Path, str]]()
    with suppress(OSError):
        for line in _OPEN_SOCKETS.read_text(encoding="utf-8", errors="replace").splitlines():
            columns = line.split(maxsplit=_PATH)
            path = Path(columns[_PATH]) if len(columns) > _PATH else Path()
            if path.parent == folder and path.suffix == ".sock" and path.name.startswith("gd-"):
                opened.append((path, columns[_INODE]))
    return opened


def _kill_if_suspended(pid: int, sockets: set[str]) -> bool:
    """Kill a suspended process that holds one of these sockets; the handle excludes a reused pid."""
    with suppress(OSError):  # it has ended, or belongs to another user
        handle = os.pidfd_open(pid)
        try:
            if is_suspended(pid) and _holds_any(pid, sockets):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                return True
        finally:
            os.close(handle)
    return False


def _holds_any(pid: int, sockets: set[str]) -> bool:
    return any(str(file.readlink()) in sockets for file in Path(f"/proc/{pid}/fd").iterdir())
