"""Room kept for the worst day: a file that is given back when the disk is full, so that a revert is recorded."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

SIZE = 1 << 20


class Ballast:
    """One file of a mebibyte beside the store."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill(self) -> None:
        """Take the room if it is to be had; real blocks, so no hole."""
        if self._path.exists() and self._path.stat().st_size >= SIZE:
            return
        try:
            self._path.write_bytes(b"\1" * SIZE)
        except OSError:
            self.give_back()

    def give_back(self) -> bool:
        """Free the room; says whether there was any."""
        with suppress(OSError):
            held = self._path.stat().st_size >= SIZE
            self._path.unlink()
            return held
        return False
