"""Records of running drills in the runtime folder, so that a terminal with another HOME finds them."""

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
    """Record of a drill that is running or was not closed; it reveals nothing of its scenario."""

    drill: str
    environment: str
    folder: DataFolder
    place: str = ""
    """Folder of the demo, where the environment is one."""
    project: str = ""
    """Folder of the gameday.yaml that defines the environment; empty for the demo."""

    @property
    def socket_path(self) -> Path:
        return socket_path(self.drill)

    @property
    def guardian_socket_path(self) -> Path:
        return guardian_socket_path(self.socket_path)

    @property
    def journal_path(self) -> Path:
        return journal_path(self.drill)

    def is_registered(self) -> bool:
        """Return True until the drill is closed."""
        return _record_path(self.drill).exists()


def socket_path(drill: str) -> Path:
    """Return the control socket of a drill's runner."""
    return runtime_folder() / f"{drill}.sock"


def guardian_socket_path(runner_socket: Path) -> Path:
    """Return the control socket of the guardian, beside that of its runner."""
    return runner_socket.with_suffix(".guardian.sock")


def journal_path(drill: str) -> Path:
    """Return the journal of what a drill may have to revert."""
    return runtime_folder() / f"{drill}.journal"


def register(drill: RunningDrill) -> None:
    """Write the record of a running drill."""
    body = {
        "drill": drill.drill,
        "environment": drill.environment,
        "folder": str(drill.folder.path),
        "place": drill.place,
        "project": drill.project,
    }
    write_atomically(_record_path(drill.drill), json.dumps(body))


def unregister(drill: str) -> None:
    """Remove the record of a drill that ended, and the sockets that a killed process left.

    An unusable runtime folder must not prevent a drill from ending.
    """
    with suppress(OSError, Refused):
        for path in list(runtime_folder().glob(f"{drill}.*")):
            path.unlink(missing_ok=True)


def list_registered() -> list[RunningDrill]:
    """Return all records, oldest first; broken ones are skipped."""
    records: list[tuple[float, RunningDrill]] = []
    for path in runtime_folder().glob("gd-*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            body = json.loads(path.read_text(encoding="utf-8"))
            record = RunningDrill(
                str(body["drill"]), str(body["environment"]), DataFolder(Path(body["folder"])), str(body["place"]),
                str(body.get("project", "")),
            )  # fmt: skip
            records.append((path.stat().st_mtime, record))
    return [record for _, record in sorted(records, key=lambda pair: pair[0])]


def _record_path(drill: str) -> Path:
    return runtime_folder() / f"{drill}.json"
