"""Faults left on the engine after a signal during a drill, for gameday and for chaostoolkit."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.container_fleet import Herd
from bench.container_folder import ground
from bench.figure import Figure, ms
from bench.peer import chaos
from bench.stack import plain_environment, until

RUNS = 3
WAITS = 20.0
"""Seconds after the end of the process until what is still there is left."""
LOOK = 0.05
STANDS = 60.0
"""Seconds that the fault would stand without a signal."""
SETTLES = 1.0
"""Seconds that the fault has stood when the signal comes: the peer is then past its action, in the pause after it."""
AT_ONCE = 9
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
STRATEGIES = ("default", "always")
Kind = tuple[str, list[str], list[str]]
Theirs = dict[tuple[str, signal.Signals], list[float | None]]
"""Outcomes of the runs by strategy and signal: see `describe_outcomes`."""
KINDS: dict[str, Kind] = {
    "pause": ("kind: pause", ["pause"], ["unpause"]),
    "stop": ("kind: stop, grace: 1s", ["stop", "-t", "1"], ["start"]),
}
"""Ours as a line of a scenario, and the peer's action and rollback as words of `docker`."""


def figures(herd: Herd) -> Iterator[Figure]:
    """One row of each kind and signal. Nothing here is timed against the peer, whose runs go several at a time."""
    for kind in KINDS:
        theirs = _peers(herd, kind)
        for number in SIGNALS:
            yield _figure(kind, number, [_ours(herd, kind, number) for _ in range(RUNS)], theirs)


def _figure(kind: str, number: signal.Signals, ours: list[float | None], theirs: Theirs) -> Figure:
    beside = [f"with `--rollback-strategy {one}` {describe_outcomes(theirs[one, number])}" for one in STRATEGIES[1:]]
    name = number.name.removeprefix("SIG")
    return Figure(
        f"`{kind}` of one container, {name} while it is active: state of the engine {WAITS:.0f} s after the end",
        "as before", describe_outcomes(ours),
        f"`chaos run` {describe_outcomes(theirs['default', number])}; {'; '.join(beside)}", RUNS, None not in ours,
    )  # fmt: skip


def describe_outcomes(ends: Sequence[float | None]) -> str:
    """Return when the target was as before, in seconds after the process ended; None for never."""
    times = [one for one in ends if one is not None]
    if not times:
        return f"**left broken** {len(ends)} of {len(ends)}"
    whole = "as before" if len(times) == len(ends) else f"as before {len(times)} of {len(ends)}, else left broken"
    return f"{whole}, {'at its end' if max(times) < LOOK else f'worst {ms(max(times))} after it'}"


def _ours(herd: Herd, kind: str, number: signal.Signals) -> float | None:
    name = next(iter(herd.ids))
    with ground(herd.docker.url, KINDS[kind][0], {"container": name}) as site:
        run = site.run()
        run.wait_for_event("fault")
        time.sleep(SETTLES)
        ended = end_by_signal(run.process, number)
        seen = _as_before(herd, name, ended)
        run.wait_for_guardian_exit()
    herd.mend(name)
    return seen


def _peers(herd: Herd, kind: str) -> Theirs:
    cells = [(strategy, number) for strategy in STRATEGIES for number in SIGNALS for _ in range(RUNS)]
    chaos()
    found: Theirs = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(_peer, herd, kind, name, *cell) for name, cell in zip(herd.ids, cells, strict=False)]
    for cell, one in zip(cells, asked, strict=True):
        found.setdefault(cell, []).append(one.result())
    return found


def _peer(herd: Herd, kind: str, name: str, strategy: str, number: signal.Signals) -> float | None:
    command = [chaos(), "--no-version-check", "run", "--rollback-strategy", strategy, "experiment.json"]
    quiet = subprocess.DEVNULL
    with tempfile.TemporaryDirectory(prefix="gameday-bench-") as folder:
        Path(folder, "experiment.json").write_text(json.dumps(_experiment(herd, kind, name)), encoding="utf-8")
        with subprocess.Popen(
            command, cwd=folder, env=plain_environment(), stdin=quiet, stdout=quiet, stderr=quiet
        ) as process:
            until(lambda: not herd.runs(name))
            time.sleep(SETTLES)
            seen = _as_before(herd, name, end_by_signal(process, number))
    herd.mend(name)
    return seen


def _experiment(herd: Herd, kind: str, name: str) -> dict[str, object]:
    """Return an experiment of one action, a minute's pause and a rollback, each a command of the process provider."""
    _, action, rollback = KINDS[kind]
    broken = _docker(herd, "break", [*action, name]) | {"pauses": {"after": STANDS}}
    back = _docker(herd, "back", [*rollback, name])
    return {
        "title": "bench", "description": "One container is away for a while.", "method": [broken], "rollbacks": [back],
    }  # fmt: skip


def _docker(herd: Herd, name: str, words: list[str]) -> dict[str, object]:
    provider = {"type": "process", "path": "docker", "arguments": ["-H", herd.docker.url, *words]}
    return {"type": "action", "name": name, "provider": provider}


def end_by_signal(process: subprocess.Popen[bytes], number: signal.Signals) -> float:
    """Return when the process ended. Raises TimeoutExpired if the signal did not end it."""
    process.send_signal(number)
    process.wait(STANDS / 2)
    return time.monotonic()


def _as_before(herd: Herd, name: str, ended: float) -> float | None:
    with contextlib.suppress(TimeoutError):
        return max(0.0, until(lambda: herd.runs(name), LOOK, WAITS) - ended)
    return None
