"""Start, stop and inspect the demo; each part is recorded before it runs."""

from __future__ import annotations

import errno
import secrets
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from gameday.demo import demo_record, startup_steps
from gameday.demo import processes as process_control
from gameday.demo.demo_record import Demo, DemoProcess
from gameday.demo.lock import lock_home
from gameday.demo.postgres import DATA, PASSFILE, PASSWORD_FILE, find_binaries, unprivileged_prefix
from gameday.errors import EnvironmentDirty, GamedayError, InternalError, Refused

MIN_FREE_BYTES = 200 * 2**20
"""Free disk space needed to start: the data folder takes about 50 MB, and orders are added to it."""

OWNED_FILES = (
    DATA,
    PASSWORD_FILE,
    PASSFILE,
    "logs",
    *startup_steps.PORT_FILES,
    demo_record.DRAFT,
    demo_record.RUNS,
)


def start_demo(home: Path, *, break_alert: bool = False, on_demand: bool = False, say: Callable[[str], None]) -> Demo:
    """Start the demo in `home`, or return the one that runs there; clean up first what a crash left.

    A demo that a person starts is no longer on demand. Raises Refused if it cannot start and InternalError if a part
    does not start; nothing is left behind then, nor after Ctrl-C.
    """
    with lock_home(home):
        demo = demo_record.load(home)
        if demo and startup_steps.is_healthy(demo):
            return _register_run(_reuse_running(demo, break_alert, on_demand), on_demand)
        if demo:
            say("Cleaning up an earlier demo.")
            _clear(home, demo)
        _require_startable(home)
        try:
            demo = Demo(home, secrets.token_urlsafe(24), break_alert=break_alert, on_demand=on_demand)
            return _register_run(_run_steps(demo, say), on_demand)
        except BaseException as error:
            with _defer_signals(), suppress(GamedayError):
                _clear(home, demo_record.load(home))
            if isinstance(error, OSError):
                raise InternalError(f"the demo did not start: {error.strerror or error}", _hint(error)) from error
            raise


def stop_demo(home: Path) -> None:
    """Stop every process of the demo in `home` and remove its data; idempotent.

    Raises EnvironmentDirty naming the processes that did not end; their record is kept for another try.
    """
    if home.is_dir():
        with lock_home(home), _defer_signals():
            _clear(home, demo_record.load(home))


def stop_if_unused(home: Path) -> bool:
    """Stop an on-demand demo unless another run uses it; return whether it was stopped. Raises EnvironmentDirty."""
    if not home.is_dir():
        return False
    with lock_home(home), _defer_signals():
        demo_record.remove_run(home)
        demo = demo_record.load(home)
        if demo is None or not demo.on_demand or demo_record.other_runs(home):
            return False
        _clear(home, demo)
        return True


def is_healthy(demo: Demo) -> bool:
    """Return True if all its processes run and its parts answer."""
    return startup_steps.is_healthy(demo)


def living_processes(home: Path) -> list[DemoProcess]:
    """Return the recorded processes that are alive now."""
    demo = demo_record.load(home)
    return [process for process in demo.processes if process_control.is_alive(process)] if demo else []


def _run_steps(demo: Demo, say: Callable[[str], None]) -> Demo:
    demo_record.save(demo)
    (demo.home / "logs").mkdir(mode=0o700)
    for step in startup_steps.STEPS:
        demo = step(demo, say)
    demo = replace(demo, state="up")
    demo_record.save(demo)
    return demo


def _register_run(demo: Demo, on_demand: bool) -> Demo:
    """Record this process as a user of the demo; only a run starts one on demand."""
    if on_demand:
        demo_record.add_run(demo.home)
    return demo


def _reuse_running(demo: Demo, break_alert: bool, on_demand: bool) -> Demo:
    if break_alert and not demo.break_alert:
        raise Refused("a demo with a working alert rule is already up", "Run `gameday demo down` first.")
    if demo.on_demand and not on_demand:
        demo = replace(demo, on_demand=False)
        demo_record.save(demo)
    return demo


def _require_startable(home: Path) -> None:
    """Refuse before anything is touched: PostgreSQL missing, foreign files in the folder, too little space."""
    find_binaries()
    unprivileged_prefix()
    foreign = [name for name in OWNED_FILES if (home / name).exists()]
    if foreign:
        raise Refused(
            f"{home} contains {foreign[0]!r}, which is not part of a demo",
            "Choose another folder with GAMEDAY_DEMO, or remove this one if it is not needed.",
        )
    free = shutil.disk_usage(home).free
    if free < MIN_FREE_BYTES:
        raise Refused(f"no space: {home} has {free // 2**20} MB left, the demo needs {MIN_FREE_BYTES // 2**20} MB")


def _clear(home: Path, demo: Demo | None) -> None:
    """Stop the processes, then remove our own files and nothing else; the record goes last."""
    if demo is None:
        (home / demo_record.DRAFT).unlink(missing_ok=True)
        return
    left = process_control.stop(reversed(demo.processes), home)
    if left:
        names = ", ".join(f"{process.name} (pid {process.pid})" for process in left)
        raise EnvironmentDirty(f"these demo processes did not end: {names}", "Try `gameday demo down` again.")
    for name in OWNED_FILES:
        _remove(home / name)
    (home / demo_record.RECORD).unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _hint(error: OSError) -> str:
    return f"Its folder needs {MIN_FREE_BYTES // 2**20} MB of space." if error.errno == errno.ENOSPC else ""


@contextmanager
def _defer_signals() -> Iterator[None]:
    """Hold SIGINT, SIGTERM and SIGHUP back during a short cleanup, so that a second Ctrl-C does not cut it off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
