"""Disk space in reserve: a file that is released when the disk is full, so that a revert can be recorded."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

NAME = ".gameday-reserve"
SIZE = 1 << 20
_CONTENT = b"\1" * SIZE


class ReservedSpace:
    """A file of one mebibyte beside the store. A file of that name with other content is never touched."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def fill(self) -> None:
        """Write the file if there is space, in real blocks and not as a hole."""
        with suppress(OSError):
            if self._is_own() and self.path.lstat().st_size < SIZE:
                self.path.unlink()  # left by a process that was killed while it wrote
        with suppress(OSError):
            number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            try:
                with os.fdopen(number, "wb", buffering=0) as file:
                    _write_all(file.fileno())
            except OSError:
                self.path.unlink()  # created just now, and by this process

    def release(self) -> bool:
        """Remove the file; True if that freed space."""
        with suppress(OSError):
            if self._is_own():
                held = self.path.lstat().st_size == SIZE
                self.path.unlink()
                return held
        return False

    def _is_own(self) -> bool:
        """Return True if it is a regular file of this user with our content."""
        state = self.path.lstat()
        may_be = stat.S_ISREG(state.st_mode) and state.st_uid == os.getuid() and 0 < state.st_size <= SIZE
        return may_be and self.path.read_bytes() == _CONTENT[: state.st_size]


def _write_all(file: int) -> None:
    written = 0
    while written < SIZE:
        written += os.write(file, _CONTENT[written:])
