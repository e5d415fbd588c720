"""Who needs a demo: the runs that asked for it. The last one that ends takes an on-demand demo down."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from gameday.process_identity import ProcessIdentity, current_process

USERS = "users"


def join(home: Path) -> None:
    """Write down that this process needs the demo; under the folder's lock."""
    folder = home / USERS
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / str(current_process().pid)).write_text(json.dumps(asdict(current_process())), encoding="utf-8")


def leave(home: Path) -> None:
    """This process needs it no more. Twice is the same as once."""
    (home / USERS / str(current_process().pid)).unlink(missing_ok=True)


def others(home: Path) -> list[int]:
    """The numbers of the living processes that need it, ours aside."""
    found: list[int] = []
    for path in (home / USERS).glob("*"):
        with suppress(OSError, ValueError, TypeError):
            user = ProcessIdentity(**json.loads(path.read_text(encoding="utf-8")))
            if user != current_process() and user.alive() is not False:
                found.append(user.pid)
    return sorted(found)
