"""Faults on a real cluster with simulated pods, beside chaostoolkit-kubernetes and krkn: many objects, a kill -9."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import pytest
from bench import cluster_leftovers
from bench.cluster_fleet import DEPLOYMENTS, KILLED, PODS, Fleet, fleet
from bench.cluster_peer import KRKN, NAME, krkn, ours, peer
from bench.container_folder import drill_folder
from bench.figure import Figure, median_and_worst, ms, percentile
from bench.stack import until
from support.drill_folder import Site
from support.kubernetes import cluster_here

ROUNDS = 5
RATIO = 0.5
KILLS = 10
LOOK_S = 0.1
"""Seconds between two looks, each a listing."""
Measure = Callable[[], tuple[float, float]]
MIB = 1024 * 1024
KILL_P99_S, GUARDIAN_MIB = 2.0, 90


def figures() -> Iterator[Figure]:
    """None where no cluster answers."""
    try:
        kubectl = cluster_here()
    except pytest.skip.Exception as why:
        print(f"kubernetes: not taken: {why}", file=sys.stderr)
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with fleet(kubectl) as made, tempfile.TemporaryDirectory(prefix="gameday-bench-") as name:
        yield _beside_peers(made, Path(name), "kill", f"`kill` of {KILLED} of {PODS} simulated pods")
        yield _beside_peers(made, Path(name), "scale", f"`scale` of {DEPLOYMENTS} Deployments, owners handed back")
        yield _sigkill(made)
        yield _guardian_memory(made)
        yield from cluster_leftovers.figures(made)


def _beside_peers(made: Fleet, folder: Path, kind: str, title: str) -> Figure:
    """Time whole processes in turns, each with its own import, as a command has it."""
    measures: dict[str, Measure] = {"": partial(ours, made, folder, kind), NAME: partial(peer, made, folder, kind)}
    if kind == "kill":
        measures[KRKN] = partial(krkn, made, folder)
    settle = made.wait_ready if kind == "kill" else made.restore
    rounds = [{name: _settled(measure, settle) for name, measure in measures.items()} for _ in range(ROUNDS)]
    times = {name: tuple(map(median, zip(*(each[name] for each in rounds), strict=True))) for name in measures}
    own, own_calls = times.pop("")
    fastest, fastest_calls = (min(each[column] for each in times.values()) for column in (0, 1))
    return Figure(
        f"{title}: the whole process", f"at most {RATIO} of the {'faster' if len(times) > 1 else 'peer'}'s",
        f"median {ms(own)}, ratio {own / fastest:.2f}; its calls alone {ms(own_calls)}, "
        f"{own_calls / fastest_calls:.2f}",
        "; ".join(f"{name} {ms(each[0])}, its calls alone {ms(each[1])}" for name, each in times.items()),
        ROUNDS, own <= RATIO * fastest,
    )  # fmt: skip


def _settled(measure: Measure, settle: Callable[[], None]) -> tuple[float, float]:
    measured = measure()
    settle()
    return measured


def _sigkill(made: Fleet) -> Figure:
    """kill -9 of the runner while all Deployments are scaled to 0: how soon all are as before, owners too."""
    times: list[float] = []
    with _folder(made) as site:
        for _ in range(KILLS):
            before = made.deployments()
            run = site.run()
            run.wait_for_event("fault")
            run.process.kill()
            dead = time.monotonic()
            times.append(until(partial(_is_as_before, made, before), LOOK_S) - dead)
            run.process.wait()
            run.wait_for_guardian_exit()
            made.wait_ready()
    p99 = percentile(times, 0.99)
    return Figure(
        f"kill -9 of the runner → {DEPLOYMENTS} scaled Deployments as before, owners too",
        f"p99 under {KILL_P99_S:g} s", f"p99 {ms(p99)}, {median_and_worst(times)}", "", len(times), p99 < KILL_P99_S,
    )  # fmt: skip


def _is_as_before(made: Fleet, before: Mapping[str, Any]) -> bool:
    return made.deployments() == before


def _guardian_memory(made: Fleet) -> Figure:
    """Memory of `gameday guardian` after its first look, with the SDK loaded."""
    with _folder(made) as site:
        ready = site.folder / "ready"
        command = [sys.executable, "-m", "gameday", "guardian", "--env", "bench", "--ready-file", str(ready)]
        with subprocess.Popen(command, cwd=site.folder, env=site.env) as process:
            until(ready.exists, LOOK_S)
            used = psutil.Process(process.pid).memory_info().rss / MIB
            process.terminate()
    return Figure(
        "`gameday guardian` of an environment, after its first look: resident memory", f"under {GUARDIAN_MIB} MiB",
        f"{used:.0f} MiB", "", 1, used < GUARDIAN_MIB,
    )  # fmt: skip


def _folder(made: Fleet) -> AbstractContextManager[Site]:
    target = ", ".join(f"{key}: {json.dumps(value)}" for key, value in made.settings("scale").items())
    return drill_folder(f"{{{target}}}", "kind: scale, replicas: 0")
