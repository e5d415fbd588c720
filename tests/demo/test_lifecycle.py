"""Up, status, down: nothing of ours stays, nothing of anyone else's is touched."""

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
from gameday.demo.demo_record import Demo, Recorded
from gameday.errors import InternalError, Refused
from gameday.process_identity import start_ticks

STARTER = """
import os, signal, sys
from pathlib import Path
from gameday.demo import life, processes, record
home, moment, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def die_at(call):
    seen = 0
    def called(*args, **kwargs):
        nonlocal seen
        seen += 1
        if seen == count and moment.startswith("before"):
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*args, **kwargs)
        if seen == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return called

if moment.endswith("save"):
    record.save = die_at(record.save)
else:
    processes.start = die_at(processes.start)
life.up(home, say=lambda text: print(text, flush=True))
"""


def quiet(_: str) -> None:
    """Say nothing."""


def of_home(home: Path) -> list[int]:
    """Every living process that works under that folder, recorded or not."""
    return [pid for pid in processes._pids() if processes._works_in(pid, home) and processes._session(pid)]


def test_up_twice_is_the_same_demo_and_two_homes_do_not_collide(demo: Demo, tmp_path: Path) -> None:
    assert lifecycle.start_demo(demo.home, say=quiet).processes == demo.processes
    folder = postgres.binaries().parent.parent
    before = {str(path): path.stat().st_mode for path in [*folder.parents, *folder.rglob("*")]}
    other = lifecycle.start_demo(tmp_path / "other", on_demand=True, break_alert=True, say=quiet)
    try:
        assert lifecycle.healthy(other)
        assert lifecycle.healthy(demo)
        used = [{one.database_port, one.proxied_port, one.proxy_url, one.load_url} for one in (demo, other)]
        assert not used[0] & used[1]
        assert (other.home / demo_record.RECORD).stat().st_mode & 0o777 == 0o600
        assert other.password not in " ".join(_command_lines(other))
        with pytest.raises(Refused, match="alert rule works"):
            lifecycle.start_demo(demo.home, break_alert=True, say=quiet)
        assert lifecycle.start_demo(other.home, on_demand=True, say=quiet).on_demand
        assert not lifecycle.start_demo(other.home, say=quiet).on_demand, "a person wants it now"
    finally:
        lifecycle.stop_demo(other.home)
    assert [one for one in other.processes if processes.alive(one)] == []
    assert of_home(other.home) == []
    assert not other.home.exists()
    assert lifecycle.healthy(demo)
    lifecycle.stop_demo(other.home)
    assert before == {str(path): path.stat().st_mode for path in [*folder.parents, *folder.rglob("*")]}


@pytest.mark.parametrize(("moment", "count"), [("after save", 1), ("before save", 3), ("after start", 3)])
def test_a_starter_killed_in_the_middle_leaves_nothing_that_down_does_not_find(
    tmp_path: Path, moment: str, count: int
) -> None:
    home = _killed_starter(tmp_path, moment, count)
    lifecycle.stop_demo(home)
    look.until(lambda: of_home(home) == [], within=3)
    assert not home.exists()


def test_the_next_up_cleans_what_a_crash_left(tmp_path: Path) -> None:
    home = _killed_starter(tmp_path, "after start", 6)
    left = lifecycle.processes(home)
    assert {"proxy", "database", "shop"} <= {one.what for one in left}
    said: list[str] = []
    try:
        assert lifecycle.healthy(lifecycle.start_demo(home, say=said.append))
        assert "left" in said[0]
        assert not [one for one in left if processes.alive(one)]
    finally:
        lifecycle.stop_demo(home)


def test_ctrl_c_stops_what_was_started(tmp_path: Path) -> None:
    home = tmp_path / "home"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it

    def impatient(text: str) -> None:
        if "shop" in text:
            os.kill(os.getpid(), signal.SIGINT)

    try:
        with pytest.raises(KeyboardInterrupt):
            lifecycle.start_demo(home, say=impatient)
    finally:
        signal.signal(signal.SIGINT, before)
    assert of_home(home) == []
    assert not home.exists()


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Demo]:
    """A demo of which nothing but the record and the logs is there yet, in a folder that others may not enter."""
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


def test_a_port_taken_in_between_is_tried_again_on_another(begun: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    with ports.bound() as taken:
        taken.listen()
        offered = [ports.free_port(), taken.getsockname()[1]]
        monkeypatch.setattr("gameday.demo.startup_steps.free_port", offered.pop)
        startup_steps.start_database(startup_steps.make_data(begun, quiet), quiet)
    assert offered == []
    assert [one.what for one in lifecycle.processes(begun.home)] == ["database"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become someone else")
def test_without_user_namespaces_root_becomes_nobody(begun: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "in_user_namespace", lambda: ["false"])
    started = startup_steps.start_database(startup_steps.make_data(begun, quiet), quiet)
    assert Path(f"/proc/{started.processes[-1].pid}").stat().st_uid == 65534


def test_a_database_that_does_not_start_is_told_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "echo 'initdb: error: No space left on device' >&2; exit 1"
    monkeypatch.setattr(postgres, "initdb", lambda home: ["sh", "-c", script])
    with pytest.raises(InternalError, match=r"initdb did not start.*No space left on device\s+Its folder needs"):
        lifecycle.start_demo(tmp_path / "home", say=quiet)
    assert of_home(tmp_path) == []
    assert not (tmp_path / "home").exists()


def test_a_stranger_with_a_recorded_number_is_not_touched(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], cwd=tmp_path, start_new_session=True)
    try:
        boot, started = boot_id(), int(start_ticks(stranger.pid))
        for other in (
            Recorded("shop", stranger.pid, started - 1, boot),
            Recorded("shop", stranger.pid, started, "old"),
        ):
            assert not processes.alive(other)
            assert processes.stop([other], tmp_path / "home") == []
        assert stranger.poll() is None
        assert processes.stop([Recorded("shop", stranger.pid, started, boot)], tmp_path) == []
    finally:
        stranger.kill()
        stranger.wait()


def test_what_does_not_listen_is_killed_with_its_children(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    stubborn = "trap '' TERM; sleep 60 & echo on; while :; do sleep 60; done"
    written: list[Recorded] = []
    one = processes.start("proxy", ["sh", "-c", stubborn], tmp_path, written.append)
    assert written == [one]
    look.until(lambda: (tmp_path / "logs" / "proxy.log").read_text() == "on\n")
    assert processes.stop([one], tmp_path, deadline=1.0) == []
    assert of_home(tmp_path) == []


def test_nothing_runs_that_was_not_written_down(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()

    def full(_: Recorded) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        processes.start("shop", ["touch", str(tmp_path / "ran")], tmp_path, full)
    look.until(lambda: of_home(tmp_path) == [])
    assert not (tmp_path / "ran").exists()


def _killed_starter(tmp_path: Path, moment: str, count: int) -> Path:
    """The home of a demo whose starter was killed at that moment of its rise."""
    command = [sys.executable, "-c", STARTER, str(tmp_path / "home"), moment, str(count)]
    killed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    return tmp_path / "home"


def _command_lines(demo: Demo) -> list[str]:
    return [Path(f"/proc/{one.pid}/cmdline").read_text() for one in demo.processes if processes.alive(one)]
