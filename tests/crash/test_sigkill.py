"""KILL of the runner, of the guardian, of both: what stands behind a fault when nobody is left."""

from __future__ import annotations

import pytest
from support.drill_folder import eventually, stays
from support.proxy_drill import LATENCY, OUTAGE, Make, Place, ProxyServer

from gameday.errors import Exit
from gameday.injectors.toxiproxy.planning import LEASE
from gameday.timing import Timing

FAULTS = pytest.mark.parametrize("fault", [LATENCY, OUTAGE], ids=["latency", "outage"])


@FAULTS
def test_the_runner(place: Place, fault: str) -> None:
    place.write(fault, stands="20s")
    run = place.run()
    run.until_said("fault")
    run.process.kill()
    eventually(place.clean, "the guardian's revert", within=3.0)
    run.until_said("end", reason="halted")
    run.alone()
    assert place.clean()
    ended = place.gameday("halt")
    assert (ended.code, ended.out) == (Exit.HELD, "Nothing is outstanding.\n")


def test_the_guardian_and_the_next_one(place: Place) -> None:
    """Another one stands; the drill goes on and ends clean."""
    place.write(stands="6s")
    run = place.run()
    run.until_said("fault")
    for n in (1, 2):
        run.guardian().kill()
        run.until(lambda n=n: run.kinds().count("trouble") == n, "another guardian")
    assert run.code() == Exit.HELD, run.told()
    assert place.clean()
    assert not run.guardians()


def test_the_guardian_and_then_the_runner(place: Place) -> None:
    place.write(stands="20s")
    run = place.run()
    run.until_said("fault")
    run.guardian().kill()
    run.until_said("trouble")
    run.process.kill()
    eventually(place.clean, "the next guardian's revert", within=3.0)
    run.alone()


def test_the_guardian_while_everything_is_put_back(place: Place) -> None:
    run = place.run()
    run.until_said("fault")
    guardian = run.guardian()
    run.until_said("reverting")
    guardian.kill()
    assert run.code() in (Exit.HELD, Exit.HALTED), run.told()
    assert place.clean()
    run.alone()


def both(place: Place, fault: str) -> None:
    place.write(fault, stands="60s")
    run = place.run()
    run.until_said("fault")
    guardian = run.guardian()
    guardian.kill()
    run.process.kill()
    run.process.wait()


@FAULTS
def test_both_on_ours_it_ends_by_itself(make: Make, ours: ProxyServer, fault: str) -> None:
    place = make(ours)
    both(place, fault)
    eventually(place.clean, "the lease's end", within=LEASE + 1.0)
    ended = place.gameday("halt", timing=Timing(quiet_period=1.0))
    assert ended.code == Exit.HELD, ended
    assert place.clean()


@pytest.mark.engine("toxiproxy")
@FAULTS
@pytest.mark.parametrize("command", ["halt", "stop", "run"])
def test_both_on_the_original_it_stands_until_the_next_command(
    make: Make, original: ProxyServer, fault: str, command: str
) -> None:
    place = make(original)
    both(place, fault)
    stays(lambda: not place.clean(), 2.0, "the fault")
    if command == "run":
        place.write()
        again = place.run()
        again.until_said("start")
        assert "putting back what it left" in again.err
        assert again.code() == Exit.HELD, again.told()
    else:
        ended = place.gameday(command)
        assert ended.code == Exit.HELD, ended
        assert "every fault is taken back" in ended.err
    assert place.clean()
    assert place.gameday("halt").out == "Nothing is outstanding.\n"


@pytest.mark.engine("toxiproxy")
def test_both_and_the_store_halt_does_not_say_clean_and_names_the_sweep(make: Make, original: ProxyServer) -> None:
    place = make(original)
    both(place, LATENCY)
    for path in place.runs[-1].store.parent.glob("gameday.db*"):
        path.unlink()
    ended = place.gameday("halt")
    assert ended.code == Exit.DIRTY and "gameday halt --sweep" in ended.err, ended
    swept = place.gameday("halt", "--sweep", place.name, "--yes")
    assert swept.code == Exit.HELD and place.clean(), swept
    assert place.gameday("halt").code == Exit.HELD


def test_an_adjusted_fault_is_reverted_to_what_was_before_the_first(place: Place) -> None:
    place.write(f"{LATENCY}, adjust: {{delay: 100ms..800ms}}", stands="60s")
    run = place.run()
    run.until_said("fault")
    private = place.gameday("facilitate", "private", "a note", GAMEDAY_TOKEN="abcdefghij")
    assert private.code == Exit.HELD, "the token of an earlier drill is in nobody's way"
    assert place.gameday("facilitate", "adjust", "900ms").code == Exit.REFUSED, "outside the scenario's range"
    for turn, to in enumerate(("300ms", "400ms"), 2):
        assert place.gameday("facilitate", "adjust", to).code == Exit.HELD
        run.until(lambda turn=turn: run.kinds().count("fault") == turn, "the adjustment")
    run.until(lambda: run.kinds().count("gone") == 2, "the ones before")
    assert len(place.marks()) == 1 and "lapsed" not in run.kinds()
    run.process.kill()
    eventually(place.clean, "the guardian's revert", within=5.0)
    run.alone()
    assert place.clean()
