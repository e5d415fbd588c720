"""Ways to open the store, also with a full disk or a folder that cannot be written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

from gameday.errors import Refused
from gameday.store.paths import DataFolder, data_folder
from gameday.store.reserved_space import ReservedSpace
from gameday.store.schema import is_full
from gameday.store.sqlite import Store

_OTHER_FOLDER = "Name another folder with GAMEDAY_STORE."
_MORE_SPACE = "Free some space, or name another folder with GAMEDAY_STORE."
MIN_FREE_BYTES = 1 << 20
"""Free space below which the disk counts as full."""
_OTHER_DISKS = (Path("/dev/shm"), Path("/run"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - any disk with space


def open_store(folder: DataFolder | None = None) -> Store:
    """Open or create the store for reading and writing. Raises Refused with what to do."""
    path = (folder or data_folder()).store
    try:
        _create_private_folder(path.parent)
        return _open_with_reserve(path)
    except (OSError, sqlite3.Error) as error:
        raise _refused(path, error) from error


def _create_private_folder(folder: Path) -> None:
    """Create each missing part for this user alone."""
    for part in reversed([folder, *folder.parents]):
        if not part.is_dir():
            part.mkdir(mode=0o700, exist_ok=True)


def _refused(path: Path, error: OSError | sqlite3.Error) -> Refused:
    why, todo = describe_unusable(path.parent, error)
    return Refused(f"the store {path} cannot be opened: {why}", f"{todo} `gameday halt` works without the store.")


def describe_unusable(folder: Path, error: Exception) -> tuple[str, str]:
    """Return why a store cannot be in this folder, and what to do."""
    nearest = _nearest_existing(folder)
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"{nearest} is not a folder", "Name a folder with GAMEDAY_STORE."
    why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    with suppress(OSError):
        disk = os.statvfs(nearest)
        if disk.f_flag & os.ST_RDONLY:
            return f"{nearest} is on a read-only file system", _OTHER_FOLDER
        if disk.f_blocks and disk.f_bavail * disk.f_frsize < MIN_FREE_BYTES:
            return f"{why}; the disk of {nearest} is full", _MORE_SPACE
    return why, _OTHER_FOLDER


def _nearest_existing(folder: Path) -> Path:
    """Return the folder, or the nearest part above it that exists."""
    return next((part for part in (folder, *folder.parents) if os.path.lexists(part)), folder)


def _open_with_reserve(path: Path) -> Store:
    try:
        return Store(path)
    except sqlite3.OperationalError as error:
        if not is_full(error) or not ReservedSpace(path.parent).release():
            raise
        return Store(path)


def open_read_only(folder: DataFolder | None = None) -> Store | None:
    """Open the store to report on it; None if there is none yet.

    Raises Refused if there is one that cannot be opened, or none could be created."""
    folder = folder or data_folder()
    if (store := open_for_revert(folder)) is not None:
        return store
    above = _nearest_existing(folder.path)
    if not above.is_dir():
        raise _refused(folder.store, NotADirectoryError(str(above)))
    if os.path.lexists(folder.store) or not os.access(above, os.X_OK):
        open_store(folder).close()
    return None


def open_for_revert(folder: DataFolder | None = None) -> Store | None:
    """Open the store, or on a full disk a copy of it elsewhere, to know what to revert.

    Returns None if there is no store at all."""
    path = (folder or data_folder()).store
    if not os.path.exists(path):  # noqa: PTH110 - Path's raises where the folder cannot be entered
        return None
    with suppress(Refused):
        return open_store(folder)
    for disk in _OTHER_DISKS:
        with suppress(OSError, sqlite3.Error):
            return Store(_copy_store(path, disk))
    return None


def _copy_store(path: Path, disk: Path) -> Path:
    """Copy the file and its write-ahead log, which holds the latest commits."""
    folder = Path(tempfile.mkdtemp(prefix="gameday-", dir=disk))
    for source in (path, path.with_name(path.name + "-wal")):
        if source.exists():
            shutil.copyfile(source, folder / source.name)
    return folder / path.name
