"""Endings of a drill that are the same for every engine: planned, halted, by a signal, killed at a chosen moment."""

from __future__ import annotations

import signal
import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from support.drill_folder import Site
from support.run_process import Run

from gameday.errors import Exit
from gameday.timing import Timing

SHORT = Timing(quiet_period=1.0)


class Figures:
    """Values of the signals of the folder; healthy until a test changes them."""

    def __init__(self) -> None:
        self.latency, self._n = 0.01, 0
        self.over = threading.Event()

    def figures(self) -> dict[str, Any]:
        self._n += 1
        return {"good": self._n, "total": self._n, "latency": self.latency, "n": 1}


class BreakableSite(Site):
    """A place with something to break. `figures`: what its signals read."""

    figures: Figures

    @abstractmethod
    def break_by(self, kind: str, **more: str) -> None:
        """Write the scenario: this fault, for as long as `stands`."""

    @abstractmethod
    def ours(self) -> list[str]:
        """Return what the drills of this place have on the engine."""


Ending = Callable[[BreakableSite, str], None]


def standing(place: BreakableSite, kind: str, stands: str = "40s", timing: Timing = SHORT, **failpoint: str) -> Run:
    """Start a drill and wait until its fault is present."""
    place.break_by(kind, stands=stands, start="0s")
    run = place.run(*([failpoint] if failpoint else []), timing=timing)
    run.wait_for_event("fault")
    assert place.ours() or failpoint.get("do") == "raise", "it bears our mark"  # what raises may have ended already
    return run


def by_itself(place: BreakableSite, kind: str) -> None:
    run = standing(place, kind, stands="1s")
    assert run.code() == Exit.NOT_HELD, run.describe()  # nobody said what has to show of it


def by_a_guardrail(place: BreakableSite, kind: str) -> None:
    run = standing(place, kind)
    place.figures.latency = 99.0
    run.wait_for_event("guardrail-breach")
    place.figures.latency = 0.01
    assert run.code() == Exit.HALTED, run.describe()


def by_stop(place: BreakableSite, kind: str) -> None:
    run = standing(place, kind)
    assert place.gameday("stop").code == Exit.HELD
    assert run.code() == Exit.HALTED, run.describe()


def by_an_exception(place: BreakableSite, kind: str) -> None:
    run = standing(place, kind, at="at_readings", who="run", do="raise")
    assert run.code() == Exit.FAILED, run.describe()


def by(*numbers: signal.Signals) -> Ending:
    def ended(place: BreakableSite, kind: str) -> None:
        run = standing(place, kind)
        run.signal(*numbers)
        assert run.code() == Exit.HALTED, run.describe()

    return ended


def killed(at: str, of: str, when: str) -> Ending:
    def ended(place: BreakableSite, kind: str) -> None:
        place.break_by(kind, stands="500ms", start="0s")
        run = place.run({"at": at, "of": of, "when": when, "who": "run", "do": "kill"}, timing=SHORT)
        assert run.code() == -signal.SIGKILL, run.describe()
        run.wait_for_guardian_exit()

    return ended


ENDINGS: Mapping[str, Ending] = {
    "end": by_itself, "guardrail": by_a_guardrail, "stop": by_stop, "exception": by_an_exception,
    "INT": by(signal.SIGINT), "TERM": by(signal.SIGTERM), "HUP": by(signal.SIGHUP),
    "INT-INT": by(signal.SIGINT, signal.SIGINT), "KILL-before-apply": killed("at_owned", "", "after"),
    "KILL-after-apply": killed("at_append", "applied", "before"),
    "KILL-in-revert": killed("at_append", "reverting", "after"),
}  # fmt: skip
"""Endings by name, in the order of the table."""
