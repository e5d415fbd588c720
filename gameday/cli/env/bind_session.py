"""The whole of `gameday env bind`: each thing that is lacking is asked for, tried, and kept or not."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from gameday.cli.output import print_output
from gameday.cli.prompts import (
    MAX_ATTEMPTS,
    Skipped,
    ask_for,
    command_line,
    headline,
    needed_command,
    non_empty,
    one_of,
    print_wrapped,
)
from gameday.errors import BadArguments, InvalidFiles
from gameday.files.missing_bindings import BindingKind, MissingBinding
from gameday.files.project_editor import ProjectEditor
from gameday.files.yaml_edit import CannotInsert
from gameday.files.yaml_format import format_entry
from gameday.model import Json, SignalKind

KEEP, AGAIN, LEAVE = "keep", "again", "leave out"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """Whether it does what it should, and what is said of it; `n`: samples beneath what was measured."""

    well: bool
    say: str
    n: int = 0


def bind_missing(lacks: tuple[MissingBinding, ...], bound: ProjectEditor) -> ProjectEditor:
    """Ask for each in turn. Raises Ended when the answers end before."""
    for number, lack in enumerate(lacks, 1):
        print_output("")
        headline(f"{number}/{len(lacks)}", f"{lack}" + ("" if lack.needed else " (may be left out)"))
        if lack.what is BindingKind.HEALTHY and lack.path[1] not in bound.environment.signals:
            print_wrapped("left out, as the signal was")
            continue
        try:
            bound = _bind_one(lack, bound)
        except Skipped:
            print_wrapped("left out")
    return bound


def _bind_one(lack: MissingBinding, bound: ProjectEditor) -> ProjectEditor:
    """Asked, tried, and asked again as long as the person likes. Raises LeftOut."""
    ready: Json = None
    for _ in range(MAX_ATTEMPTS):
        ready = _asked(lack, bound, ready)
        try:
            grown = bound.with_value(lack.path, ready)
        except InvalidFiles as bad:
            for problem in bad.problems:
                print_wrapped(f"{problem.wrong} ({problem.suggestion})" if problem.suggestion else problem.wrong)
            continue
        except CannotInsert:
            _by_hand(lack, bound, ready)
            raise Skipped from None
        tried = _tried(lack, grown)
        if tried is None:
            return grown
        print_wrapped(tried.say)
        choice = ask_for(f"{KEEP}, {AGAIN} or {LEAVE}?", KEEP if tried.well else AGAIN, one_of((KEEP, AGAIN, LEAVE)))
        if choice == LEAVE:
            raise Skipped
        if choice == KEEP:
            return _with_fewer_samples(lack, bound, grown, tried, ready)
    raise BadArguments(f"{MAX_ATTEMPTS} invalid answers: {lack}", "Nothing was written.")


def _asked(lack: MissingBinding, bound: ProjectEditor, ready: Json) -> Json:
    from gameday.cli.env.ask_signal import ask_signal
    from gameday.cli.env.ask_target import ask_target

    before = cast("Mapping[str, Json]", ready if isinstance(ready, dict) else {})
    if lack.what is BindingKind.TARGET:
        return ask_target(lack, bound.environment, before)
    if lack.what is BindingKind.SIGNAL:
        return ask_signal(lack, bound.environment, before)
    if lack.what is BindingKind.ACTION:
        undo = {}
        do = list[Json](ask_for("Command", "", needed_command))
        if back := ask_for("Command that takes it back; Enter: none", "", command_line):
            undo = {"undo": list[Json](back)}
        return {"do": do, **undo}
    if lack.what is BindingKind.LOAD:
        start = ask_for("Command that starts it", "", needed_command)
        return {"start": list[Json](start), "stop": list[Json](ask_for("Command that stops it", "", needed_command))}
    asks = {
        BindingKind.HEALTHY: "Healthy limit, as in at_least 99% or at_most 800ms",
        BindingKind.RUNBOOK: "Link",
        BindingKind.TERM: "Term",
    }
    return ask_for(asks[lack.what], "", non_empty)


def _tried(lack: MissingBinding, bound: ProjectEditor) -> TrialResult | None:
    """None where there is nothing to try."""
    environment = bound.environment
    if lack.what is BindingKind.TARGET:
        from gameday.cli.env.ask_target import carries

        return TrialResult(*carries(environment.targets[lack.name]))
    if lack.what is BindingKind.SIGNAL:
        return _measured(lack, bound)
    if lack.what is BindingKind.ACTION:
        action = environment.actions[lack.name]
        return _action_trial(action.do[0], *action.undo[:1])
    if lack.what is BindingKind.LOAD and environment.load:
        return _action_trial(environment.load.start[0], environment.load.stop[0])
    return None


def _measured(lack: MissingBinding, bound: ProjectEditor) -> TrialResult:
    from gameday.cli.env.try_signal import measured
    from gameday.signals.value_format import format_value

    binding = bound.environment.signals[lack.name]
    found = measured(binding)
    if found.value is None:
        return TrialResult(False, f"It cannot be read: {found.error}.")
    return TrialResult(True, f"It reads {format_value(binding.kind, found.value)}, n {found.n}.", found.n)


def _action_trial(*programs: str) -> TrialResult:
    """A command is not tried: it would change something."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        return TrialResult(False, f"There is no program {' and no '.join(missing)} that could be run.")
    return TrialResult(True, "Its program is there. It was not tried: that would change something.")


def _with_fewer_samples(
    lack: MissingBinding, bound: ProjectEditor, grown: ProjectEditor, tried: TrialResult, value: Json
) -> ProjectEditor:
    """A ratio from few samples is no reading unless the environment says so."""
    if lack.kind is not SignalKind.RATIO or lack.what is not BindingKind.SIGNAL or not tried.well:
        return grown
    fewest = grown.environment.signals[lack.name].min_samples
    if tried.n >= fewest or not isinstance(value, dict):
        return grown
    print_wrapped(f"A share of fewer than {fewest} is no reading in a drill, and here n is {tried.n}.")
    number = ask_for("Fewest samples that count", str(tried.n), _whole)
    return bound.with_value(lack.path, {**value, "min_samples": number})


def _whole(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 1_000_000:
        raise ValueError(f"{text!r} is no whole number above 0")
    return int(text)


def _by_hand(lack: MissingBinding, bound: ProjectEditor, value: Json) -> None:
    place = ".".join(("environments", bound.name, *lack.path[:-1]))
    print_wrapped(f"{bound.path} is written in a way that leaves no place for it. By hand, under {place}:")
    for line in format_entry(lack.path[-1], value, 6):
        print_output(line)
