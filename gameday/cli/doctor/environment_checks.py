"""What an environment can do: its targets, what stands behind a fault there, its signals, strays of ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gameday.cli.doctor.finding import Finding, Mark
from gameday.cli.timing_variable import read_timing
from gameday.errors import BadArguments, Refused

if TYPE_CHECKING:
    from gameday.app.leftover_scan import LeftoverScan
    from gameday.drill.checked_injector import CheckedInjector
    from gameday.drill.injector_registry import Registry
    from gameday.model import Binding, Environment, Reading
    from gameday.plugins.injector import Injector
    from gameday.plugins.types import Intent

WITHIN = 5.0
"""Seconds for one question to an engine."""


def check_environment(name: str | None) -> Iterator[Finding]:
    """All of the environment's own lines."""
    from gameday.app import leftover_scan
    from gameday.app.environment_selection import select_environment
    from gameday.cli.output import print_status
    from gameday.cli.running import running
    from gameday.drill.injector_registry import Registry

    try:
        where = select_environment(name, print_status, start_demo=False)
    except BadArguments as bad:
        if "demo is not up" not in bad.wrong:
            raise
        yield _demo_not_started()
        return
    environment, registry = where.environment, Registry()
    yield _allowed(environment, where.description.removeprefix("environment "))
    ours, looked = running(), leftover_scan.scan_environment(environment, registry)
    others = leftover_scan.live_drills(
        [one for one in looked.unique_faults if one.drill not in ours], registry, print_status, read_timing()
    )
    if others or not all(ours.values()):
        yield from _combined_target_findings(environment, looked, {*ours, *others})
        return
    for binding in environment.targets.values():
        yield from _target(binding, registry, looked)
    yield from _signals(environment)


def _combined_target_findings(
    environment: Environment, looked: LeftoverScan, drills: Collection[str]
) -> Iterator[Finding]:
    """All targets together: a line for each would tell by what it leaves out."""
    from gameday.cli.running import no_spoiler

    for binding in environment.targets.values():
        found = looked.found[binding.target]
        if binding.target in looked.unseen:
            yield _not_seen(binding, looked.unseen[binding.target])
        if others := [stray for stray in found if stray.drill not in drills]:
            yield _standing(binding, others)
    for stray in looked.unique_faults:
        if stray.drill in drills:
            yield Finding(Mark.LACKS, "target", no_spoiler(stray))
    say = "a drill runs here: targets and readings are not shown without the facilitator's token"
    yield Finding(Mark.LACKS, "signal", say)


def _not_seen(binding: Binding, why: Refused) -> Finding:
    return Finding(Mark.BAD, "target", f"{binding.target}: {why.wrong}", why.todo)


def _demo_not_started() -> Finding:
    """Not up is no hindrance, as long as it can be started."""
    from gameday.demo import postgres

    try:
        postgres.binaries()
        postgres.unprivileged_prefix()
    except Refused as refused:
        return Finding(Mark.BAD, "environment", f"demo (built in) cannot be started: {refused.wrong}", refused.todo)
    return Finding(Mark.LACKS, "environment", "demo (built in), not up: `gameday run` starts it and stops it again")


def _allowed(environment: Environment, said: str) -> Finding:
    if not environment.allows_drills:
        return Finding(Mark.BAD, "environment", f"{said} allows no drills", "Set allows_drills: true if it is meant.")
    if environment.production:
        say = f"{said} is marked production, and allows drills"
        return Finding(
            Mark.LACKS, "environment", say, f"`gameday run` wants --yes-production {environment.name} as well."
        )
    return Finding(Mark.OK, "environment", said)


def _target(binding: Binding, registry: Registry, looked: LeftoverScan) -> Iterator[Finding]:
    """There and carrying traffic; what stands behind a fault; what of ours stands on it already."""
    from gameday.plugins.types import Deadline

    found = looked.found[binding.target]
    seen = binding.target not in looked.unseen or _cannot_sweep(binding, registry)
    if not seen:
        yield _not_seen(binding, looked.unseen[binding.target])
    if found:
        yield _standing(binding, found)
    if found or not seen:
        return
    try:
        injector = registry[binding.injector]
        checkable = injector.checkable
        if missing := checkable.check_target(binding, Deadline.after(WITHIN)) if checkable else "":
            yield Finding(Mark.BAD, "target", f"{binding.target}: {missing}", _LOAD)
            return
        intent = _some_fault(replace(binding, drawn=False), injector)
        if intent is None:
            behind = "there; `gameday plan FILE` tells what stands behind a fault"
            yield Finding(Mark.OK, "target", f"{binding.target}: {behind}")
        elif missing := checkable.check_capability(intent, Deadline.after(WITHIN)) if checkable else "":
            yield Finding(Mark.BAD, "target", f"{binding.target}: {missing}", "Correct it in gameday.yaml.")
        else:
            behind = f"{intent.target_text}; behind a fault of kind {intent.kind}: {intent.guarantee}"
            yield Finding(Mark.OK, "target", f"{binding.target}: {behind}")
            yield from _warnings(binding, intent, injector)
    except Refused as refused:
        yield _not_seen(binding, refused)


