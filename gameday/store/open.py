"""Opening the store, also on a bad day: a full disk, a folder that cannot be written."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

from gameday.errors import Refused
from gameday.store.ballast import Ballast
from gameday.store.places import store_path
from gameday.store.sqlite import Store
from gameday.store.tables import is_full

_OTHER_DISKS = (Path("/dev/shm"), Path("/run"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - any disk with room


def open_store(path: Path | None = None) -> Store:
    """The store for reading and writing. Raises Refused with what to do."""
    path = path or store_path()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _with_ballast(path)
    except (OSError, sqlite3.Error) as error:
        raise Refused(
            f"the store {path} cannot be opened: {error}",
            "Free some space or name another folder with GAMEDAY_STORE. `gameday halt` works without.",
        ) from error


def _with_ballast(path: Path) -> Store:
    try:
        return Store(path)
    except sqlite3.OperationalError as error:
        if not is_full(error) or not Ballast(path.with_name("ballast")).give_back():
            raise
        return Store(path)


def open_for_undo(path: Path | None = None) -> Store | None:
    """The store, or on a disk that is full a copy of it elsewhere: enough to know what to revert. None if there
    is no store at all."""
    path = path or store_path()
    if not path.exists():
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
