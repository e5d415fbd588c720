"""A pause on fifty containers and its revert, beside a plain loop over the SDK, in turns."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from statistics import median

from bench.container_fleet import FEW, LABEL, MANY, SOME, Herd
from bench.figure import Figure, ms

from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.revert.revert import revert_once
from gameday.injectors.docker import DockerInjector
from gameday.model import Binding, Fault
from gameday.plugins.types import ApplyOutcome, Deadline, Presence, RevertOutcome

ROUNDS = 15
LIMIT = 0.65
AT_ONCE = 8
STEPS = ("plan", "note and pause", "read back", "unpause, note removed, read back")


def figures(herd: Herd) -> Iterator[Figure]:
    """Each round takes the loop, ours, the loop's calls eight at a time, and ours on the few."""
    injector = CheckedInjector(DockerInjector())
    _round(herd, injector)
    rounds = [_round(herd, injector) for _ in range(ROUNDS)]
    loop, crowd, many, few = (list(column) for column in zip(*rounds, strict=True))
    beside = (
        f"the loop ({herd.versions()}) {ms(median(loop))}, without any of these; "
        f"its calls {AT_ONCE} at a time {ms(median(crowd))} ({median(crowd) / median(loop):.2f})"
    )
    yield _beside_the_loop(many, median(loop), beside)
    yield _slope(median(map(_told, many)), median(map(_told, few)))


def _told(steps: list[float]) -> float:
    """Return the seconds of a drill's steps after its plan: requests to the engine and their verification."""
    return sum(steps[1:])


def _beside_the_loop(many: list[list[float]], loop: float, beside: str) -> Figure:
    parts = ", ".join(f"{name} {ms(median(times))}" for name, times in zip(STEPS, zip(*many, strict=True), strict=True))
    told, whole = median(map(_told, many)), median(map(sum, many))
    return Figure(
        f"`pause` on {MANY} containers, applied and reverted, with marker and both verifications",
        f"at most {LIMIT} of a plain loop over the SDK",
        f"median {ms(told)}, ratio {told / loop:.2f}; with its plan {ms(whole)}, {whole / loop:.2f} ({parts})",
        beside, ROUNDS, told <= LIMIT * loop,
    )  # fmt: skip


def _slope(many: float, few: float) -> Figure:
    slope = (many - few) / (MANY - SOME)
    return Figure(
        f"the same, of each container at {MANY}", f"no slower than at {SOME}",
        f"{ms(many / MANY)}; each further one {ms(slope)}", f"at {SOME}: {ms(few / SOME)}", ROUNDS,
        many / MANY <= few / SOME,
    )  # fmt: skip


def _round(herd: Herd, injector: CheckedInjector) -> tuple[float, float, list[float], list[float]]:
    return (
        _timed(lambda: _loop(herd)), _timed(lambda: _crowd(herd)),
        _drilled(injector, _binding(herd, LABEL)), _drilled(injector, _binding(herd, FEW)),
    )  # fmt: skip


def _timed(do: Callable[[], None]) -> float:
    started = time.monotonic()
    do()
    return time.monotonic() - started


def _loop(herd: Herd) -> None:
    for call in (herd.api.pause, herd.api.unpause):
        for ident in herd.ids.values():
            call(ident)


def _crowd(herd: Herd) -> None:
    for call in (herd.api.pause, herd.api.unpause):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(call, herd.ids.values()))


def _binding(herd: Herd, label: str) -> Binding:
    return Binding("bench", "herd", "docker", {"engine": herd.docker.url, "labels": {label: herd.name}}, {})


def _drilled(injector: CheckedInjector, binding: Binding) -> list[float]:
    """Seconds of each of STEPS, called as the ledger does."""
    at = [time.monotonic()]
    mark = f"gd-{secrets.token_hex(6)}"
    intent = injector.plan(Fault("still", "pause", "herd", {}), binding, mark, Deadline.after(5.0))
    at.append(time.monotonic())
    applied = injector.apply(intent, Deadline.after(5.0))
    at.append(time.monotonic())
    presence = injector.presence(intent, Deadline.after(2.0))
    at.append(time.monotonic())
    restored = revert_once(intent, {"docker": injector}, 5.0)
    at.append(time.monotonic())
    if (applied.outcome, presence, restored.outcome) != (
        ApplyOutcome.APPLIED,
        Presence.PRESENT,
        RevertOutcome.REVERTED,
    ):
        raise RuntimeError(f"the pause did not stand, or is left: {applied}, {presence}, {restored}")
    return [later - earlier for earlier, later in pairwise(at)]
