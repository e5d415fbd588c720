"""What is written down about a running demo: `demo.json`, 0600, replaced as a whole each time."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from gameday.demo.proxy import DATABASE
from gameday.errors import InternalError, Refused

RECORD = "demo.json"
DRAFT = "demo.json.new"
JOURNEYS_A_SECOND = 8.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """One process of the demo, by an identity that a reused pid cannot have: `started` is in clock ticks since boot."""

    what: str
    pid: int
    started: int
    boot: str


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo as recorded. `state` is `starting` or `up`; the addresses are empty until the part answers."""

    home: Path
    password: str = field(repr=False)
    state: str = "starting"
    break_alert: bool = False
    on_demand: bool = False
    rate: float = JOURNEYS_A_SECOND
    database_port: int = 0
    proxied_port: int = 0
    payments_url: str = ""
    cache_url: str = ""
    proxy_url: str = ""
    proxy_name: str = DATABASE
    proxy_kind: str = ""
    shop_url: str = ""
    load_url: str = ""
    processes: tuple[Recorded, ...] = ()

    def with_process(self, process: Recorded) -> Demo:
        """The same demo with one more process written down."""
        return replace(self, processes=(*self.processes, process))


def home_of(environ: dict[str, str] | None = None) -> Path:
    """Where the demo lives: GAMEDAY_DEMO, else under $XDG_STATE_HOME, else ~/.local/state/gameday/demo."""
    env = os.environ if environ is None else environ
    if named := env.get("GAMEDAY_DEMO"):
        return Path(named).absolute()
    state = env.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state).absolute() / "gameday" / "demo"


def save(demo: Demo) -> None:
    """Replace the record. After a kill at any moment the file is the old one or the new one, never half of one."""
    draft = demo.home / DRAFT
    body = json.dumps(asdict(demo) | {"home": str(demo.home)}, indent=1)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(body)
    draft.replace(demo.home / RECORD)


def load(home: Path) -> Demo | None:
    """The record of the demo in `home`, None where there is none. Raises Refused or ProgramFailed with the reason."""
    try:
        found = json.loads((home / RECORD).read_text())
        processes = tuple(Recorded(**process) for process in found.pop("processes"))
        return Demo(**(found | {"home": home, "processes": processes}))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Refused(f"the demo's record in {home} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InternalError(
            f"{home / RECORD} is not a record of a demo: {error}",
            "If you do not need it, end its processes by hand and remove the folder.",
        ) from error
