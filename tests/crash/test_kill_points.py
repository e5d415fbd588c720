"""KILL at every durable write of apply and revert, and before and after every request: the proxy is as before."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.drill_folder import eventually, stays
from support.proxy_drill import LATENCY, OUTAGE, Place

from gameday.errors import Exit
from gameday.timing import Timing

SHORT = Timing(quiet_period=2.0)
FAULTS = {"latency": LATENCY, "outage": OUTAGE}

APPENDS = ["intended", "applied", "fault", "phase reverting", "reverting", "gone", "reverted", "end", "phase done"]
REQUESTS = ["add_toxic", "remove_toxic", "switch_off", "switch_on"]
PLACES = [("at_append", of) for of in APPENDS] + [("at_request", of) for of in REQUESTS]
KILLS = int(os.environ.get("GAMEDAY_KILLS", "6"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("at", "of"), PLACES, ids=[of for _, of in PLACES])
def test_the_runner_dies_at_a_boundary(place: Place, at: str, of: str, when: str) -> None:
    place.write(OUTAGE if of.startswith("switch") else LATENCY, stands="300ms")
    run = place.run({"at": at, "who": "run", "when": when, "do": "kill", "of": of}, timing=SHORT)
    assert run.code() == -signal.SIGKILL, run.told()
    run.alone()
    assert place.clean(), run.told()
    assert place.gameday("halt").code == Exit.HELD
    assert place.clean()
    assert run.kinds().count("end") == 1


@pytest.mark.parametrize("of", ["owner", "reverting", "gone", "end"])
def test_the_guardian_dies_too_while_it_takes_over_and_halt_ends_it(place: Place, of: str) -> None:
    place.write(stands="20s")
    run = place.run({"at": "at_append", "who": "guardian", "when": "after", "do": "kill", "of": of}, timing=SHORT)
    run.until_said("fault")
    run.signal(signal.SIGKILL)
    run.alone()
    assert place.gameday("halt", timing=SHORT).code == Exit.HELD
    assert place.clean()
    assert run.kinds().count("end") == 1


@pytest.mark.parametrize("number", range(KILLS // 2))
def test_killed_at_random(place: Place, number: int) -> None:
    """Runner, guardian, both, or both and then the next command: zero leaks, or it says dirty."""
    draw = random.Random(f"{number} {place.server.ours}")
    place.write(FAULTS[draw.choice(sorted(FAULTS))], stands="1s", start="0ms..300ms")
    run = place.run(timing=SHORT)
    run.until_said(draw.choice(["start", "intended", "applied", "fault", "effect", "reverting"]))
    stays(lambda: True, draw.uniform(0.0, 0.4))
    for victim in draw.choice([["runner"], ["guardian"], ["runner", "guardian"], ["guardian", "runner"]]):
        _kill(run, victim)
    run.process.wait(60)
    halted = place.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD, halted
    assert place.clean(), run.told()
    assert run.kinds().count("end") == 1, run.told()


def _kill(run: Any, victim: str) -> None:
    if victim == "runner":
        run.process.kill()
        return
    for guardian in run.guardians():
        try:
            guardian.kill()
        except psutil.NoSuchProcess:
            continue


def test_an_error_in_the_loop_is_ours_and_all_is_put_back(place: Place) -> None:
    place.write(stands="20s")
    run = place.run({"at": "at_look", "who": "run", "do": "raise"})
    assert run.code() == Exit.FAILED, run.told()
    assert place.clean()
    assert "trouble" in run.kinds()


def test_after_all_this_a_run_is_a_run(place: Place, tmp_path: Path) -> None:
    place.write()
    first = place.run()
    first.until_said("fault")
    first.signal(signal.SIGKILL)
    eventually(lambda: "end" in first.kinds(), "the guardian's end")
    second = place.run()
    assert second.code() == Exit.HELD, second.told()
    assert place.clean()
