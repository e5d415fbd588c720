"""Where things lie: the store, the demo, and the runtime folder that any terminal of this user finds."""

from __future__ import annotations

import os
from pathlib import Path

from gameday.errors import Refused

LONGEST = 80
"""Bytes of the runtime folder's name: a socket's whole path may have 107 (unix(7))."""
_OTHER = "Name another folder with GAMEDAY_RUNTIME."


def state_home() -> Path:
    """`$XDG_STATE_HOME/gameday`, by the XDG Base Directory specification's default where it is not set."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path("~/.local/state").expanduser())
    return Path(base).absolute() / "gameday"


def store_path() -> Path:
    """The store's file: in the folder `GAMEDAY_STORE`, else under the state home; absolute, because a guardian works
    elsewhere."""
    folder = os.environ.get("GAMEDAY_STORE")
    return (Path(folder).absolute() if folder else state_home()) / "gameday.db"


def run_output_path(store: Path, drill: str) -> Path:
    """What a drill that runs behind its screen says at its end, and what it complained of."""
    return store.parent / "said" / f"{drill}.txt"


def reviews_folder(store: Path) -> Path:
    """Where reviews go when nobody says otherwise."""
    return store.parent / "reviews"


def role_history_path(store: Path) -> Path:
    """Who held which role in earlier drills."""
    return store.parent / "rotation.jsonl"


def runtime_folder() -> Path:
    """A folder of this user's alone: `GAMEDAY_RUNTIME`, else the same whatever HOME says. Raises Refused if it cannot
    be used, or someone else made it."""
    named, run = os.environ.get("GAMEDAY_RUNTIME"), Path(f"/run/user/{os.getuid()}")
    usual = run / "gameday" if run.is_dir() and os.access(run, os.W_OK) else Path(f"/tmp/gameday-{os.getuid()}")  # noqa: S108 - owner and mode are checked below
    folder = Path(named) if named else usual
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.lstat()
    except OSError as error:
        raise Refused(f"drills are found through {folder}, which cannot be used: {error.strerror}", _OTHER) from None
    if state.st_uid != os.getuid() or folder.is_symlink() or state.st_mode & 0o077:
        raise Refused(f"{folder} is not yours alone, and drills are found through it", f"chmod 700 {folder}. {_OTHER}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Refused(f"drills are found through {folder}, and nothing can be written there", _OTHER)
    if len(os.fsencode(folder)) > LONGEST:
        raise Refused(f"{folder} is too long a name for the sockets in it", _OTHER)
    return folder
