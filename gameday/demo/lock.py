"""One hand at a time on a demo's folder: a lock that the kernel gives back when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gameday.demo.demo_record import RECORD
from gameday.errors import Refused

LOCK = "demo.lock"
PATIENCE = 20.0


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the folder, making it (0700) where it is missing; afterwards it goes where no demo is left.

    Raises Refused for a folder that cannot be made or written, or held by another for 20 s.
    """
    handle = _taken(home)
    try:
        yield
    finally:
        if not (home / RECORD).exists():
            (home / LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                home.rmdir()
        os.close(handle)


def _taken(home: Path) -> int:
    until = time.monotonic() + PATIENCE
    while True:
        handle = _opened(home)
        if handle is not None and _held(handle, home / LOCK):
            return handle
        if handle is not None:
            os.close(handle)
        if time.monotonic() > until:
            raise Refused(f"another command is at work on the demo in {home}", "Wait for it to end, then try again.")
        time.sleep(0.02)


def _opened(home: Path) -> int | None:
    """None where the folder went away in between: its last holder removed it."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(home, error) from error
    try:
        return os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(home, error) from error


def _unwritable(home: Path, error: OSError) -> Refused:
    return Refused(
        f"the demo's folder {home} cannot be written: {error.strerror}", "Name another one with GAMEDAY_DEMO."
    )


def _held(handle: int, lock: Path) -> bool:
    """Locked, and still the file of that name, not one that its last holder has removed."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(handle).st_ino == lock.stat().st_ino
    except OSError:
        return False
