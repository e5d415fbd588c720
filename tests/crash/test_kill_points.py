"""KILL at every durable write of apply and revert, and before and after every request: the proxy is as before."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.drill_folder import assert_stays, eventually
from support.proxy_drill import LATENCY, OUTAGE, Place

from gameday.errors import Exit
from gameday.timing import Timing

SHORT = Timing(quiet_period=2.0)
FAULTS = {"latency": LATENCY, "outage": OUTAGE}

APPENDS = [
    "intended",
    "applied",
    "fault",
    "phase reverting",
    "reverting",
    "fault-reverted",
    "reverted",
    "end",
    "phase done",
]
REQUESTS = ["add_toxic", "remove_toxic", "switch_off", "switch_on"]
PLACES = [("at_append", of) for of in APPENDS] + [("at_request", of) for of in REQUESTS]
KILLS = int(os.environ.get("GAMEDAY_KILLS", "6"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("at", "of"), PLACES, ids=[of for _, of in PLACES])
def test_sigkill_of_runner_at_each_durable_step_leaves_proxy_clean(place: Place, at: str, of: str, when: str) -> None:
    place.write(OUTAGE if of.startswith("switch") else LATENCY, stands="600ms")
    run = place.run({"at": at, "who": "run", "when": when, "do": "kill", "of": of}, timing=SHORT)
    assert run.code() == -signal.SIGKILL, run.describe()
    run.wait_for_guardian_exit()
    assert place.clean(), run.describe()
    assert place.gameday("halt").code == Exit.HELD
    assert place.clean()
    assert run.kinds().count("end") == 1


@pytest.mark.parametrize("of", ["takeover", "reverting", "fault-reverted", "end"])
def test_sigkill_of_guardian_during_takeover_leaves_halt_to_revert(place: Place, of: str) -> None:
    place.write(stands="20s")
    run = place.run({"at": "at_append", "who": "guardian", "when": "after", "do": "kill", "of": of}, timing=SHORT)
    run.wait_for_event("fault")
    run.signal(signal.SIGKILL)
    run.wait_for_guardian_exit()
    assert place.gameday("halt", timing=SHORT).code == Exit.HELD
    assert place.clean()
    assert run.kinds().count("end") == 1


@pytest.mark.parametrize("number", range(KILLS // 2))
def test_sigkill_at_random_moments_leaves_proxy_clean(place: Place, number: int) -> None:
    """Runner, guardian, both, or both and then the next command: zero leaks, or it says dirty."""
    draw = random.Random(f"{number} {place.server.ours}")
    place.write(FAULTS[draw.choice(sorted(FAULTS))], stands="1s", start="0ms..300ms")
    run = place.run(timing=SHORT)
    run.wait_for_event(draw.choice(["start", "intended", "applied", "fault", "effect", "reverting"]))
    assert_stays(lambda: True, draw.uniform(0.0, 0.4))
    for victim in draw.choice([["runner"], ["guardian"], ["runner", "guardian"], ["guardian", "runner"]]):
        _kill(run, victim)
    run.process.wait(60)
    halted = place.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD, halted
    assert place.clean(), run.describe()
    assert run.kinds().count("end") == 1, run.describe()


def _kill(run: Any, victim: str) -> None:
    if victim == "runner":
        run.process.kill()
        return
    for guardian in run.guardians():
        try:
            guardian.kill()
        except psutil.NoSuchProcess:
            continue


def test_exception_in_loop_exits_failed_and_reverts(place: Place) -> None:
    place.write(stands="20s")
    run = place.run({"at": "at_readings", "who": "run", "do": "raise"})
    assert run.code() == Exit.FAILED, run.describe()
    assert place.clean()
    assert "problem" in run.kinds()


def test_run_after_killed_run_succeeds(place: Place, tmp_path: Path) -> None:
    place.write()
    first = place.run()
    first.wait_for_event("fault")
    first.signal(signal.SIGKILL)
    eventually(lambda: "end" in first.kinds(), "the guardian's end")
    second = place.run()
    assert second.code() == Exit.HELD, second.describe()
    assert place.clean()
