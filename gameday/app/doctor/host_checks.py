"""Checks of this host: Python, disk, runtime folder, guardian, injectors, and what the demo needs."""

from __future__ import annotations

import platform
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from gameday.app.doctor.finding import DoctorCheck, Finding, Mark
from gameday.errors import Refused

TRIAL_APPENDS = 20
TRIAL_NAME = "dr-{}"
"""As long as a drill's ID, and never one."""
SLOW_APPEND_S = 0.05
"""Above it a drill still runs, but its log lags."""


def check_python() -> Iterator[Finding]:
    version = f"{platform.python_version()} on {platform.system()}"
    if sys.platform == "linux":
        yield Finding(Mark.OK, "Python", version)
    else:
        yield Finding(Mark.BAD, "Python", version, "Drills run on Linux: processes are identified by /proc.")


def check_store() -> Iterator[Finding]:
    from gameday.store.open import describe_unusable
    from gameday.store.paths import data_folder

    folder = data_folder().path
    try:
        times = _append_times(_nearest(folder))
    except Exception as error:
        why, todo = describe_unusable(folder, error)
        yield Finding(Mark.BAD, "store", f"{folder} is not writable: {why}", todo)
        return
    middle, worst = sorted(times)[len(times) // 2], max(times)
    say = f"{folder}: write latency {middle * 1000:.1f} ms (worst of {len(times)}: {worst * 1000:.1f} ms)"
    yield Finding(
        Mark.OK if middle < SLOW_APPEND_S else Mark.LACKS, "store", say, "" if middle < SLOW_APPEND_S else _SLOW
    )


_SLOW = "This is slow: use a local disk. Set GAMEDAY_STORE to another folder."


def _nearest(folder: Path) -> Path:
    """Return the folder, or the closest existing one above it: the check leaves nothing behind."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _append_times(folder: Path) -> list[float]:
    """Return the seconds of each of some durable appends, in a temporary store."""
    from gameday.events import NewEvent, Note
    from gameday.process_identity import current_process
    from gameday.store.open import open_store
    from gameday.store.paths import DataFolder

    with tempfile.TemporaryDirectory(prefix="gameday-doctor-", dir=folder) as own:
        store = open_store(DataFolder(Path(own)))
        try:
            epoch = store.begin("gd-0000", "doctor", "rehearsal", "", current_process())
            append = partial(store.append, "gd-0000", [NewEvent(Note("a trial"))], epoch)
            return [_seconds(append) for _ in range(TRIAL_APPENDS)]
        finally:
            store.close()


def _seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def check_runtime_folder() -> Iterator[Finding]:
    from gameday.store.paths import runtime_folder

    yield Finding(Mark.OK, "runtime", f"{runtime_folder()}: running drills are registered here")


def check_guardian() -> Iterator[Finding]:
    """Start a guardian as a drill would, and dismiss it."""
    from gameday.drill.revert.guardian_supervisor import GuardianSupervisor
    from gameday.process_identity import current_process
    from gameday.store.open import open_store
    from gameday.store.paths import DataFolder, runtime_folder
    from gameday.store.revert_journal import JournalHeader, RevertJournal

    try:
        runtime_folder()
    except Refused:
        return  # without it no guardian can run, and the runtime check reports it

    with tempfile.TemporaryDirectory(prefix="gameday-doctor-") as own:
        folder = DataFolder(Path(own))
        open_store(folder).close()
        name = TRIAL_NAME.format(secrets.token_hex(2))
        journal = folder.path / "journal"
        RevertJournal.create(journal, JournalHeader(name, "", current_process(), own)).close()
        supervisor = GuardianSupervisor(name, folder, journal, (), (), lambda _why: None, lambda: None)
        try:
            duration = _seconds(supervisor.wait_ready)
        finally:
            supervisor.dismiss()
            supervisor.wait_exited()
    yield Finding(Mark.OK, "guardian", f"ready after {duration:.1f} s")


def check_injectors() -> Iterator[Finding]:
    """Report each injector; one that cannot be loaded is bad only if no other works."""
    from gameday.drill.injector_registry import InjectorRegistry

    registry, loaded, broken = InjectorRegistry(), 0, list[str]()
    for name in registry.names():
        try:
            kinds = ", ".join(registry[name].kinds)
            yield Finding(Mark.OK, "injector", f"{name}: installed; engine not checked. Kinds: {kinds}")
            loaded += 1
        except Refused as refused:
            broken.append(str(refused))
    for why in broken:
        yield Finding(Mark.LACKS if loaded else Mark.BAD, "injector", why)
    if not loaded and not broken:
        yield Finding(Mark.BAD, "injector", "none installed", "Reinstall gameday-runner.")


def check_demo() -> Iterator[Finding]:
    """Report if the extra `demo` is installed and PostgreSQL can run as this user."""
    from gameday.demo import postgres

    try:
        postgres.find_binaries()
        prefix = postgres.unprivileged_prefix()
    except Refused as refused:
        yield Finding(Mark.LACKS, "demo", refused.wrong, refused.todo)
        return
    how = f"; as root it runs through {prefix[0]}" if prefix else ""
    yield Finding(Mark.OK, "demo", f"PostgreSQL is installed and can run here{how}")


def check_toxiproxy_server() -> Iterator[Finding]:
    path = shutil.which("toxiproxy-server")
    if path:
        yield Finding(Mark.OK, "toxiproxy", f"{path}: the demo uses it")
    else:
        yield Finding(Mark.LACKS, "toxiproxy", "toxiproxy-server is not on PATH: the demo uses the embedded proxy")


CHECKS: Mapping[str, DoctorCheck] = {
    "Python": check_python,
    "store": check_store,
    "runtime": check_runtime_folder,
    "guardian": check_guardian,
    "injectors": check_injectors,
    "demo": check_demo,
    "toxiproxy": check_toxiproxy_server,
}
