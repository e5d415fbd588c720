"""Start, status, stop: nothing of the demo is left, and nothing else is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import support.demo as look

from gameday.clock import boot_id
from gameday.demo import demo_record, lifecycle, ports, postgres, processes, startup_steps
from gameday.demo.demo_record import Demo, DemoProcess
from gameday.errors import InternalError, Refused
from gameday.process_identity import start_ticks

STARTER = """
import os, signal, sys
from pathlib import Path
from gameday.demo import demo_record, lifecycle, processes
home, moment, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def die_at(call):
    calls = 0
    def wrapped(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls == count and moment.startswith("before"):
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*args, **kwargs)
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return wrapped

if moment.endswith("save"):
    demo_record.save = die_at(demo_record.save)
else:
    processes.start = die_at(processes.start)
lifecycle.start_demo(home, say=lambda text: print(text, flush=True))
"""


def quiet(_: str) -> None:
    """Print nothing."""


def processes_below(home: Path) -> list[int]:
    """Return every living process that works below the folder, recorded or not."""
    return [pid for pid in processes._pids() if processes._runs_below(pid, home) and processes._session(pid)]


def test_starting_twice_reuses_the_demo_and_two_homes_do_not_collide(demo: Demo, tmp_path: Path) -> None:
    assert lifecycle.start_demo(demo.home, say=quiet).processes == demo.processes
    folder = postgres.find_binaries().parent.parent
    before = {str(path): path.stat().st_mode for path in [*folder.parents, *folder.rglob("*")]}
    other = lifecycle.start_demo(tmp_path / "other", on_demand=True, break_alert=True, say=quiet)
    try:
        assert lifecycle.is_healthy(other)
        assert lifecycle.is_healthy(demo)
        ports = [{each.database_port, each.proxied_port, each.proxy_url, each.load_url} for each in (demo, other)]
        assert not ports[0] & ports[1]
        assert (other.home / demo_record.RECORD).stat().st_mode & 0o777 == 0o600
        assert other.password not in " ".join(_command_lines(other))
        with pytest.raises(Refused, match="working alert rule"):
            lifecycle.start_demo(demo.home, break_alert=True, say=quiet)
        assert lifecycle.start_demo(other.home, on_demand=True, say=quiet).on_demand
        assert not lifecycle.start_demo(other.home, say=quiet).on_demand, "a person started it"
    finally:
        lifecycle.stop_demo(other.home)
    assert [part for part in other.processes if processes.is_alive(part)] == []
    assert processes_below(other.home) == []
    assert not other.home.exists()
    assert lifecycle.is_healthy(demo)
    lifecycle.stop_demo(other.home)
    assert before == {str(path): path.stat().st_mode for path in [*folder.parents, *folder.rglob("*")]}


@pytest.mark.parametrize(("moment", "count"), [("after save", 1), ("before save", 3), ("after start", 3)])
def test_sigkill_while_starting_leaves_nothing_that_stop_does_not_find(tmp_path: Path, moment: str, count: int) -> None:
    home = _killed_starter(tmp_path, moment, count)
    lifecycle.stop_demo(home)
    look.until(lambda: processes_below(home) == [], within=3)
    assert not home.exists()


def test_the_next_start_cleans_up_after_a_crash(tmp_path: Path) -> None:
    home = _killed_starter(tmp_path, "after start", 6)
    left = lifecycle.living_processes(home)
    assert {"proxy", "database", "shop"} <= {part.name for part in left}
    messages: list[str] = []
    try:
        assert lifecycle.is_healthy(lifecycle.start_demo(home, say=messages.append))
        assert "Cleaning up" in messages[0]
        assert not [part for part in left if processes.is_alive(part)]
    finally:
        lifecycle.stop_demo(home)


def test_ctrl_c_while_starting_leaves_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background process ignores it

    def interrupt_at_the_shop(text: str) -> None:
        if "shop" in text:
            os.kill(os.getpid(), signal.SIGINT)

    try:
        with pytest.raises(KeyboardInterrupt):
            lifecycle.start_demo(home, say=interrupt_at_the_shop)
    finally:
        signal.signal(signal.SIGINT, before)
    assert processes_below(home) == []
    assert not home.exists()


@pytest.fixture
def recorded_demo(tmp_path: Path) -> Iterator[Demo]:
    """Yield a demo with only a record and a log folder, in a folder that other users may not enter."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    new = Demo(closed / "home", "secret")
    new.home.mkdir()
    (new.home / "logs").mkdir()
    demo_record.save(new)
    yield new
    lifecycle.stop_demo(new.home)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not new.home.exists()


