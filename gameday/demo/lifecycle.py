"""The life of a demo: up, down, what stands; each part started in turn, recorded before it runs."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from gameday.demo import demo_record, run_references, startup_steps
from gameday.demo import processes as running
from gameday.demo.demo_record import Demo, Recorded
from gameday.demo.lock import locked
from gameday.demo.postgres import DATA, PASSFILE, PASSWORD_FILE, binaries, not_as_root
from gameday.demo.signal_mask import signals_deferred
from gameday.errors import EnvironmentDirty, GamedayError, InternalError, Refused

MIN_FREE_BYTES = 200 * 2**20
"""Bytes of free disk below which we do not begin: the data folder takes some 50 MB, and orders are added to it."""

OWNED_FILES = (
    DATA,
    PASSWORD_FILE,
    PASSFILE,
    "logs",
    *startup_steps.ANNOUNCEMENTS,
    demo_record.DRAFT,
    run_references.USERS,
)


def start_demo(home: Path, *, break_alert: bool = False, on_demand: bool = False, say: Callable[[str], None]) -> Demo:
    """Bring the demo in `home` up, or return the one that runs there; what a crash left is cleaned away first.

    A demo that a person brings up is no longer on demand. Raises Refused where it cannot begin and ProgramFailed where
    a part does not start; nothing is left behind then, nor by Ctrl-C.
    """
    with locked(home):
        found = demo_record.load(home)
        if found and startup_steps.healthy(found):
            return _needed(_reuse_running(found, break_alert, on_demand), on_demand)
        if found:
            say("Cleaning up what an earlier demo left.")
            _clear(home, found)
        _require_startable(home)
        try:
            begun = _begin(Demo(home, secrets.token_urlsafe(24), break_alert=break_alert, on_demand=on_demand), say)
            return _needed(begun, on_demand)
        except BaseException as error:
            with signals_deferred(), suppress(GamedayError):
                _clear(home, demo_record.load(home))
            if isinstance(error, OSError):
                raise InternalError(f"the demo did not start: {error.strerror or error}", _hint(error)) from error
            raise


def stop_demo(home: Path) -> None:
    """Stop every process of the demo in `home` and remove its data. Twice is the same as once.

    Raises Dirty naming the processes that would not go; their record is kept for another try.
    """
    if home.is_dir():
        with locked(home), signals_deferred():
            _clear(home, demo_record.load(home))


def down_unless_needed(home: Path) -> bool:
    """Take an on-demand demo down, unless another living run needs it; whether it was taken down. Raises Dirty."""
    if not home.is_dir():
        return False
    with locked(home), signals_deferred():
        run_references.leave(home)
        found = demo_record.load(home)
        if found is None or not found.on_demand or run_references.others(home):
            return False
        _clear(home, found)
        return True


def status(home: Path) -> Demo | None:
    """The demo recorded in `home`, None where there is none. Whether it answers is `healthy`'s to say."""
    return demo_record.load(home)


def healthy(demo: Demo) -> bool:
    """Is it up, with all its processes, and do its parts answer?"""
    return startup_steps.healthy(demo)


def processes(home: Path) -> list[Recorded]:
    """The demo's processes that are alive now, by recorded identity."""
    found = demo_record.load(home)
    return [process for process in found.processes if running.alive(process)] if found else []


def _begin(demo: Demo, say: Callable[[str], None]) -> Demo:
    demo_record.save(demo)
    (demo.home / "logs").mkdir(mode=0o700)
    for step in startup_steps.STEPS:
        demo = step(demo, say)
    demo = replace(demo, state="up")
    demo_record.save(demo)
    return demo


def _needed(demo: Demo, by_a_run: bool) -> Demo:
    """Only a run asks on demand."""
    if by_a_run:
        run_references.join(demo.home)
    return demo


def _reuse_running(found: Demo, break_alert: bool, on_demand: bool) -> Demo:
    if break_alert and not found.break_alert:
        raise Refused("a demo whose alert rule works is already up", "Run `gameday demo down` first.")
    if found.on_demand and not on_demand:
        found = replace(found, on_demand=False)
        demo_record.save(found)
    return found


def _require_startable(home: Path) -> None:
    """Nothing is touched where something is missing, or where things lie that are not ours."""
    binaries()
    not_as_root()
    taken = [name for name in OWNED_FILES if (home / name).exists()]
    if taken:
        raise Refused(
            f"{home} holds {taken[0]!r}, and no demo is recorded there",
            "Name another folder with GAMEDAY_DEMO, or remove it if it is not needed.",
        )
    free = shutil.disk_usage(home).free
    if free < MIN_FREE_BYTES:
        raise Refused(f"no space: {home} has {free // 2**20} MB left, the demo needs {MIN_FREE_BYTES // 2**20} MB")


def _clear(home: Path, found: Demo | None) -> None:
    """Stop, then remove what we made and nothing else; the record goes last."""
    if found is None:
        (home / demo_record.DRAFT).unlink(missing_ok=True)
        return
    left = running.stop(reversed(found.processes), home)
    if left:
        names = ", ".join(f"{process.what} (process {process.pid})" for process in left)
        raise EnvironmentDirty(f"these processes of the demo did not end: {names}", "Try `gameday demo down` again.")
    for name in OWNED_FILES:
        _remove(home / name)
    (home / demo_record.RECORD).unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _hint(error: OSError) -> str:
    import errno

    return f"Its folder needs {MIN_FREE_BYTES // 2**20} MB of space." if error.errno == errno.ENOSPC else ""
