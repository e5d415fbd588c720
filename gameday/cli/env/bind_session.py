"""Session of `gameday env bind`: each missing binding is asked for, tested, and kept or not."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from gameday.cli.output import print_output
from gameday.cli.prompts import (
    MAX_ATTEMPTS,
    Skipped,
    ask_parsed,
    choice_parser,
    parse_command,
    parse_non_empty,
    parse_required_command,
    print_headline,
    print_wrapped,
)
from gameday.errors import BadArguments, InvalidFiles
from gameday.files.missing_bindings import BindingKind, MissingBinding
from gameday.files.project_editor import ProjectEditor
from gameday.files.yaml_edit import CannotInsert
from gameday.files.yaml_format import format_entry
from gameday.model import Json, SignalKind

KEEP, REPEAT, SKIP = "keep", "repeat", "skip"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """Result of testing a binding; `n` is the sample size of what was measured."""

    is_valid: bool
    say: str
    n: int = 0


def bind_missing(lacks: tuple[MissingBinding, ...], bound: ProjectEditor) -> ProjectEditor:
    """Ask for each in turn. Raises InputExhausted if the input ends early."""
    for number, lack in enumerate(lacks, 1):
        print_output("")
        print_headline(f"{number}/{len(lacks)}", f"{lack}" + ("" if lack.needed else " (optional)"))
        if lack.what is BindingKind.HEALTHY and lack.path[1] not in bound.environment.signals:
            print_wrapped("skipped, as the signal was")
            continue
        try:
            bound = _bind_one(lack, bound)
        except Skipped:
            print_wrapped("skipped")
    return bound


def _bind_one(lack: MissingBinding, bound: ProjectEditor) -> ProjectEditor:
    """Ask and test until the person keeps the answer. Raises Skipped."""
    ready: Json = None
    for _ in range(MAX_ATTEMPTS):
        ready = _ask(lack, bound, ready)
        try:
            grown = bound.with_value(lack.path, ready)
        except InvalidFiles as bad:
            for problem in bad.problems:
                print_wrapped(f"{problem.wrong} ({problem.suggestion})" if problem.suggestion else problem.wrong)
            continue
        except CannotInsert:
            _print_for_hand_edit(lack, bound, ready)
            raise Skipped from None
        trial = _test_binding(lack, grown)
        if trial is None:
            return grown
        print_wrapped(trial.say)
        choice = ask_parsed(
            f"{KEEP}, {REPEAT} or {SKIP}?", KEEP if trial.is_valid else REPEAT, choice_parser((KEEP, REPEAT, SKIP))
        )
        if choice == SKIP:
            raise Skipped
        if choice == KEEP:
            return _with_min_samples(lack, bound, grown, trial, ready)
    raise BadArguments(f"{MAX_ATTEMPTS} invalid answers: {lack}", "Nothing was written.")


def _ask(lack: MissingBinding, bound: ProjectEditor, ready: Json) -> Json:
    from gameday.cli.env.ask_signal import ask_signal
    from gameday.cli.env.ask_target import ask_target

    before = cast("Mapping[str, Json]", ready if isinstance(ready, dict) else {})
    if lack.what is BindingKind.TARGET:
        return ask_target(lack, bound.environment, before)
    if lack.what is BindingKind.SIGNAL:
        return ask_signal(lack, bound.environment, before)
    if lack.what is BindingKind.ACTION:
        undo = {}
        do = list[Json](ask_parsed("Command", "", parse_required_command))
        if back := ask_parsed("Command that undoes it; Enter for none", "", parse_command):
            undo = {"undo": list[Json](back)}
        return {"do": do, **undo}
    if lack.what is BindingKind.LOAD:
        start = ask_parsed("Command that starts it", "", parse_required_command)
        return {
            "start": list[Json](start),
            "stop": list[Json](ask_parsed("Command that stops it", "", parse_required_command)),
        }
    asks = {
        BindingKind.HEALTHY: "Healthy limit, such as at_least 99% or at_most 800ms",
        BindingKind.RUNBOOK: "Link",
        BindingKind.TERM: "Term",
    }
    return ask_parsed(asks[lack.what], "", parse_non_empty)


def _test_binding(lack: MissingBinding, bound: ProjectEditor) -> TrialResult | None:
    """Return the result, or None if there is nothing to test."""
    environment = bound.environment
    if lack.what is BindingKind.TARGET:
        from gameday.cli.env.ask_target import check_traffic

        return TrialResult(*check_traffic(environment.targets[lack.name]))
    if lack.what is BindingKind.SIGNAL:
        return _measure(lack, bound)
    if lack.what is BindingKind.ACTION:
        action = environment.actions[lack.name]
        return _test_programs(action.do[0], *action.undo[:1])
    if lack.what is BindingKind.LOAD and environment.load:
        return _test_programs(environment.load.start[0], environment.load.stop[0])
    return None


def _measure(lack: MissingBinding, bound: ProjectEditor) -> TrialResult:
    from gameday.cli.env.try_signal import measure_signal
    from gameday.units import format_value

    binding = bound.environment.signals[lack.name]
    measurement = measure_signal(binding)
    if measurement.value is None:
        return TrialResult(False, f"It cannot be read: {measurement.error}.")
    value = format_value(measurement.value, binding.kind)
    return TrialResult(True, f"Reading: {value} (n={measurement.n})", measurement.n)


def _test_programs(*programs: str) -> TrialResult:
    """Check that the programs exist; running them would change something."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        return TrialResult(False, f"Command not found: {', '.join(missing)}.")
    return TrialResult(True, "Command found; not run, because it would change the system.")


def _with_min_samples(
    lack: MissingBinding, bound: ProjectEditor, grown: ProjectEditor, trial: TrialResult, value: Json
) -> ProjectEditor:
    """Ask for the minimum sample size of a ratio with fewer samples than the default."""
    if lack.kind is not SignalKind.RATIO or lack.what is not BindingKind.SIGNAL or not trial.is_valid:
        return grown
    minimum = grown.environment.signals[lack.name].min_samples
    if trial.n >= minimum or not isinstance(value, dict):
        return grown
    print_wrapped(f"A ratio of fewer than {minimum} samples counts as unknown in a drill, and here n is {trial.n}.")
    number = ask_parsed("Minimum sample size", str(trial.n), _read_count)
    return bound.with_value(lack.path, {**value, "min_samples": number})


def _read_count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 1_000_000:
        raise ValueError(f"{text!r} is not a whole number above 0")
    return int(text)


def _print_for_hand_edit(lack: MissingBinding, bound: ProjectEditor, value: Json) -> None:
    place = ".".join(("environments", bound.name, *lack.path[:-1]))
    print_wrapped(f"{bound.path}: cannot insert it automatically. Add by hand under {place}:")
    for line in format_entry(lack.path[-1], value, 6):
        print_output(line)
