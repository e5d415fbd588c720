"""The engine hangs, answers 500, lies, is away or comes late."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator

import httpx
import pytest
from support.available_engines import toxiproxy_server
from support.drill_folder import assert_stays, eventually
from support.faulty_proxy_server import StandIn
from support.proxy_drill import Make, Place, ProxyServer
from support.run_process import Run

from gameday.errors import Exit
from gameday.timing import Timing

QUICK = Timing(
    quiet_period=1.0, revert_attempt_timeout=1.0, revert_timeout=2.0, guardian_retry_delay=0.5,
    steady_timeout_rehearsal=5.0,
)  # fmt: skip


@pytest.fixture
def stand_in(server: ProxyServer) -> Iterator[StandIn]:
    stand_in = StandIn(server.url)
    yield stand_in
    stand_in.close()


@pytest.fixture
def behind(make: Make, server: ProxyServer, stand_in: StandIn) -> Place:
    """Return a drill folder whose server is reached through the faulty server."""
    return make(server, stand_in.url)


@pytest.mark.parametrize("mode", ["500", "hangs", "ignores reverts"])
def test_failed_revert_is_dirty_until_halt_succeeds(behind: Place, stand_in: StandIn, mode: str) -> None:
    behind.write(stands="500ms")
    run = behind.run(timing=QUICK)
    run.wait_for_event("fault")
    stand_in.mode = mode
    assert run.code() == Exit.DIRTY, run.describe()
    assert "DIRTY" in run.err
    refused = behind.gameday("run", "late.yaml", "--rehearse", timing=QUICK)
    assert refused.code in (Exit.REFUSED, Exit.DIRTY), refused
    stand_in.mode = ""
    stand_in.release.set()
    assert behind.gameday("halt", timing=QUICK).code == Exit.HELD
    assert behind.clean()
    run.wait_for_guardian_exit()
    behind.write()
    assert behind.run(timing=QUICK).code() == Exit.HELD


def test_applied_but_absent_fault_is_never_a_pass(behind: Place, stand_in: StandIn) -> None:
    behind.write(start="500ms")
    run = behind.run(timing=QUICK)
    run.wait_for_event("start")
    stand_in.mode = "ignores applies"
    run.wait_for_event("lapsed")
    stand_in.mode = ""
    assert run.code() == Exit.NOT_HELD, run.describe()
    assert behind.clean()


@pytest.mark.engine("toxiproxy")
@pytest.mark.parametrize("server", ["original"], indirect=True)
def test_apply_landing_after_runner_death_is_reverted(behind: Place, stand_in: StandIn) -> None:
    behind.write(start="500ms")
    run = behind.run(timing=QUICK)
    run.wait_for_event("start")
    stand_in.mode = "late"
    eventually(lambda: stand_in.late, "the apply's request")
    run.signal(signal.SIGKILL)
    run.wait_for_event("takeover")
    stand_in.mode = ""
    assert_stays(behind.clean, 0.5)
    stand_in.release.set()
    stand_in.late[0].join()
    run.wait_for_guardian_exit()
    assert behind.clean()
    assert run.kinds().count("end") == 1


def test_revert_is_retried_until_engine_returns(make: Make, ours: ProxyServer) -> None:
    stand_in = StandIn(ours.url)
    place = make(ours, stand_in.url)
    place.write(stands="500ms")
    run = place.run(timing=Timing(quiet_period=1.0, revert_attempt_timeout=1.0))
    run.wait_for_event("fault")
    stand_in.mode = "500"
    run.wait_for_event("revert-pending")
    refused = stand_in.refused
    eventually(lambda: stand_in.refused > refused + 5, "more attempts to revert")
    assert run.process.poll() is None
    stand_in.mode = ""
    assert run.code() in (Exit.HELD, Exit.NOT_HELD), run.describe()
    assert place.clean()
    stand_in.close()


def _standing(make: Make, server: ProxyServer) -> tuple[Place, Run]:
    """Start a drill on this server and wait until its fault is active."""
    place = make(server)
    place.write(stands="60s")
    run = place.run(timing=QUICK)
    run.wait_for_event("fault")
    return place, run


def test_fault_that_ended_with_its_server_needs_no_halt(make: Make) -> None:
    """As after a power cut: nobody will ever answer there again, and nobody has to."""
    server = ProxyServer(None)
    place, run = _standing(make, server)
    run.kill_all()
    server.kill()
    ended = place.gameday("halt")
    assert (ended.code, ended.out) == (Exit.HELD, "Nothing is outstanding.\n"), ended


def test_proxy_server_death_is_reported_and_not_taken_for_recovery(make: Make) -> None:
    server = ProxyServer(None)
    place, run = _standing(make, server)
    server.kill()
    assert run.code() == Exit.NOT_HELD, run.describe()
    assert "its target has ended, and the target's clients with it" in run.out
    assert f"the server at {server.url} has exited" in run.out and "reverted and verified" not in run.out
    assert place.gameday("review", run.drill).code == Exit.HELD
    review = next((place.folder / "store" / "reviews").glob("*.md")).read_text()
    assert "Not verified: " in review and "Check that the target is healthy" in review
    assert "reverted and verified" not in review


def test_lapsed_lease_is_never_a_pass(make: Make, ours: ProxyServer) -> None:
    place = make(ours)
    place.write(stands="20s")
    run = place.run()
    run.wait_for_event("fault")
    httpx.delete(f"{ours.url}/proxies/{place.name}/toxics/{place.marks()[0]}", trust_env=False)
    assert run.code() == Exit.NOT_HELD, run.describe()
    assert run.kinds().count("lapsed") == 1
    assert run.kinds().count("intended") == 1, "it is never applied again"
    assert place.clean()


@pytest.mark.parametrize(
    "is_ours",
    [pytest.param(True, id="ours"), pytest.param(False, id="original", marks=pytest.mark.engine("toxiproxy"))],
)
def test_client_that_does_not_read_delays_no_revert(make: Make, request: pytest.FixtureRequest, is_ours: bool) -> None:
    """On the original the revert hangs: dirty, and it names the cure; ours takes it back all the same."""
    server = ProxyServer(None if is_ours else toxiproxy_server())
    place = make(server)
    place.write(stands="1500ms")
    run = place.run(timing=QUICK)
    run.wait_for_event("fault")
    with socket.create_connection(place.listen) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(b"flood\n")
        code = run.code()
        if is_ours:
            assert code in (Exit.HELD, Exit.NOT_HELD), run.describe()
            assert place.clean()
        else:
            assert code == Exit.DIRTY, run.describe()
            assert "waiting for a client that does not read" in run.err
    if not is_ours:
        server.kill()
        server.start()
        server.make(place.name, place.shop.upstream, f"{place.listen[0]}:{place.listen[1]}")
        assert place.gameday("halt", timing=QUICK).code == Exit.HELD
        assert place.clean()
        run.wait_for_guardian_exit()
        place.write()
        assert place.run(timing=QUICK).code() == Exit.HELD
    server.kill()


def test_give_up_records_reason_and_allows_next_run(behind: Place, stand_in: StandIn) -> None:
    behind.write(stands="600ms")
    run = behind.run(timing=QUICK)
    run.wait_for_event("fault")
    stand_in.mode = "500"
    assert run.code() == Exit.DIRTY
    given = behind.gameday("halt", "--give-up", run.drill, "--reason", "removed by hand, looked at it")
    assert given.code == Exit.HELD, given
    stand_in.mode = ""
    for mark in behind.marks():
        httpx.delete(f"{behind.server.url}/proxies/{behind.name}/toxics/{mark}", trust_env=False)
    assert ("given-up", "removed by hand, looked at it") in [(k, d.get("reason")) for k, d in run.events()]
    behind.write()
    assert behind.run(timing=QUICK).code() == Exit.HELD
