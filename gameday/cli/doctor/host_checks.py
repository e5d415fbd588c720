"""What this machine can do: Python, disk, runtime folder, guardian, injectors, the demo's needs, the terminal."""

from __future__ import annotations

import os
import platform
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from gameday.cli.doctor.finding import Check, Finding, Mark
from gameday.errors import Refused

APPENDS = 20
TRIAL = "dr-{}"
"""As long as a drill's name, and never one."""
SLOW_APPEND = 0.05
"""Seconds: above it a drill still runs, and its log lags."""


def python() -> Iterator[Finding]:
    here = f"{platform.python_version()} on {platform.system()}"
    if sys.platform == "linux":
        yield Finding(Mark.OK, "Python", here)
    else:
        yield Finding(Mark.BAD, "Python", here, "Drills run on Linux: processes are known by /proc.")


def store() -> Iterator[Finding]:
    from gameday.store.paths import data_folder

    folder = data_folder().path
    try:
        times = _append_times(_nearest(folder))
    except Exception as error:
        why = error.strerror if isinstance(error, OSError) else error
        yield Finding(
            Mark.BAD,
            "store",
            f"{folder} cannot be written: {why}",
            "Name a folder with GAMEDAY_STORE." if isinstance(error, NotADirectoryError) else _SPACE,
        )
        return
    middle, worst = sorted(times)[len(times) // 2], max(times)
    say = f"{folder}: a durable append takes {middle * 1000:.1f} ms (worst of {len(times)}: {worst * 1000:.1f} ms)"
    yield Finding(Mark.OK if middle < SLOW_APPEND else Mark.LACKS, "store", say, "" if middle < SLOW_APPEND else _SLOW)


_SPACE = "Free some space or name a folder with GAMEDAY_STORE."
_SLOW = "That is slow: a local disk is better than a network one. GAMEDAY_STORE names another folder."


def _nearest(folder: Path) -> Path:
    """The folder, or the first one above it that exists: nothing is made here that stays."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _append_times(folder: Path) -> list[float]:
    """Seconds that each of some durable appends takes, in a store of our own that is removed again."""
    from gameday.events import NewEvent
    from gameday.process_identity import current_process
    from gameday.store.sqlite import Store

    with tempfile.TemporaryDirectory(prefix="gameday-doctor-", dir=folder) as own:
        trial = Store(Path(own) / "gameday.db")
        try:
            epoch = trial.begin("gd-0000", "doctor", "rehearsal", "", current_process())
            append = partial(trial.append, "gd-0000", [NewEvent("note", {"say": "a trial"})], epoch)
            return [_seconds(append) for _ in range(APPENDS)]
        finally:
            trial.close()


def _seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def runtime() -> Iterator[Finding]:
    from gameday.store.paths import runtime_folder

    yield Finding(Mark.OK, "runtime", f"{runtime_folder()}: other terminals find a drill here")


def guardian() -> Iterator[Finding]:
    """Start one as a drill would, and dismiss it."""
    from gameday.drill.revert.guardian_supervisor import GuardianSupervisor
    from gameday.store.paths import DataFolder, runtime_folder
    from gameday.store.sqlite import Store

    try:
        runtime_folder()
    except Refused:
        return  # without it no guardian can stand, and that is said already

    with tempfile.TemporaryDirectory(prefix="gameday-doctor-") as own:
        folder = DataFolder(Path(own))
        Store(folder.store).close()
        companion = GuardianSupervisor(TRIAL.format(secrets.token_hex(2)), folder, (), {}, (), lambda _why: None)
        try:
            took = _seconds(companion.wait_ready)
        finally:
            companion.dismiss()
    yield Finding(Mark.OK, "guardian", f"stands after {took:.1f} s, in a session of its own")


def injectors() -> Iterator[Finding]:
    """Each on its own line; one that cannot be loaded is bad only when none is left."""
    from gameday.drill.injector_registry import Registry

    registry, able, broken = Registry(), 0, list[str]()
    for name in registry.names():
        try:
            yield Finding(Mark.OK, "injector", f"{name}: {', '.join(registry[name].kinds)}")
            able += 1
        except Refused as refused:
            broken.append(str(refused))
    for why in broken:
        yield Finding(Mark.LACKS if able else Mark.BAD, "injector", why)
    if not able and not broken:
        yield Finding(Mark.BAD, "injector", "none is installed", "Install gameday-runner again.")


def demo() -> Iterator[Finding]:
    """The extra `demo`, and a user that PostgreSQL agrees to run as."""
    from gameday.demo import postgres

    try:
        postgres.binaries()
        words = postgres.unprivileged_prefix()
    except Refused as refused:
        yield Finding(Mark.LACKS, "demo", refused.wrong, refused.todo)
        return
    how = f"; as root it goes through {words[0]}" if words else ""
    yield Finding(Mark.OK, "demo", f"a PostgreSQL is installed, and may run here{how}")


def proxy() -> Iterator[Finding]:
    found = shutil.which("toxiproxy-server")
    if found:
        yield Finding(Mark.OK, "toxiproxy", f"{found}: the demo will use it")
    else:
        yield Finding(Mark.LACKS, "toxiproxy", "toxiproxy-server is not on PATH: the demo uses our own proxy")


def terminal() -> Iterator[Finding]:
    from gameday.terminal.glyphs import select_glyphs

    if not sys.stdout.isatty():
        yield Finding(Mark.LACKS, "terminal", "this is none: a drill is shown line by line")
        return
    size = shutil.get_terminal_size()
    colour = "no colours" if os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb" else "colours"
    letters = "ASCII alone" if select_glyphs(sys.stdout.encoding, os.environ).ascii_only else "UTF-8"
    small = size.columns < 80 or size.lines < 24
    todo = "80 by 24 and more shows the whole of a drill." if small else ""
    say = f"{size.columns} by {size.lines}, {colour}, {letters}"
    yield Finding(Mark.LACKS if small else Mark.OK, "terminal", say, todo)


CHECKS: Mapping[str, Check] = {
    "Python": python,
    "store": store,
    "runtime": runtime,
    "guardian": guardian,
    "injectors": injectors,
    "demo": demo,
    "toxiproxy": proxy,
    "terminal": terminal,
}
