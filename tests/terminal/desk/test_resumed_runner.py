"""A runner that was suspended until its guardian took over, and then resumed: every message is true."""

from __future__ import annotations

import os
import signal

import pytest
from support.drill_folder import eventually, timing_env
from support.facilitated_drill import kinds, store_of
from support.proxy_drill import Place
from support.pty_terminal import Terminal

from gameday.errors import Exit
from gameday.timing import Timing

pytestmark = pytest.mark.starts_processes

WATCHED = Timing(quiet_period=12.0)
"""Its guardian watches long enough for a screen to ask about it."""


def test_screen_reports_a_runner_that_resumed_after_the_guardian_took_over(place: Place) -> None:
    env = {**place.env, "LANG": "C.UTF-8", **timing_env(WATCHED)}
    desk = Terminal(["run", "late.yaml"], place.folder, env)
    try:
        desk.until("Press b to start")
        desk.asked("b", "Start the drill?", "y")
        eventually(lambda: "effect" in kinds(place), "the fault")
        pid = runner(place)
        os.kill(pid, signal.SIGSTOP)
        eventually(lambda: "reverting" in kinds(place), "the guardian")
        os.kill(pid, signal.SIGCONT)
        desk.until("REVERTING")
        desk.until("The runner has ended")
        told = place.gameday("status")
        assert "its guardian reverts all faults" in told.err and "No drill is running" not in told.out
        desk.until("verifies that none comes back")
        desk.until("Drill over. All faults removed.")
        assert kinds(place).count("takeover") == 1, "nobody else was called"
        assert place.clean()
        desk.asked("q", "Close this screen", "y")
        assert desk.code() == Exit.HALTED, desk.shown
    finally:
        desk.end()


def runner(place: Place) -> int:
    with store_of(place) as store:
        owner = store.owner(store.drills()[-1])
        assert owner is not None
        return owner.pid
