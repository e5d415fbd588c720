"""`gameday stop` and `gameday halt` answer when the reverts are verified, and say so of each drill."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drill_folder import eventually
from support.faulty_proxy_server import StandIn
from support.proxy_drill import Make, Place, ProxyServer
from support.run_process import Run

from gameday.errors import Exit
from gameday.timing import Timing

VERIFIED = "all faults reverted and verified."
IMPATIENT = Timing(revert_attempt_timeout=0.3, revert_timeout=1.0, quiet_period=1.0, guardian_retry_delay=1.0)


@pytest.fixture
def server() -> Iterator[ProxyServer]:
    """Start a server that a test may suspend."""
    server = ProxyServer(None)
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.kill()


@pytest.fixture
def place(make: Make, server: ProxyServer) -> Place:
    return make(server)


def start_fault(place: Place, timing: Timing | None = None) -> Run:
    place.write(stands="60s")
    run = place.run(timing=timing or Timing())
    run.wait_for_event("fault")
    return run


def start_stop(place: Place) -> tuple[subprocess.Popen[bytes], Path]:
    """Start `gameday stop`; return its process, and the file with all that it writes."""
    out = place.folder / "stop-out"
    with out.open("wb") as file:
        command = [sys.executable, "-m", "gameday", "stop"]
        return subprocess.Popen(command, cwd=place.folder, env=place.env, stdout=file, stderr=file), out


@pytest.mark.parametrize("command", ["stop", "halt"])
def test_result_of_the_reverts_is_reported_with_the_name_of_the_drill(place: Place, command: str) -> None:
    run = start_fault(place)
    ended = place.gameday(command)
    assert place.clean()
    assert ended.code == Exit.HELD
    assert f"{run.drill}: {VERIFIED}" in ended.out.splitlines(), ended
    assert run.code() == Exit.HALTED


def test_stop_waits_while_the_engine_does_not_answer(place: Place, server: ProxyServer) -> None:
    run = start_fault(place)
    server.process.send_signal(signal.SIGSTOP)
    stop, out = start_stop(place)
    run.wait_for_event("reverting")
    eventually(lambda: "Waiting for the revert of all faults" in out.read_text(), "the progress line")
    assert stop.poll() is None and VERIFIED not in out.read_text()
    server.process.send_signal(signal.SIGCONT)
    assert stop.wait(60) == Exit.HELD
    assert place.clean() and f"{run.drill}: {VERIFIED}" in out.read_text()
    assert run.code() == Exit.HALTED


def test_stop_before_the_first_fault_has_nothing_to_revert(place: Place) -> None:
    place.write(start="30s..31s", stands="1s")
    run = place.run()
    run.wait_for_event("start")
    ended = place.gameday("stop")
    assert f"{run.drill}: no fault was applied, nothing to revert." in ended.out, ended
    assert run.code() == Exit.HALTED


def test_stop_of_a_fault_that_cannot_be_reverted_is_dirty(place: Place, server: ProxyServer) -> None:
    run = start_fault(place, IMPATIENT)
    server.process.send_signal(signal.SIGSTOP)
    ended = place.gameday("stop", timing=IMPATIENT)
    assert ended.code == Exit.DIRTY, ended
    assert "DIRTY" in ended.err and VERIFIED not in ended.out
    server.process.send_signal(signal.SIGCONT)
    eventually(lambda: place.gameday("halt", timing=IMPATIENT).code == Exit.HELD, "the revert")
    assert place.clean() and run.code() == Exit.DIRTY


def test_stop_of_one_drill_reverts_what_another_left(place: Place, make: Make, server: ProxyServer) -> None:
    """Two drills of one store: one runs, of the other all processes were killed."""
    dead_place = make(server)
    for key in ("GAMEDAY_STORE", "GAMEDAY_RUNTIME"):
        dead_place.env[key] = place.env[key]
    dead = start_fault(dead_place)
    run = start_fault(place)
    dead.kill_all()
    ended = place.gameday("stop", "--all")
    assert ended.code == Exit.HELD, ended
    assert f"{run.drill}: {VERIFIED}" in ended.out and dead.drill in ended.out + ended.err
    assert dead_place.clean() and place.clean()
    assert run.code() == Exit.HALTED


@pytest.fixture
def relay(server: ProxyServer) -> Iterator[StandIn]:
    """Stand between the drill and its server, which is then on another host as far as the drill can see."""
    relay = StandIn(server.url)
    yield relay
    relay.close()


@pytest.mark.parametrize("command", ["stop", "halt"])
def test_wait_for_an_engine_that_is_away_is_explained(
    make: Make, server: ProxyServer, relay: StandIn, command: str
) -> None:
    """The runner accepts the request, gives up when its time is over, and so does the guardian."""
    place = make(server, url=relay.url)
    run = start_fault(place, IMPATIENT)
    relay.close()
    ended = place.gameday(command, timing=IMPATIENT)
    assert ended.code == Exit.DIRTY, ended
    assert f"{run.drill}: not reverted yet: proxy {place.name} " in ended.err
    assert f"at {relay.url}: " in ended.err and "restore it, and the revert completes by itself" in ended.err
    assert "Not responding" not in ended.out
    accepted = f"Accepted STOP, but could not revert everything: {run.drill}."
    assert (accepted in ended.out) is (command == "stop")


def test_wait_names_the_engine_and_ends_when_it_is_back(make: Make, server: ProxyServer, relay: StandIn) -> None:
    place = make(server, url=relay.url)
    run = start_fault(place)
    relay.mode = "500"
    stop, out = start_stop(place)
    eventually(lambda: f"{run.drill}: not reverted yet: proxy {place.name} " in out.read_text(), "the reason")
    relay.mode = ""
    assert stop.wait(60) == Exit.HELD, out.read_text()
    assert f"{run.drill}: {VERIFIED}" in out.read_text() and out.read_text().count("not reverted yet") == 1
    assert place.clean() and run.code() == Exit.HALTED
