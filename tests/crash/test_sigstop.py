"""A runner that is stopped, as by Ctrl-Z or a laptop's lid: the guardian takes over, and the runner finds it so."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from support.drill_folder import assert_stays, eventually
from support.proxy_drill import OUTAGE, Place

from gameday.errors import Exit
from gameday.timing import Timing

SHORT = Timing(quiet_period=2.0)


@pytest.mark.parametrize("fault", [OUTAGE], ids=["outage"])
def test_sigstop_while_fault_active_reverts_by_guardian(place: Place, fault: str) -> None:
    place.write(fault, stands="20s")
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    run.signal(signal.SIGSTOP)
    run.wait_for_event("takeover")
    eventually(place.clean, "the guardian's revert", within=5.0)
    run.signal(signal.SIGCONT)
    assert run.code() == Exit.HALTED, run.describe()
    assert_stays(place.clean, 2.0)
    run.wait_for_guardian_exit()
    assert place.clean()
    assert run.kinds().count("end") == 1


def test_runner_resumed_after_takeover_applies_nothing(place: Place) -> None:
    place.write(start="3s")
    run = place.run(timing=SHORT)
    run.wait_for_event("start")
    run.signal(signal.SIGSTOP)
    run.wait_for_event("end")
    run.signal(signal.SIGCONT)
    assert run.code() == Exit.HALTED, run.describe()
    assert "intended" not in run.kinds()
    assert place.clean()


@pytest.mark.parametrize("fault", ["latency", "outage"])
@pytest.mark.parametrize("where", ["at_owned", "at_request"])
def test_sigstop_between_intent_and_request_reverts_the_late_apply(place: Place, where: str, fault: str) -> None:
    """It wakes in the middle of its apply: the request lands, and is taken back once more."""
    if fault == "outage":
        place.write(OUTAGE)
    of = {"of": "switch_off" if fault == "outage" else "add_toxic"} if where == "at_request" else {}
    run = place.run({"at": where, "who": "run", "when": "before", "do": "stop", **of}, timing=SHORT)
    run.wait_for_event("takeover")
    eventually(place.clean, "the guardian's revert", within=5.0)
    assert_stays(place.clean, 1.0)
    assert run.guardians(), "it goes on watching while the runner may wake"
    run.signal(signal.SIGCONT)
    assert run.code() == Exit.HALTED, run.describe()
    run.wait_for_guardian_exit()
    assert_stays(place.clean, 1.0)
    assert run.kinds()[-4:] == ["reverted", "halt", "end", "phase"]


def test_halt_reverts_while_runner_is_stopped(place: Place) -> None:
    place.write(stands="20s")
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    run.signal(signal.SIGSTOP)
    ended = place.gameday("halt", timing=SHORT)
    assert ended.code == Exit.HELD, ended
    assert place.clean()
    run.signal(signal.SIGCONT)
    assert run.code() == Exit.HALTED
    run.wait_for_guardian_exit()
    assert place.clean()


def test_resumed_guardian_takes_nothing_over(place: Place, tmp_path: Path) -> None:
    place.write(stands="4s")
    run = place.run()
    run.wait_for_event("fault")
    guardian = run.guardian()
    guardian.send_signal(signal.SIGSTOP)
    assert_stays(place.marks, 2.0, "the fault")
    guardian.send_signal(signal.SIGCONT)
    assert run.code() == Exit.HELD, run.describe()
    assert "takeover" not in run.kinds()
    assert place.clean()


def test_stopped_guardian_is_replaced(place: Place) -> None:
    """Else nobody would stand behind the fault when the runner goes too."""
    place.write(stands="30s")
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    first = run.guardian()
    first.send_signal(signal.SIGSTOP)
    run.wait_for_event("problem", text="the guardian was lost; another one was started")
    assert run.guardian().pid != first.pid
    run.signal(signal.SIGKILL)
    eventually(place.clean, "the second guardian's revert", within=5.0)
    run.wait_for_guardian_exit()
    assert place.clean()


def test_guardian_reverts_after_store_was_deleted(place: Place) -> None:
    place.write(stands="30s")
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    for path in run.store.parent.glob("gameday.db*"):
        path.unlink()
    run.signal(signal.SIGKILL)
    eventually(place.clean, "the guardian's revert", within=5.0)
    run.wait_for_guardian_exit()
    assert place.clean()


def test_halt_reverts_beside_a_suspended_guardian_of_a_dead_runner(place: Place) -> None:
    """It listens on, though halt has reverted and closed its drill."""
    place.write(stands="30s")
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    guardian = run.guardian()
    guardian.send_signal(signal.SIGSTOP)
    run.signal(signal.SIGKILL)
    halted = place.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD and place.clean(), halted
    assert "all faults reverted" in halted.out + halted.err and "records are gone" not in halted.err, halted
    run.wait_for_guardian_exit()


def test_halt_ends_the_suspended_guardian_of_a_closed_drill(place: Place) -> None:
    """Another command has reverted what it left, so its files are removed, and halt has nothing to do."""
    place.write(stands="30s")
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    run.guardian().send_signal(signal.SIGSTOP)
    run.signal(signal.SIGKILL)
    place.gameday("status", timing=SHORT)
    assert "end" in run.kinds() and place.clean() and run.guardians()
    halted = place.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD and "Nothing is outstanding" in halted.out, halted
    assert f"{run.drill}: its guardian was suspended" in halted.err, halted
    run.wait_for_guardian_exit()