def _cannot_sweep(binding: Binding, registry: Registry) -> bool:
    """True if the target's injector finds no leftovers by design."""
    try:
        return registry[binding.injector].sweepable is None
    except Refused:
        return False


def _warnings(binding: Binding, intent: Intent, injector: CheckedInjector) -> Iterator[Finding]:
    """Yield who else changes the target, and whether it is still recovering from something."""
    from gameday.plugins.types import Deadline

    if injector.sweepable is None:
        unsupported = f"the injector {injector.name} cannot find leftovers: a sweep cannot check this target"
        yield Finding(Mark.LACKS, "target", f"{binding.target}: {unsupported}")
    if injector.checkable is None:
        return
    for warning in injector.checkable.warnings(intent, Deadline.after(WITHIN)):
        yield Finding(Mark.LACKS, "target", f"{binding.target}: {warning}")
    if unsettled := injector.checkable.settled(intent, Deadline.after(WITHIN)):
        yield Finding(Mark.LACKS, "target", f"{binding.target}: {unsettled}")


_LOAD = "Is its address right, and is there some load?"


def _standing(binding: Binding, strays: Sequence[Intent]) -> Finding:
    marks = "\n".join(f"{stray.marker}: {stray.target_text}" for stray in strays)
    todo = f"A drill's that runs now, or left behind: gameday halt --sweep {binding.environment}"
    return Finding(Mark.BAD, "target", f"{binding.target}: something of ours is there\n{marks}", todo)


def _some_fault(binding: Binding, injector: Injector) -> Intent | None:
    """One of the first kind that needs no parameters; `plan` reads, and changes nothing."""
    from gameday.model import Fault
    from gameday.plugins.types import Deadline, ParamProblem

    for kind, params in injector.kinds.items():
        try:
            params.read({})
        except ParamProblem:
            continue
        fault = Fault("doctor", kind, binding.target, {})
        return injector.plan(fault, binding, "gd-000000000000", Deadline.after(WITHIN))
    return None


def _signals(environment: Environment) -> Iterator[Finding]:
    latest = _latest(environment)
    for name in environment.signals:
        reading = latest.get(name)
        if reading is not None and reading.value is not None:
            yield Finding(Mark.OK, "signal", f"{name}: {_figure(environment, reading)}")
        else:
            why = reading.error if reading else "no answer"
            todo = "Correct its probe in the environment file, or start what it asks."
            yield Finding(Mark.BAD, "signal", f"{name} cannot be read: {why}", todo)


def _figure(environment: Environment, reading: Reading) -> str:
    from gameday.signals.value_format import format_value

    assert reading.value is not None
    return f"{format_value(environment.signals[reading.signal].kind, reading.value)}, n {reading.n}"


def _latest(environment: Environment) -> dict[str, Reading]:
    """The newest reading of each signal, when all have a value or their time is up."""
    from gameday.clock import SystemClock
    from gameday.signals.sampler import Sampler

    latest: dict[str, Reading] = {}
    came = threading.Event()

    def take(reading: Reading) -> None:
        latest[reading.signal] = reading
        came.set()

    sampler = Sampler(tuple(environment.signals.values()), take, SystemClock())
    sampler.start()
    try:
        until = time.monotonic() + read_timing().first_reading_timeout
        while not _all_read(environment, latest) and time.monotonic() < until:
            came.wait(0.2)
            came.clear()
    finally:
        sampler.stop()
    return latest


def _all_read(environment: Environment, latest: dict[str, Reading]) -> bool:
    read = {name for name, reading in list(latest.items()) if reading.value is not None}
    return read >= set(environment.signals)
