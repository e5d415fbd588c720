"""The whole of `gameday env bind`: each thing that is lacking is asked for, tried, and kept or not."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from gameday.cli.env.prompt import (
    PATIENCE,
    LeftOut,
    ask_for,
    command_line,
    headline,
    needed_command,
    one_of,
    something,
    tell,
)
from gameday.cli.say import out
from gameday.errors import BadArguments, BadFiles
from gameday.files.additions import Additions
from gameday.files.flow import entry
from gameday.files.insert import CannotInsert
from gameday.files.lacking import Lack, What
from gameday.model import Json, SignalKind

KEEP, AGAIN, LEAVE = "keep", "again", "leave out"


@dataclass(frozen=True, slots=True)
class Tried:
    """Whether it does what it should, and what is said of it; `n`: samples beneath what was measured."""

    well: bool
    say: str
    n: int = 0


def bind_all(lacks: tuple[Lack, ...], bound: Additions) -> Additions:
    """Ask for each in turn. Raises Ended when the answers end before."""
    for number, lack in enumerate(lacks, 1):
        out("")
        headline(f"{number}/{len(lacks)}", f"{lack}" + ("" if lack.needed else " (may be left out)"))
        if lack.what is What.GOOD and lack.path[1] not in bound.environment.signals:
            tell("left out, as the signal was")
            continue
        try:
            bound = _settle(lack, bound)
        except LeftOut:
            tell("left out")
    return bound


def _settle(lack: Lack, bound: Additions) -> Additions:
    """Asked, tried, and asked again as long as the person likes. Raises LeftOut."""
    ready: Json = None
    for _ in range(PATIENCE):
        ready = _asked(lack, bound, ready)
        try:
            grown = bound.added(lack.path, ready)
        except BadFiles as bad:
            for problem in bad.problems:
                tell(f"{problem.wrong} ({problem.suggestion})" if problem.suggestion else problem.wrong)
            continue
        except CannotInsert:
            _by_hand(lack, bound, ready)
            raise LeftOut from None
        tried = _tried(lack, grown)
        if tried is None:
            return grown
        tell(tried.say)
        choice = ask_for(f"{KEEP}, {AGAIN} or {LEAVE}?", KEEP if tried.well else AGAIN, one_of((KEEP, AGAIN, LEAVE)))
        if choice == LEAVE:
            raise LeftOut
        if choice == KEEP:
            return _with_fewer_samples(lack, bound, grown, tried, ready)
    raise BadArguments(f"{PATIENCE} answers that will not do: {lack}", "Nothing was written.")


def _asked(lack: Lack, bound: Additions, ready: Json) -> Json:
    from gameday.cli.env.signal import ask_signal
    from gameday.cli.env.target import ask_target

    before = cast("Mapping[str, Json]", ready if isinstance(ready, dict) else {})
    if lack.what is What.TARGET:
        return ask_target(lack, bound.environment, before)
    if lack.what is What.SIGNAL:
        return ask_signal(lack, bound.environment, before)
    if lack.what is What.ACTION:
        undo = {}
        do = list[Json](ask_for("Command", "", needed_command))
        if back := ask_for("Command that takes it back; Enter: none", "", command_line):
            undo = {"undo": list[Json](back)}
        return {"do": do, **undo}
    if lack.what is What.LOAD:
        start = ask_for("Command that starts it", "", needed_command)
        return {"start": list[Json](start), "stop": list[Json](ask_for("Command that stops it", "", needed_command))}
    asks = {What.GOOD: "What is good, as in at_least 99% or at_most 800ms", What.RUNBOOK: "Link", What.WORD: "Word"}
    return ask_for(asks[lack.what], "", something)


def _tried(lack: Lack, bound: Additions) -> Tried | None:
    """None where there is nothing to try."""
    environment = bound.environment
    if lack.what is What.TARGET:
        from gameday.cli.env.target import carries

        return Tried(*carries(environment.targets[lack.name]))
    if lack.what is What.SIGNAL:
        return _measured(lack, bound)
    if lack.what is What.ACTION:
        action = environment.actions[lack.name]
        return _there(action.do[0], *action.undo[:1])
    if lack.what is What.LOAD and environment.load:
        return _there(environment.load.start[0], environment.load.stop[0])
    return None


def _measured(lack: Lack, bound: Additions) -> Tried:
    from gameday.cli.env.measure import measured
    from gameday.signals.saying import figure

    binding = bound.environment.signals[lack.name]
    found = measured(binding)
    if found.value is None:
        return Tried(False, f"It cannot be read: {found.error}.")
    return Tried(True, f"It reads {figure(binding.kind, found.value)}, n {found.n}.", found.n)


def _there(*programs: str) -> Tried:
    """A command is not tried: it would change something."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        return Tried(False, f"There is no program {' and no '.join(missing)} that could be run.")
    return Tried(True, "Its program is there. It was not tried: that would change something.")


def _with_fewer_samples(lack: Lack, bound: Additions, grown: Additions, tried: Tried, value: Json) -> Additions:
    """A ratio from few samples is no reading unless the environment says so."""
    if lack.kind is not SignalKind.RATIO or lack.what is not What.SIGNAL or not tried.well:
        return grown
    fewest = grown.environment.signals[lack.name].min_samples
    if tried.n >= fewest or not isinstance(value, dict):
        return grown
    tell(f"A share of fewer than {fewest} is no reading in a drill, and here n is {tried.n}.")
    number = ask_for("Fewest samples that count", str(tried.n), _whole)
    return bound.added(lack.path, {**value, "min_samples": number})


def _whole(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 1_000_000:
        raise ValueError(f"{text!r} is no whole number above 0")
    return int(text)


def _by_hand(lack: Lack, bound: Additions, value: Json) -> None:
    place = ".".join(("environments", bound.name, *lack.path[:-1]))
    tell(f"{bound.path} is written in a way that leaves no place for it. By hand, under {place}:")
    for line in entry(lack.path[-1], value, 6):
        out(line)
