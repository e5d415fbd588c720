"""A runner that is stopped, as by Ctrl-Z or a laptop's lid: the guardian takes over, and the runner finds it so."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from support.drill_folder import eventually, stays
from support.proxy_drill import OUTAGE, Place

from gameday.errors import Exit
from gameday.timing import Timing

SHORT = Timing(quiet_period=2.0)


@pytest.mark.parametrize("fault", [OUTAGE], ids=["outage"])
def test_stopped_while_the_fault_stands(place: Place, fault: str) -> None:
    place.write(fault, stands="20s")
    run = place.run(timing=SHORT)
    run.until_said("fault")
    run.signal(signal.SIGSTOP)
    run.until_said("owner")
    eventually(place.clean, "the guardian's revert", within=5.0)
    run.signal(signal.SIGCONT)
    assert run.code() == Exit.HALTED, run.told()
    stays(place.clean, 2.0)
    run.alone()
    assert place.clean()
    assert run.kinds().count("end") == 1


def test_stopped_before_the_fault_and_woken_too_late(place: Place) -> None:
    place.write(start="3s")
    run = place.run(timing=SHORT)
    run.until_said("start")
    run.signal(signal.SIGSTOP)
    run.until_said("end")
    run.signal(signal.SIGCONT)
    assert run.code() == Exit.HALTED, run.told()
    assert "intended" not in run.kinds()
    assert place.clean()


@pytest.mark.parametrize("fault", ["latency", "outage"])
@pytest.mark.parametrize("where", ["at_owned", "at_request"])
def test_stopped_between_intent_and_request(place: Place, where: str, fault: str) -> None:
    """It wakes in the middle of its apply: the request lands, and is taken back once more."""
    if fault == "outage":
        place.write(OUTAGE)
    of = {"of": "switch_off" if fault == "outage" else "add_toxic"} if where == "at_request" else {}
    run = place.run({"at": where, "who": "run", "when": "before", "do": "stop", **of}, timing=SHORT)
    run.until_said("owner")
    eventually(place.clean, "the guardian's revert", within=5.0)
    stays(place.clean, 1.0)
    assert run.guardians(), "it goes on watching while the runner may wake"
    run.signal(signal.SIGCONT)
    assert run.code() == Exit.HALTED, run.told()
    run.alone()
    stays(place.clean, 1.0)
    assert run.kinds()[-4:] == ["reverted", "halt", "end", "phase"]


def test_halt_does_not_wait_for_a_stopped_runner(place: Place) -> None:
    place.write(stands="20s")
    run = place.run(timing=SHORT)
    run.until_said("fault")
    run.signal(signal.SIGSTOP)
    ended = place.gameday("halt", timing=SHORT)
    assert ended.code == Exit.HELD, ended
    assert place.clean()
    run.signal(signal.SIGCONT)
    assert run.code() == Exit.HALTED
    run.alone()
    assert place.clean()


def test_a_stopped_guardian_that_wakes_takes_nothing_over(place: Place, tmp_path: Path) -> None:
    place.write(stands="4s")
    run = place.run()
    run.until_said("fault")
    guardian = run.guardian()
    guardian.send_signal(signal.SIGSTOP)
    stays(place.marks, 2.0, "the fault")
    guardian.send_signal(signal.SIGCONT)
    assert run.code() == Exit.HELD, run.told()
    assert "owner" not in run.kinds()
    assert place.clean()


def test_a_guardian_that_stays_stopped_is_replaced(place: Place) -> None:
    """Else nobody would stand behind the fault when the runner goes too."""
    place.write(stands="30s")
    run = place.run(timing=SHORT)
    run.until_said("fault")
    first = run.guardian()
    first.send_signal(signal.SIGSTOP)
    run.until_said("trouble", say="the guardian was lost; another one stands")
    assert run.guardian().pid != first.pid
    run.signal(signal.SIGKILL)
    eventually(place.clean, "the second guardian's revert", within=5.0)
    run.alone()
    assert place.clean()


def test_a_store_deleted_in_mid_drill_does_not_blind_the_guardian(place: Place) -> None:
    place.write(stands="30s")
    run = place.run(timing=SHORT)
    run.until_said("fault")
    for path in run.store.parent.glob("gameday.db*"):
        path.unlink()
    run.signal(signal.SIGKILL)
    eventually(place.clean, "the guardian's revert", within=5.0)
    run.alone()
    assert place.clean()
