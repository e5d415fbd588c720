"""Reading of files that a person names: never a pipe or a device, which may block for ever, and never a huge file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MAX_FILE_BYTES = 4_000_000
"""More than any file that a person writes or a server saves."""


def read_regular_file(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return the content of a file.

    Raises OSError, with a sentence as `strerror` also if the file is too large, or is no regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - opened without waiting for the writer of a pipe
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(0, "this is a directory, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "this is a pipe or a device, not a file")
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise OSError(0, f"the file is larger than {_format_size(max_bytes)}")
    return content


def _format_size(size: int) -> str:
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1_000} KB"
