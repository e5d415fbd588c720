"""Room kept for the worst day: a file that is given back when the disk is full, so that a revert is recorded."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

NAME = ".gameday-ballast"
SIZE = 1 << 20
_FILLING = b"\1" * SIZE


class ReservedSpace:
    """One file of a mebibyte beside the store. A file of that name that is not as we make it is never touched."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def fill(self) -> None:
        """Take the room if it is to be had; real blocks, so no hole."""
        with suppress(OSError):
            if self._is_ours() and self.path.lstat().st_size < SIZE:
                self.path.unlink()  # of a process that was killed while it filled it
        with suppress(OSError):
            made = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            try:
                with os.fdopen(made, "wb", buffering=0) as file:
                    _write_all(file.fileno())
            except OSError:
                self.path.unlink()  # made just now, and by us

    def release(self) -> bool:
        """Free the room; says whether there was any."""
        with suppress(OSError):
            if self._is_ours():
                held = self.path.lstat().st_size == SIZE
                self.path.unlink()
                return held
        return False

    def _is_ours(self) -> bool:
        """A regular file of this user, with our filling and nothing else."""
        state = self.path.lstat()
        may_be = stat.S_ISREG(state.st_mode) and state.st_uid == os.getuid() and 0 < state.st_size <= SIZE
        return may_be and self.path.read_bytes() == _FILLING[: state.st_size]


def _write_all(file: int) -> None:
    written = 0
    while written < SIZE:
        written += os.write(file, _FILLING[written:])
