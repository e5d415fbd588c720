"""A lock on the demo's folder; the kernel releases it when its holder dies."""

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
LOCK_TIMEOUT_S = 20.0


@contextmanager
def lock_home(home: Path) -> Iterator[None]:
    """Hold the folder, creating it (0700) if it is missing; remove it afterwards if no demo is left in it.

    Raises Refused for a folder that cannot be created or written, or that another process holds for 20 s.
    """
    descriptor = _acquire(home)
    try:
        yield
    finally:
        if not (home / RECORD).exists():
            (home / LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                home.rmdir()
        os.close(descriptor)


def _acquire(home: Path) -> int:
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        descriptor = _open_lock_file(home)
        if descriptor is not None and _lock(descriptor, home / LOCK):
            return descriptor
        if descriptor is not None:
            os.close(descriptor)
        if time.monotonic() > deadline:
            raise Refused(f"another command is using the demo in {home}", "Wait until it ends, then try again.")
        time.sleep(0.02)


def _open_lock_file(home: Path) -> int | None:
    """Open the lock file; None if its last holder removed the folder in the meantime."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(home, error) from error
    try:
        return os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _not_writable(home, error) from error


def _not_writable(home: Path, error: OSError) -> Refused:
    return Refused(
        f"cannot write to the demo's folder {home}: {error.strerror}", "Choose another folder with GAMEDAY_DEMO."
    )


def _lock(descriptor: int, path: Path) -> bool:
    """Lock the file; False if another process holds it, or if its last holder removed this very file."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except OSError:
        return False
