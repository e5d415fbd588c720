"""kill -9 of the runner while fifty containers are paused: how soon the engine shows all of them as before."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.container_fleet import LABEL, MANY, Herd
from bench.container_folder import ground
from bench.figure import Figure, median_and_worst, ms, percentile
from bench.stack import until
from support.drill_folder import Site

BUDGET = 180.0
"""Seconds for all repeats: as many as fit."""
LOOK = 0.05
"""Seconds between two looks, each a listing: more often would keep the engine from the reverts."""
LIMIT = 5.0


def figures(herd: Herd) -> Iterator[Figure]:
    with ground(herd.docker.url, "kind: pause", {"labels": f"{{{LABEL}: '{herd.name}'}}"}) as site:
        give_up = time.monotonic() + BUDGET
        times: list[float] = []
        while time.monotonic() < give_up:
            times.append(_killed(site, herd))
    p99 = percentile(times, 0.99)
    yield Figure(
        f"kill -9 of the runner → {MANY} paused containers verified as before", f"p99 under {LIMIT:g} s",
        f"p99 {ms(p99)}, {median_and_worst(times)}", f"{len(times)} repeats fitted in {BUDGET / 60:g} minutes",
        len(times), p99 < LIMIT,
    )  # fmt: skip


def _killed(site: Site, herd: Herd) -> float:
    """Until the listing shows all of them running and nothing of the drill's; they are then inspected one by one."""
    before = herd.shown()
    run = site.run()
    run.wait_for_event("fault")
    if herd.all_run():
        raise RuntimeError("the fault did not stand")
    drill = run.drill
    run.process.kill()
    dead = time.monotonic()
    gone = until(lambda: herd.all_run() and not herd.holds_anything_of(drill), LOOK)
    run.process.wait()
    run.wait_for_guardian_exit()
    if herd.shown() != before:
        raise RuntimeError("not as before, or the fault came back after its revert was verified")
    return gone - dead
