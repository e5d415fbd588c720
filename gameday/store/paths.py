"""Folders of a user: one of data, with the store and files beside it, and one of what runs now."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gameday.errors import Refused

MAX_RUNTIME_BYTES = 80
"""Bytes of the runtime folder's name: a socket's whole path may have 107 (unix(7))."""
_OTHER = "Set GAMEDAY_RUNTIME to another folder."


@dataclass(frozen=True, slots=True, order=True)
class DataFolder:
    """The folder of what drills leave behind. Each kind of file has its own place in it."""

    path: Path

    @property
    def store(self) -> Path:
        return self.path / "gameday.db"

    @property
    def reviews(self) -> Path:
        """The default folder of reviews."""
        return self.path / "reviews"

    @property
    def role_history(self) -> Path:
        """The file with the roles of earlier drills."""
        return self.path / "rotation.jsonl"

    def lost_log(self, drill: str) -> Path:
        """Return the path of the log of a drill whose store was replaced while it ran."""
        return self.path / "output" / f"{drill}.jsonl"

    def run_output(self, drill: str) -> Path:
        """Return the path of the output of a drill that runs behind its screen."""
        return self.path / "output" / f"{drill}.txt"


def data_folder() -> DataFolder:
    """Return the folder that `GAMEDAY_STORE` names, else the state home.

    The path is absolute, because a guardian works in another folder."""
    named = os.environ.get("GAMEDAY_STORE")
    return DataFolder(Path(named).absolute() if named else state_home())


def state_home() -> Path:
    """Return `$XDG_STATE_HOME/gameday`, with the XDG Base Directory specification's default.

    Raises Refused for a user without a home folder."""
    if base := os.environ.get("XDG_STATE_HOME"):
        return Path(base).absolute() / "gameday"
    try:
        return Path("~/.local/state").expanduser().absolute() / "gameday"
    except RuntimeError:
        raise Refused("this user has no home folder for the store", "Name a folder with GAMEDAY_STORE.") from None


def runtime_folder() -> Path:
    """Return the folder where any terminal of this user finds running drills.

    `GAMEDAY_RUNTIME`, else the same folder whatever HOME says. Raises Refused if it cannot be used, or someone else
    created it."""
    named, run = os.environ.get("GAMEDAY_RUNTIME"), Path(f"/run/user/{os.getuid()}")
    usual = run / "gameday" if run.is_dir() and os.access(run, os.W_OK) else Path(f"/tmp/gameday-{os.getuid()}")  # noqa: S108 - owner and mode are checked below
    folder = Path(named).absolute() if named else usual
    if why := _unusable(folder):
        wrong, todo = why
        raise Refused(f"cannot use runtime folder {folder}: {wrong}", todo or _OTHER)
    return folder


def unusable_runtime_folder(error: OSError) -> Refused:
    """Return the refusal for a runtime folder in which a file cannot be written, as on a full disk."""
    todo = f"Free some space. Otherwise: {_OTHER}"
    return Refused(f"cannot use runtime folder {runtime_folder()}: {error.strerror or error}", todo)


def _unusable(folder: Path) -> tuple[str, str] | None:
    """Return why the folder cannot be used, and what makes it usable, if anything; create it if it is missing."""
    if len(os.fsencode(folder)) > MAX_RUNTIME_BYTES:
        return f"its name is too long for a socket: at most {MAX_RUNTIME_BYTES} bytes", ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.lstat()
    except (FileExistsError, NotADirectoryError):
        return "not a folder", ""
    except FileNotFoundError:
        return "not found, and it cannot be created", ""
    except OSError as error:
        return error.strerror or str(error), ""
    if folder.is_symlink():
        return "it is a symbolic link", ""
    if state.st_uid != os.getuid():
        return "it belongs to another user", ""
    if state.st_mode & 0o077:
        return "other users can enter it", f"Run: chmod 700 {folder}. Otherwise, set GAMEDAY_RUNTIME to another folder."
    if not os.access(folder, os.W_OK | os.X_OK):
        return "not writable", ""
    return None
