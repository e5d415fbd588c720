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
    "preflight": lambda run: run.wait_for_event("phase", after="preflight"),
    "delay": lambda run: run.wait_for_event("start"),
    "standing": lambda run: run.wait_for_event("fault"),
    "reverting": lambda run: run.wait_for_event("reverting"),
}


def test_undisturbed_drill_ends_clean(place: Place) -> None:
    run = place.run()
    run.wait_for_event("fault")
    assert place.marks()
    assert run.code() == Exit.HELD, run.describe()
    assert place.clean()
    assert not run.guardians()
    assert f"review  not drafted (--no-review). Draft it: gameday review {run.drill}\n" in run.out
    assert not list(place.folder.rglob("*.md"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("moment", [moment for moment in MOMENTS if moment != "reverting"])
def test_termination_signal_reverts_and_ends_the_drill(place: Place, moment: str, name: str) -> None:
    place.write(start="700ms" if moment == "delay" else "0s", stands="20s")
    run = place.run()
    MOMENTS[moment](run)
    run.signal(getattr(signal, name))
    assert run.code() == Exit.HALTED, run.describe()
    assert place.clean()
    assert not run.guardians()
    assert run.kinds()[-2:] == ["end", "phase"] or moment == "starting"


@pytest.mark.parametrize("fault", [OUTAGE], ids=["outage"])
@pytest.mark.parametrize("second", ["at-once", "reverting"])
def test_second_signal_during_reverts_skips_nothing(place: Place, fault: str, second: str) -> None:
    place.write(fault, stands="20s")
    run = place.run()
    run.wait_for_event("fault")
    run.signal(signal.SIGINT)
    if second == "reverting":
        run.wait_for_event("reverting")
    run.signal(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    assert run.code() == Exit.HALTED, run.describe()
    assert place.clean()


@pytest.mark.parametrize("name", NAMES)
def test_signal_while_drill_is_closing_ends_clean(place: Place, name: str) -> None:
    """Too late to halt anything, and in nobody's way."""
    run = place.run()
    run.wait_for_event("reverting")
    run.signal(getattr(signal, name))
    assert run.code() in (Exit.HELD, Exit.HALTED), run.describe()
    assert place.clean()
