"""A file that is written whole or not at all: whoever reads it never sees half of it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_atomically(file: Path, text: str) -> None:
    """All or nothing, and on the disk. OSError when it cannot be written."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