def test_a_port_taken_meanwhile_is_replaced_by_another(recorded_demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    with ports.bind_free_port() as taken:
        taken.listen()
        offered = [ports.free_port(), taken.getsockname()[1]]
        monkeypatch.setattr("gameday.demo.startup_steps.free_port", offered.pop)
        startup_steps.start_database(startup_steps.create_data(recorded_demo, quiet), quiet)
    assert offered == []
    assert [part.name for part in lifecycle.living_processes(recorded_demo.home)] == ["database"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change its user")
def test_without_user_namespaces_root_becomes_nobody(recorded_demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "user_namespace_prefix", lambda: ["false"])
    started = startup_steps.start_database(startup_steps.create_data(recorded_demo, quiet), quiet)
    assert Path(f"/proc/{started.processes[-1].pid}").stat().st_uid == 65534


def test_a_failed_initdb_is_reported_with_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "echo 'initdb: error: No space left on device' >&2; exit 1"
    monkeypatch.setattr(postgres, "initdb_command", lambda home: ["sh", "-c", script])
    with pytest.raises(InternalError, match=r"initdb did not start.*No space left on device\s+Its folder needs"):
        lifecycle.start_demo(tmp_path / "home", say=quiet)
    assert processes_below(tmp_path) == []
    assert not (tmp_path / "home").exists()


def test_a_foreign_process_with_a_recorded_pid_is_not_touched(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], cwd=tmp_path, start_new_session=True)
    try:
        boot, started = boot_id(), int(start_ticks(stranger.pid))
        for other in (
            DemoProcess("shop", stranger.pid, started - 1, boot),
            DemoProcess("shop", stranger.pid, started, "old"),
        ):
            assert not processes.is_alive(other)
            assert processes.stop([other], tmp_path / "home") == []
        assert stranger.poll() is None
        assert processes.stop([DemoProcess("shop", stranger.pid, started, boot)], tmp_path) == []
    finally:
        stranger.kill()
        stranger.wait()


def test_a_process_that_ignores_sigterm_is_killed_with_its_children(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    stubborn = "trap '' TERM; sleep 60 & echo on; while :; do sleep 60; done"
    recorded: list[DemoProcess] = []
    process = processes.start("proxy", ["sh", "-c", stubborn], tmp_path, recorded.append)
    assert recorded == [process]
    look.until(lambda: (tmp_path / "logs" / "proxy.log").read_text() == "on\n")
    assert processes.stop([process], tmp_path, deadline=1.0) == []
    assert processes_below(tmp_path) == []


def test_no_process_runs_whose_record_could_not_be_saved(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()

    def full(_: DemoProcess) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        processes.start("shop", ["touch", str(tmp_path / "ran")], tmp_path, full)
    look.until(lambda: processes_below(tmp_path) == [])
    assert not (tmp_path / "ran").exists()


def _killed_starter(tmp_path: Path, moment: str, count: int) -> Path:
    """Return the home of a demo whose starter was killed at that moment."""
    command = [sys.executable, "-c", STARTER, str(tmp_path / "home"), moment, str(count)]
    killed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    return tmp_path / "home"


def _command_lines(demo: Demo) -> list[str]:
    return [
        Path(f"/proc/{process.pid}/cmdline").read_text() for process in demo.processes if processes.is_alive(process)
    ]
