"""Opening the store, also on a bad day: a full disk, a folder that cannot be written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

from gameday.errors import Refused
from gameday.store.paths import store_path
from gameday.store.reserved_space import ReservedSpace
from gameday.store.schema import is_full
from gameday.store.sqlite import Store

_SPACE = "Free some space or name another folder with GAMEDAY_STORE."
_OTHER_DISKS = (Path("/dev/shm"), Path("/run"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - any disk with room


def open_store(path: Path | None = None) -> Store:
    """The store for reading and writing. Raises Refused with what to do."""
    path = path or store_path()
    try:
        _make_folder(path.parent)
        return _reserve_space(path)
    except (OSError, sqlite3.Error) as error:
        raise _refused(path, error) from error


def _make_folder(folder: Path) -> None:
    """Each that is missing is made this user's alone."""
    for part in reversed([folder, *folder.parents]):
        if not part.is_dir():
            part.mkdir(mode=0o700, exist_ok=True)


def _refused(path: Path, error: OSError | sqlite3.Error) -> Refused:
    no_folder = isinstance(error, FileExistsError | NotADirectoryError)
    why = f"{_nearest(path.parent)} is no folder" if no_folder else str(error)
    todo = "Name a folder with GAMEDAY_STORE." if no_folder else _SPACE
    return Refused(f"the store {path} cannot be opened: {why}", f"{todo} `gameday halt` works without.")


def _nearest(folder: Path) -> Path:
    """It, or the nearest above it that is there."""
    return next((part for part in (folder, *folder.parents) if os.path.lexists(part)), folder)


def _reserve_space(path: Path) -> Store:
    try:
        return Store(path)
    except sqlite3.OperationalError as error:
        if not is_full(error) or not ReservedSpace(path.parent).release():
            raise
        return Store(path)


def open_read_only(path: Path | None = None) -> Store | None:
    """As `open_for_undo`, for whoever says what there is: None when there is none yet. Raises Refused when there is
    one that cannot be opened, or nobody could put one there."""
    path = path or store_path()
    if (store := open_for_undo(path)) is not None:
        return store
    above = _nearest(path.parent)
    if not above.is_dir():
        raise _refused(path, NotADirectoryError(str(above)))
    if os.path.lexists(path) or not os.access(above, os.X_OK):
        open_store(path).close()
    return None


def open_for_undo(path: Path | None = None) -> Store | None:
    """The store, or on a disk that is full a copy of it elsewhere: enough to know what to revert. None if there
    is no store at all."""
    path = path or store_path()
    if not os.path.exists(path):  # noqa: PTH110 - Path's raises where the folder cannot be entered
        return None
    with suppress(Refused):
        return open_store(path)
    for disk in _OTHER_DISKS:
        with suppress(OSError, sqlite3.Error):
            return Store(_copied(path, disk))
    return None


def _copied(path: Path, disk: Path) -> Path:
    """The file and its write-ahead log, which holds what was committed last."""
    folder = Path(tempfile.mkdtemp(prefix="gameday-", dir=disk))
    for source in (path, path.with_name(path.name + "-wal")):
        if source.exists():
            shutil.copyfile(source, folder / source.name)
    return folder / path.name
