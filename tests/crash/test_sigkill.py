"""KILL of the runner, of the guardian, of both: what stands behind a fault when nobody is left."""

from __future__ import annotations

import pytest
from support.drill_folder import assert_stays, eventually
from support.proxy_drill import LATENCY, OUTAGE, Make, Place, ProxyServer

from gameday.errors import Exit
from gameday.timing import Timing

LEASE = 4.0
"""Seconds: more than the runner takes between two renewals."""
FAULTS = pytest.mark.parametrize("fault", [LATENCY, OUTAGE], ids=["latency", "outage"])


@FAULTS
def test_sigkill_of_runner_reverts_by_guardian(place: Place, fault: str) -> None:
    place.write(fault, stands="20s")
    run = place.run()
    run.wait_for_event("fault")
    run.process.kill()
    eventually(place.clean, "the guardian's revert", within=3.0)
    run.wait_for_event("end", reason="halted")
    run.wait_for_guardian_exit()
    assert place.clean()
    ended = place.gameday("halt")
    assert (ended.code, ended.out) == (Exit.HELD, "Nothing is outstanding.\n")


def test_each_killed_guardian_is_replaced(place: Place) -> None:
    """Another one stands; the drill goes on and ends clean."""
    place.write(stands="6s")
    run = place.run()
    run.wait_for_event("fault")
    for n in (1, 2):
        run.guardian().kill()
        run.until(lambda n=n: run.kinds().count("problem") == n, "another guardian")
    assert run.code() == Exit.HELD, run.describe()
    assert place.clean()
    assert not run.guardians()


def test_sigkill_of_guardian_then_runner_reverts_by_next_guardian(place: Place) -> None:
    place.write(stands="20s")
    run = place.run()
    run.wait_for_event("fault")
    run.guardian().kill()
    run.wait_for_event("problem")
    run.process.kill()
    eventually(place.clean, "the next guardian's revert", within=3.0)
    run.wait_for_guardian_exit()


def test_sigkill_of_guardian_during_reverts_ends_clean(place: Place) -> None:
    run = place.run()
    run.wait_for_event("fault")
    guardian = run.guardian()
    run.wait_for_event("reverting")
    guardian.kill()
    assert run.code() in (Exit.HELD, Exit.HALTED), run.describe()
    assert place.clean()
    run.wait_for_guardian_exit()


def both(place: Place, fault: str) -> None:
    place.write(fault, stands="60s")
    run = place.run(timing=Timing(max_lease=LEASE))
    run.wait_for_event("fault")
    run.kill_all()


@FAULTS
def test_sigkill_of_both_ends_fault_by_its_lease(make: Make, ours: ProxyServer, fault: str) -> None:
    place = make(ours)
    both(place, fault)
    eventually(place.clean, "the lease's end", within=LEASE + 2.0)
    ended = place.gameday("halt", timing=Timing(quiet_period=1.0))
    assert ended.code == Exit.HELD, ended
    assert place.clean()


@pytest.mark.engine("toxiproxy")
@FAULTS
@pytest.mark.parametrize("command", ["halt", "stop", "run"])
def test_sigkill_of_both_on_toxiproxy_reverts_by_next_command(
    make: Make, original: ProxyServer, fault: str, command: str
) -> None:
    place = make(original)
    both(place, fault)
    assert_stays(lambda: not place.clean(), 2.0, "the fault")
    if command == "run":
        place.write()
        again = place.run()
        again.wait_for_event("start")
        assert "reverting its faults" in again.err
        assert again.code() == Exit.HELD, again.describe()
    else:
        ended = place.gameday(command)
        assert ended.code == Exit.HELD, ended
        assert "all faults reverted" in ended.err
    assert place.clean()
    assert place.gameday("halt").out == "Nothing is outstanding.\n"


@pytest.mark.engine("toxiproxy")
def test_halt_without_store_and_journal_is_dirty_and_suggests_sweep(make: Make, original: ProxyServer) -> None:
    place = make(original)
    both(place, LATENCY)
    for path in (*place.runs[-1].store.parent.glob("gameday.db*"), *place.runtime.glob("*.journal")):
        path.unlink()
    ended = place.gameday("halt")
    assert ended.code == Exit.DIRTY and "gameday halt --sweep" in ended.err, ended
    swept = place.gameday("halt", "--sweep", place.name, "--yes")
    assert swept.code == Exit.HELD and place.clean(), swept
    assert place.gameday("halt").code == Exit.HELD


def test_adjusted_fault_reverts_to_state_before_first_apply(place: Place) -> None:
    place.write(f"{LATENCY}, adjust: {{delay: 100ms..800ms}}", stands="60s")
    run = place.run()
    run.wait_for_event("fault")
    private = place.gameday("facilitate", "private", "a note", GAMEDAY_TOKEN="abcdefghij")
    assert private.code == Exit.HELD, "the token of an earlier drill is in nobody's way"
    assert place.gameday("facilitate", "adjust", "900ms").code == Exit.BAD_INPUT, "outside the scenario's range"
    for turn, to in enumerate(("300ms", "400ms"), 2):
        assert place.gameday("facilitate", "adjust", to).code == Exit.HELD
        run.until(lambda turn=turn: run.kinds().count("fault") == turn, "the adjustment")
    run.until(lambda: run.kinds().count("fault-reverted") == 2, "the ones before")
    assert len(place.marks()) == 1 and "lapsed" not in run.kinds()
    run.process.kill()
    eventually(place.clean, "the guardian's revert", within=5.0)
    run.wait_for_guardian_exit()
    assert place.clean()
