"""INT, TERM, HUP, and a second one while everything is put back: the runner ends in order, the proxy is as before."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from support.proxy_drill import OUTAGE, Place
from support.run_process import Run

from gameday.errors import Exit

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
MOMENTS: dict[str, Callable[[Run], None]] = {
    "starting": lambda run: run.until(lambda: run.process.poll() is None and "drill gd-" in run.out, "its name"),
    "preflight": lambda run: run.until_said("phase", after="preflight"),
    "delay": lambda run: run.until_said("start"),
    "standing": lambda run: run.until_said("fault"),
    "reverting": lambda run: run.until_said("reverting"),
}


def test_a_drill_that_nobody_disturbs(place: Place) -> None:
    run = place.run()
    run.until_said("fault")
    assert place.marks()
    assert run.code() == Exit.HELD, run.told()
    assert place.clean()
    assert not run.guardians()
    assert f"review  not drafted (--no-review). Draft it: gameday review {run.drill}\n" in run.out
    assert not list(place.folder.rglob("*.md"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("moment", [moment for moment in MOMENTS if moment != "reverting"])
def test_a_signal_ends_the_drill_in_order(place: Place, moment: str, name: str) -> None:
    place.write(start="700ms" if moment == "delay" else "0s", stands="20s")
    run = place.run()
    MOMENTS[moment](run)
    run.signal(getattr(signal, name))
    assert run.code() == Exit.HALTED, run.told()
    assert place.clean()
    assert not run.guardians()
    assert run.kinds()[-2:] == ["end", "phase"] or moment == "starting"


@pytest.mark.parametrize("fault", [OUTAGE], ids=["outage"])
@pytest.mark.parametrize("second", ["at-once", "reverting"])
def test_a_second_signal_hurries_nothing_and_skips_nothing(place: Place, fault: str, second: str) -> None:
    place.write(fault, stands="20s")
    run = place.run()
    run.until_said("fault")
    run.signal(signal.SIGINT)
    if second == "reverting":
        run.until_said("reverting")
    run.signal(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    assert run.code() == Exit.HALTED, run.told()
    assert place.clean()


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_while_the_drill_ends_by_itself(place: Place, name: str) -> None:
    """Too late to halt anything, and in nobody's way."""
    run = place.run()
    run.until_said("reverting")
    run.signal(getattr(signal, name))
    assert run.code() in (Exit.HELD, Exit.HALTED), run.told()
    assert place.clean()
