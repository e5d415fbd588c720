"""The desk as a process of its own, on a drill that nobody runs: the facilitator's view, all of its signals drawn."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from typing_extensions import override

from gameday.boards.playback import read_recorded_plan
from gameday.clock import SystemClock
from gameday.drill.control.client import DrillClient
from gameday.store.sqlite import Store
from gameday.terminal.desk.app import Desk, DeskConfig
from gameday.terminal.glyphs import select_glyphs


class Faster(SystemClock):
    """Goes so many times as fast as the machine's own, from `zero` on."""

    def __init__(self, zero: float, speed: float) -> None:
        self._zero = zero
        self._speed = speed

    @override
    def monotonic(self) -> float:
        return self._zero + (time.monotonic() - self._zero) * self._speed


def main() -> None:
    """Run as `python desk_process.py STORE DRILL ZERO SPEED`."""
    store, drill = Store(Path(sys.argv[1])), sys.argv[2]
    clock = Faster(float(sys.argv[3]), float(sys.argv[4]))
    link = DrillClient(drill, Path(os.devnull), "a facilitator's")
    glyphs = select_glyphs(sys.stdout.encoding, os.environ)
    plan = read_recorded_plan(store.events(drill))
    Desk(
        DeskConfig(plan, store, link, clock, glyphs, lambda: False, lambda _: None, lambda _: None, private=True)
    ).run()


if __name__ == "__main__":
    main()
