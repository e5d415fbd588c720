"""Time until all faults are reverted: after a guardrail breach, and after the runner was killed."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator

from bench.figure import Figure, median_and_worst
from bench.stack import ProxyWatch, Stack, stack, until

RUNS = 30


def figures() -> Iterator[Figure]:
    """Measure the worst of 30 reverts for each ending, with signals at 10/s."""
    with stack() as place:
        place.set_period("100ms")
        breached = [_breached(place) for _ in range(RUNS)]
        yield _figure("guardrail breached → revert verified, signals at 10/s", 1.0, breached)
        killed = [_killed(place) for _ in range(RUNS)]
        yield _figure("kill -9 of the runner → revert verified", 2.0, killed)


def _figure(what: str, limit: float, times: list[float]) -> Figure:
    return Figure(what, f"worst of {RUNS} under {limit:g} s", median_and_worst(times), "", RUNS, max(times) < limit)


def _breached(place: Stack) -> float:
    """From the moment at which the neighbour suffers; the 200 ms that the guardrail gives it are in it."""
    with place.start_rehearsal("long.yaml") as process:
        watch = place.watch()
        _standing(process, watch)
        bad = time.monotonic()
        place.neighbour(0.5)
        gone = watch.wait_until(clean=True)
        said = process.communicate()[0]
    place.neighbour(1.0)
    if process.returncode != 4:
        raise RuntimeError(f"the guardrail did not halt the drill: it ended with {process.returncode}\n{said}")
    return gone - bad


def _killed(place: Stack) -> float:
    with place.start_rehearsal("long.yaml") as process:
        watch = place.watch()
        _standing(process, watch)
        process.send_signal(signal.SIGKILL)
        dead = time.monotonic()
        gone = watch.wait_until(clean=True)
        process.communicate()
    _guardian_gone(place)
    if not watch.is_clean():
        raise RuntimeError("the fault came back after its revert was verified")
    return gone - dead


def _standing(process: subprocess.Popen[str], watch: ProxyWatch) -> None:
    """Wait until the drill has read its fault back, and has begun to watch: it says so on a line of its own."""
    watch.wait_until(clean=False)
    assert process.stdout is not None
    for line in process.stdout:
        if "IMPACT" in line:
            return
    raise RuntimeError("the drill ended before its fault had an effect")


def _guardian_gone(place: Stack) -> None:
    """Until the guardian has closed the drill: the next one would be refused before."""
    from gameday.store.sqlite import Store

    store = Store(place.folder / "store" / "gameday.db")
    try:
        until(lambda: not store.unfinished())
    finally:
        store.close()
