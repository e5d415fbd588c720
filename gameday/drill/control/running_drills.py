"""The note that a running drill leaves in the runtime folder, so that a terminal with another HOME finds it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gameday.atomic_file import write_atomically
from gameday.errors import Refused
from gameday.store.paths import DataFolder, runtime_folder


@dataclass(frozen=True, slots=True)
class RunningDrill:
    """A drill that runs, or ran and was not put away. Says nothing of its scenario."""

    drill: str
    environment: str
    folder: DataFolder
    place: str = ""
    """Which of several places of that name: the folder of a demo."""

    @property
    def socket_path(self) -> Path:
        return socket_path(self.drill)

    @property
    def guardian_socket_path(self) -> Path:
        return guardian_socket_path(self.socket_path)


def socket_path(drill: str) -> Path:
    """The socket at which a drill's owner is asked."""
    return runtime_folder() / f"{drill}.sock"


def guardian_socket_path(door: Path) -> Path:
    """Beside the owner's: where its guardian is asked."""
    return door.with_suffix(".guardian.sock")


def register(found: RunningDrill) -> None:
    """Leave the note."""
    body = {
        "drill": found.drill,
        "environment": found.environment,
        "folder": str(found.folder.path),
        "place": found.place,
    }
    write_atomically(_note(found.drill), json.dumps(body))


def unregister(drill: str) -> None:
    """Remove the note of a drill that is over, and all that bears its name beside it: also the sockets that a killed
    process left. A runtime folder that cannot be used any more keeps nobody from ending."""
    with suppress(OSError, Refused):
        for path in list(runtime_folder().glob(f"{drill}.*")):
            path.unlink(missing_ok=True)


def list_running() -> list[RunningDrill]:
    """All notes, oldest first; a broken one is passed over."""
    found: list[tuple[float, RunningDrill]] = []
    for path in runtime_folder().glob("gd-*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            body = json.loads(path.read_text(encoding="utf-8"))
            note = RunningDrill(
                str(body["drill"]), str(body["environment"]), DataFolder(Path(body["folder"])), str(body["place"])
            )
            found.append((path.stat().st_mtime, note))
    return [note for _, note in sorted(found, key=lambda pair: pair[0])]


def _note(drill: str) -> Path:
    return runtime_folder() / f"{drill}.json"
