"""The record of a running demo (`demo.json`, 0600, replaced as a whole each time), and the runs that use it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from gameday.atomic_file import write_atomically
from gameday.demo.proxy import DATABASE
from gameday.errors import InternalError, Refused
from gameday.process_identity import ProcessIdentity, current_process

RECORD = "demo.json"
DRAFT = "demo.json.new"
RUNS = "runs"
DEFAULT_RATE = 8.0
"""Journeys a second."""


@dataclass(frozen=True, slots=True)
class DemoProcess:
    """One process of the demo. `started` (clock ticks since boot) tells it from a later process with its pid."""

    name: str
    pid: int
    started: int
    boot: str


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo as recorded. `state` is `starting` or `up`; an address is empty until its part answers."""

    home: Path
    password: str = field(repr=False)
    state: str = "starting"
    break_alert: bool = False
    on_demand: bool = False
    rate: float = DEFAULT_RATE
    database_port: int = 0
    proxied_port: int = 0
    payments_url: str = ""
    cache_url: str = ""
    proxy_url: str = ""
    proxy_name: str = DATABASE
    proxy_kind: str = ""
    shop_url: str = ""
    load_url: str = ""
    processes: tuple[DemoProcess, ...] = ()

    def with_process(self, process: DemoProcess) -> Demo:
        """Return the same demo with one more process recorded."""
        return replace(self, processes=(*self.processes, process))


def demo_home(environ: dict[str, str] | None = None) -> Path:
    """Return the demo's folder: GAMEDAY_DEMO, else below $XDG_STATE_HOME, else ~/.local/state/gameday/demo."""
    env = os.environ if environ is None else environ
    if folder := env.get("GAMEDAY_DEMO"):
        return Path(folder).absolute()
    try:
        state = env.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    except RuntimeError:
        raise Refused("this user has no home folder", "Set GAMEDAY_DEMO to a folder.") from None
    return Path(state).absolute() / "gameday" / "demo"


def save(demo: Demo) -> None:
    """Replace the record. After a kill at any moment the file holds the old record or the new one, whole."""
    body = json.dumps(asdict(demo) | {"home": str(demo.home)}, indent=1)
    write_atomically(demo.home / RECORD, body, mode=0o600, draft=demo.home / DRAFT)


def load(home: Path) -> Demo | None:
    """Return the demo recorded in `home`, or None. Raises Refused or InternalError for an unreadable record."""
    try:
        body = json.loads((home / RECORD).read_text())
        processes = tuple(DemoProcess(**process) for process in body.pop("processes"))
        return Demo(**(body | {"home": home, "processes": processes}))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Refused(f"cannot read the demo's record in {home}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InternalError(
            f"{home / RECORD} is not a demo record: {error}",
            "If you do not need this demo, kill its processes and remove the folder.",
        ) from error


def add_run(home: Path) -> None:
    """Record that this process uses the demo. Call it while holding the folder's lock."""
    folder = home / RUNS
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / str(current_process().pid)).write_text(json.dumps(asdict(current_process())), encoding="utf-8")


def remove_run(home: Path) -> None:
    """Record that this process no longer uses the demo; idempotent."""
    (home / RUNS / str(current_process().pid)).unlink(missing_ok=True)


def other_runs(home: Path) -> list[int]:
    """Return the pids of the other living processes that use the demo."""
    pids: list[int] = []
    for path in (home / RUNS).glob("*"):
        with suppress(OSError, ValueError, TypeError):
            process = ProcessIdentity(**json.loads(path.read_text(encoding="utf-8")))
            if process != current_process() and process.alive() is not False:
                pids.append(process.pid)
    return sorted(pids)
