"""A Deployment scaled to 0, and a signal to the process that did it: for gameday and for chaostoolkit-kubernetes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from bench.cluster_fleet import NAMESPACE, Fleet
from bench.cluster_peer import NAME, chaos
from bench.container_folder import drill_folder
from bench.figure import Figure
from bench.signal_leftovers import (
    RUNS,
    SETTLES,
    SIGNALS,
    STANDS,
    STRATEGIES,
    WAITS,
    describe_outcomes,
    end_by_signal,
)
from bench.stack import plain_environment, until

_AT_ONCE = 6
_LOOK_S = 0.2
Outcomes = dict[tuple[str, signal.Signals], list[tuple[float | None, bool]]]
"""For each strategy and signal: when the replicas were as before, and True if their owner was too."""


def figures(fleet: Fleet) -> Iterator[Figure]:
    """One row of each signal."""
    peers = _peers(fleet)
    for number in SIGNALS:
        own = [_own(fleet, number) for _ in range(RUNS)]
        beside = [f"with `--rollback-strategy {each}` {_describe(peers[each, number])}" for each in STRATEGIES[1:]]
        yield Figure(
            f"`scale` of one Deployment, {number.name.removeprefix('SIG')} while it is active: state of the cluster "
            f"{WAITS:.0f} s after the end",
            "as before, owners too", describe_outcomes(own),
            f"`chaos run` ({NAME}) {_describe(peers['default', number])}; {'; '.join(beside)}", RUNS, None not in own,
        )  # fmt: skip


def _describe(outcomes: list[tuple[float | None, bool]]) -> str:
    taken = sum(end is not None and not is_owned for end, is_owned in outcomes)
    text = describe_outcomes([end for end, _ in outcomes])
    return f"{text}, but owned by another manager {taken} of {len(outcomes)}" if taken else text


def _own(fleet: Fleet, number: signal.Signals) -> float | None:
    """Return the seconds from the end of the runner until values and owners are as before; None for never."""
    before = fleet.deployments()
    target = fleet.settings("scale") | {"workload": "deployment/one-0"}
    text = ", ".join(f"{key}: {json.dumps(value)}" for key, value in target.items() if key != "labels")
    with drill_folder(f"{{{text}}}", "kind: scale, replicas: 0") as site:
        run = site.run()
        run.wait_for_event("fault")
        time.sleep(SETTLES)
        end = _seconds_until(lambda: fleet.deployments() == before, end_by_signal(run.process, number))
        run.wait_for_guardian_exit()
    if end is None:
        fleet.restore()
    return end


def _peers(fleet: Fleet) -> Outcomes:
    cells = [(strategy, number) for strategy in STRATEGIES for number in SIGNALS for _ in range(RUNS)]
    command, before = chaos(), fleet.deployments()
    outcomes: Outcomes = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        runs = [pool.submit(_peer, fleet, command, before, f"one-{n}", *cell) for n, cell in enumerate(cells)]
    for cell, run in zip(cells, runs, strict=True):
        outcomes.setdefault(cell, []).append(run.result())
    fleet.restore()
    return outcomes


def _peer(
    fleet: Fleet, command: str, before: Mapping[str, Any], name: str, strategy: str, number: signal.Signals
) -> tuple[float | None, bool]:
    quiet = subprocess.DEVNULL
    words = [command, "--no-version-check", "run", "--rollback-strategy", strategy, "experiment.json"]
    at = {"KUBECONFIG": str(fleet.kubectl.kubeconfig), "KUBERNETES_CONTEXT": fleet.kubectl.context}
    has_replicas = partial(_has_replicas, fleet, name)
    with tempfile.TemporaryDirectory(prefix="gameday-bench-") as folder:
        Path(folder, "experiment.json").write_text(json.dumps(_experiment(name)), encoding="utf-8")
        env = {**os.environ, **plain_environment(), **at}
        with subprocess.Popen(words, cwd=folder, env=env, stdin=quiet, stdout=quiet, stderr=quiet) as process:
            until(lambda: has_replicas(0), _LOOK_S)
            time.sleep(SETTLES)
            end = _seconds_until(lambda: has_replicas(1), end_by_signal(process, number))
    return end, fleet.deployments()[name]["owners"] == before[name]["owners"]


def _has_replicas(fleet: Fleet, name: str, count: int) -> bool:
    return bool(fleet.deployments()[name]["spec"]["replicas"] == count)


def _experiment(name: str) -> dict[str, object]:
    """Return an experiment of one action, a minute's pause and a rollback."""
    return {
        "title": "bench", "description": "One Deployment is away for a while.",
        "method": [{**_scale(name, "break", 0), "pauses": {"after": STANDS}}], "rollbacks": [_scale(name, "back", 1)],
    }  # fmt: skip


def _scale(name: str, title: str, replicas: int) -> dict[str, object]:
    arguments = {"name": name, "replicas": replicas, "ns": NAMESPACE}
    provider = {"type": "python", "module": "chaosk8s.deployment.actions", "func": "scale_deployment"}
    return {"type": "action", "name": title, "provider": {**provider, "arguments": arguments}}


def _seconds_until(is_restored: Any, ended: float) -> float | None:
    with contextlib.suppress(TimeoutError):
        return max(0.0, until(is_restored, _LOOK_S, WAITS) - ended)
    return None
