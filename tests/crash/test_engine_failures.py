"""The engine hangs, answers 500, lies, is away, comes late; the disk is full; two at once; strays of others."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from support.available_engines import toxiproxy_server
from support.drill_folder import eventually, stays
from support.proxy_drill import OUTAGE, Make, Place, ProxyServer
from support.run_process import Run
from typing_extensions import override

from gameday.errors import Exit
from gameday.timing import Timing

QUICK = Timing(
    quiet_period=1.0, revert_attempt_timeout=1.0, revert_timeout=3.0, guardian_retry_delay=0.5,
    steady_timeout_rehearsal=5.0,
)  # fmt: skip


class StandIn:
    """Forwards to a real server, and misbehaves as `how` says: what no real one can be made to do."""

    def __init__(self, real: str) -> None:
        self.how = ""
        self.release = threading.Event()
        self.late: list[threading.Thread] = []
        self._real = urlsplit(real).netloc
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def forward(self, verb: str, path: str, body: bytes) -> tuple[int, bytes]:
        with contextlib.closing(http.client.HTTPConnection(self._real, timeout=5)) as connection:
            connection.request(verb, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def answer(self, verb: str, path: str, body: bytes) -> tuple[int, bytes]:
        """What is said to this request."""
        if self.how == "500":
            return 500, b"it is broken"
        if self.how == "hangs":
            self.release.wait(60)
        if self.how == "lies of reverts" and verb == "DELETE":
            return 204, b""
        if self.how == "lies of applies" and verb == "POST":
            return 200, b"{}"
        if self.how == "late" and verb == "POST" and path.endswith("/toxics"):
            self.late.append(threading.Thread(target=self._later, args=(verb, path, body)))
            self.late[-1].start()
            self.release.wait(60)
        return self.forward(verb, path, body)

    def _later(self, verb: str, path: str, body: bytes) -> None:
        self.release.wait(60)
        self.forward(verb, path, body)

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(stand_in: StandIn) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said = stand_in.answer(self.command, self.path, body)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(said)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_DELETE = _do

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def stand_in(server: ProxyServer) -> Iterator[StandIn]:
    stand_in = StandIn(server.url)
    yield stand_in
    stand_in.close()


@pytest.fixture
def behind(make: Make, server: ProxyServer, stand_in: StandIn) -> Place:
    """A place whose server is reached through the stand-in."""
    return make(server, stand_in.url)


@pytest.mark.parametrize("how", ["500", "hangs", "lies of reverts"])
def test_a_revert_that_does_not_succeed_is_dirty_and_halt_ends_it_when_the_engine_is_well(
    behind: Place, stand_in: StandIn, how: str
) -> None:
    behind.write(stands="500ms")
    run = behind.run(timing=QUICK)
    run.until_said("fault")
    stand_in.how = how
    assert run.code() == Exit.DIRTY, run.told()
    assert "DIRTY" in run.err
    refused = behind.gameday("run", "late.yaml", "--rehearse", timing=QUICK)
    assert refused.code in (Exit.REFUSED, Exit.DIRTY), refused
    stand_in.how = ""
    stand_in.release.set()
    assert behind.gameday("halt", timing=QUICK).code == Exit.HELD
    assert behind.clean()
    run.alone()
    behind.write()
    assert behind.run(timing=QUICK).code() == Exit.HELD


def test_an_engine_that_says_applied_and_shows_nothing_is_never_a_pass(behind: Place, stand_in: StandIn) -> None:
    behind.write(start="500ms")
    run = behind.run(timing=QUICK)
    run.until_said("start")
    stand_in.how = "lies of applies"
    run.until_said("lapsed")
    stand_in.how = ""
    assert run.code() == Exit.NOT_HELD, run.told()
    assert behind.clean()


@pytest.mark.engine("toxiproxy")
@pytest.mark.parametrize("server", ["original"], indirect=True)
def test_an_apply_that_lands_after_the_runners_death_is_gone_for_good(behind: Place, stand_in: StandIn) -> None:
    behind.write(start="500ms")
    run = behind.run(timing=QUICK)
    run.until_said("start")
    stand_in.how = "late"
    eventually(lambda: stand_in.late, "the apply's request")
    run.signal(signal.SIGKILL)
    run.until_said("owner")
    stand_in.how = ""
    stays(behind.clean, 0.5)
    stand_in.release.set()
    stand_in.late[0].join()
    run.alone()
    assert behind.clean()
    assert run.kinds().count("end") == 1


def test_an_engine_that_is_away_and_comes_back(make: Make, ours: ProxyServer) -> None:
    stand_in = StandIn(ours.url)
    place = make(ours, stand_in.url)
    place.write(stands="500ms")
    run = place.run(timing=Timing(quiet_period=2.0, revert_attempt_timeout=1.0))
    run.until_said("fault")
    stand_in.how = "500"
    run.until_said("not-yet")
    stays(lambda: run.process.poll() is None, 20.0, "the revert")
    stand_in.how = ""
    assert run.code() in (Exit.HELD, Exit.NOT_HELD), run.told()
    assert place.clean()
    stand_in.close()


def _standing(make: Make, server: ProxyServer) -> tuple[Place, Run]:
    """A place on this server, and a run whose fault stands."""
    place = make(server)
    place.write(stands="60s")
    run = place.run(timing=QUICK)
    run.until_said("fault")
    return place, run


def test_what_a_process_held_is_gone_with_it(make: Make) -> None:
    """As after a power cut: nobody will ever answer there again, and nobody has to."""
    server = ProxyServer(None)
    place, run = _standing(make, server)
    run.guardian().kill()
    run.process.kill()
    run.process.wait()
    server.kill()
    ended = place.gameday("halt")
    assert (ended.code, ended.out) == (Exit.HELD, "Nothing is outstanding.\n"), ended


def test_a_server_that_dies_in_mid_drill_is_said_and_not_taken_for_a_target_that_is_well(make: Make) -> None:
    server = ProxyServer(None)
    place, run = _standing(make, server)
    server.kill()
    assert run.code() == Exit.NOT_HELD, run.told()
    assert "what held it has ended, and its clients with it" in run.out
    assert f"the server at {server.url} has ended" in run.out and "read back as gone" not in run.out
    assert place.gameday("review", run.drill).code == Exit.HELD
    review = next((place.folder / "store" / "reviews").glob("*.md")).read_text()
    assert re.search("(was|and) not read back", review)
    assert "Everything was taken back" not in review


def test_a_lease_that_lapses_under_a_live_runner_is_never_a_pass(make: Make, ours: ProxyServer) -> None:
    place = make(ours)
    place.write(stands="20s")
    run = place.run()
    run.until_said("fault")
    httpx.delete(f"{ours.url}/proxies/{place.name}/toxics/{place.marks()[0]}", trust_env=False)
    assert run.code() == Exit.NOT_HELD, run.told()
    assert run.kinds().count("lapsed") == 1
    assert run.kinds().count("intended") == 1, "it is never applied again"
    assert place.clean()


@pytest.mark.parametrize(
    "is_ours",
    [pytest.param(True, id="ours"), pytest.param(False, id="original", marks=pytest.mark.engine("toxiproxy"))],
)
def test_a_client_that_does_not_read(make: Make, request: pytest.FixtureRequest, is_ours: bool) -> None:
    """On the original the revert hangs: dirty, and it names the cure; ours takes it back all the same."""
    server = ProxyServer(None if is_ours else toxiproxy_server())
    place = make(server)
    place.write(stands="1500ms")
    run = place.run(timing=QUICK)
    run.until_said("fault")
    with socket.create_connection(place.listen) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(b"flood\n")
        code = run.code()
        if is_ours:
            assert code in (Exit.HELD, Exit.NOT_HELD), run.told()
            assert place.clean()
        else:
            assert code == Exit.DIRTY, run.told()
            assert "restart the Toxiproxy server" in run.err
    if not is_ours:
        server.kill()
        server.start()
        server.make(place.name, place.shop.upstream, f"{place.listen[0]}:{place.listen[1]}")
        assert place.gameday("halt", timing=QUICK).code == Exit.HELD
        assert place.clean()
        run.alone()
        place.write()
        assert place.run(timing=QUICK).code() == Exit.HELD
    server.kill()


def test_two_runners_at_once(place: Place) -> None:
    place.write(stands="12s")
    first = place.run()
    first.until_said("fault")
    second = place.gameday("run", "late.yaml", "--rehearse")
    assert second.code == Exit.REFUSED, second
    assert first.drill in second.err
    elsewhere = place.gameday("run", "late.yaml", "--rehearse", GAMEDAY_STORE=str(place.folder / "other"))
    assert elsewhere.code == Exit.REFUSED, elsewhere
    assert "of another drill stands" in elsewhere.err
    assert first.code() == Exit.HELD, first.told()
    assert place.clean()


def test_a_sweep_with_an_empty_store_finds_ours_and_leaves_the_rest(place: Place) -> None:
    toxics = f"{place.server.url}/proxies/{place.name}/toxics"
    for name in ("gd-00016b04d12b", "mine", "gd-like"):
        httpx.post(toxics, json={"name": name, "type": "latency", "attributes": {"latency": 1}}, trust_env=False)
    asked = place.gameday("halt", "--sweep", place.name, answer="n\n")
    assert asked.code == Exit.REFUSED
    assert "gd-00016b04d12b" in asked.out
    assert place.gameday("halt", "--sweep", place.name, "--yes").code == Exit.HELD
    assert sorted(place.marks()) == ["gd-like", "mine"]
    for name in ("mine", "gd-like"):
        httpx.delete(f"{toxics}/{name}", trust_env=False)
    assert place.clean()


def test_a_sweep_leaves_a_running_drill_alone(place: Place) -> None:
    place.write(OUTAGE, stands="60s")
    run = place.run()
    run.until_said("fault")
    swept = place.gameday("halt", "--sweep", place.name, "--yes", GAMEDAY_STORE=str(place.folder / "empty"))
    assert swept.code == Exit.HELD, swept
    assert "left unchanged" in swept.out
    assert "gone" not in run.kinds()
    assert place.gameday("stop").code == Exit.HELD
    assert run.code() == Exit.HALTED, run.told()
    assert place.clean()


def test_giving_up_closes_with_a_reason_and_a_run_is_possible_again(behind: Place, stand_in: StandIn) -> None:
    behind.write(stands="300ms")
    run = behind.run(timing=QUICK)
    run.until_said("fault")
    stand_in.how = "500"
    assert run.code() == Exit.DIRTY
    given = behind.gameday("halt", "--give-up", run.drill, "--reason", "removed by hand, looked at it")
    assert given.code == Exit.HELD, given
    stand_in.how = ""
    for mark in behind.marks():
        httpx.delete(f"{behind.server.url}/proxies/{behind.name}/toxics/{mark}", trust_env=False)
    assert ("given-up", "removed by hand, looked at it") in [(k, d.get("why")) for k, d in run.events()]
    behind.write()
    assert behind.run(timing=QUICK).code() == Exit.HELD


def test_stop_from_another_terminal(place: Place) -> None:
    place.write(stands="30s")
    run = place.run()
    run.until_said("fault")
    assert place.gameday("stop", HOME="/nonexistent").code == Exit.HELD
    assert run.code() == Exit.HALTED, run.told()
    assert place.clean()


def test_people_speak_from_another_terminal(place: Place) -> None:
    place.write(stands="20s")
    run = place.run()
    run.until_said("fault")
    for words in (("claim", "ic"), ("declare",), ("note", "slow", "since", "noon", "--role", "ops", "--at", "-1s")):
        assert place.gameday(*words).code == Exit.HELD
    run.until_said("note", say="slow since noon")
    assert {"claimed", "ic-announced", "declared"} <= set(run.kinds())
    again = place.gameday("claim", "ic")
    assert again.code == Exit.REFUSED and "gameday handover ic" in again.err
    assert place.gameday("stop").code == Exit.HELD
    assert run.code() == Exit.HALTED, run.told()
    assert place.gameday("note", "too", "late").code == Exit.REFUSED


def test_a_guardrail_halts(place: Place) -> None:
    place.write(stands="30s", guardrail="100ms")
    run = place.run()
    assert run.code() == Exit.HALTED, run.told()
    assert "breach" in run.kinds()
    assert place.clean()


@contextlib.contextmanager
def small_disk(place: Place) -> Iterator[Path]:
    """The place's store on a tmpfs of four mebibytes; mounting needs root."""
    folder = place.folder / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk needs the right to mount a tmpfs")
    place.env["GAMEDAY_STORE"] = str(folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path, name: str = "filler") -> None:
    with contextlib.suppress(OSError), (folder / name).open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_a_disk_that_fills_up_while_the_fault_stands(place: Place) -> None:
    with small_disk(place) as disk:
        place.write(stands="2s")
        run = place.run()
        run.until_said("fault")
        _fill(disk)
        (disk / ".gameday-ballast").unlink(missing_ok=True)
        _fill(disk, "more")
        run.process.wait(60)
        assert place.clean(), run.told()
        for name in ("filler", "more"):
            (disk / name).unlink()
        assert place.gameday("halt", timing=QUICK).code == Exit.HELD
        assert place.clean()


@pytest.mark.engine("toxiproxy")
def test_halt_on_a_full_disk_with_a_closed_store(make: Make, original: ProxyServer) -> None:
    place = make(original)
    with small_disk(place) as disk:
        place.write(stands="30s")
        run = place.run()
        run.until_said("fault")
        guardian = run.guardian()
        run.process.kill()
        guardian.kill()
        run.process.wait()
        (disk / ".gameday-ballast").unlink()
        _fill(disk)
        assert not place.clean()
        halted = place.gameday("halt", timing=QUICK)
        assert halted.code == Exit.HELD, halted
        assert place.clean()
