"""Files that are written whole or not at all: a reader never sees half of one."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path


def write_atomically(
    file: Path, data: str | bytes, *, mode: int = 0o666, expected: bytes | None = None, draft: Path | None = None
) -> bool:
    """Write the file through its links; it is on the disk on return.

    Returns False, and writes nothing, if the file no longer holds `expected`. A new file has `mode` less the umask, an
    existing one keeps its own. A kill may leave `draft`, in the same folder. Raises OSError."""
    target = file.resolve()
    draft = draft or target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _write(draft, data, os.O_TRUNC, mode)
        if target.exists():
            shutil.copymode(target, draft)
            if expected is not None and target.read_bytes() != expected:
                return False
        draft.replace(target)
        return True
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def create_atomically(file: Path, data: str | bytes) -> None:
    """Write a new file, or leave none. Raises FileExistsError or OSError."""
    try:
        _write(file, data, os.O_EXCL, 0o666)
    except FileExistsError:
        raise
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def write_obstacle(folder: Path) -> str:
    """Return why no file can be created in a folder; empty if one can. It leaves nothing there."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def _write(file: Path, data: str | bytes, flag: int, mode: int) -> None:
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | flag, mode)
    with os.fdopen(number, "wb") as out:
        out.write(data.encode() if isinstance(data, str) else data)
        out.flush()
        os.fsync(out.fileno())
