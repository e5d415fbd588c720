"""Checks of an environment: its targets, what reverts a fault there, leftover faults, signals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gameday.app import leftover_scan
from gameday.app.doctor.finding import Finding, Mark
from gameday.app.doctor.signal_checks import check_signals
from gameday.app.sweep import describe_without_spoilers
from gameday.errors import Refused

if TYPE_CHECKING:
    from gameday.app.leftover_scan import LeftoverScan
    from gameday.drill.checked_injector import CheckedInjector
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.model import Binding, Environment
    from gameday.plugins.injector import Injector
    from gameday.plugins.types import Intent
    from gameday.timing import Timing

ENGINE_TIMEOUT_S = 5.0


def check_environment(name: str | None, token: str, report: Callable[[str], None], timing: Timing) -> Iterator[Finding]:
    """Report on the environment, its targets and signals; of running drills only what spoils nothing."""
    from gameday.app.environment_selection import DemoNotRunning, select_environment
    from gameday.app.running_drills import responding_drills
    from gameday.drill.injector_registry import InjectorRegistry

    yield from _unchecked_environments(name)
    try:
        selected = select_environment(name, report, start_demo=False)
    except DemoNotRunning:
        yield _demo_finding()
        return
    environment, registry = selected.environment, InjectorRegistry()
    yield _permission_finding(environment, selected.description.removeprefix("environment "))
    yield from _channel_findings(environment)
    yield from _incident_findings(environment)
    own, scan = responding_drills(token), leftover_scan.scan_environment(environment, registry)
    foreign = [intent for intent in scan.unique_faults if intent.drill not in own]
    other = leftover_scan.wait_for_live_drills(foreign, registry, report, timing)
    if other or not _may_see(own, environment, scan):
        yield from _combined_target_findings(environment, scan, {*own, *other})
        return
    for binding in environment.swept_bindings:
        yield from _target_findings(binding, environment.kinds, registry, scan)
    yield from check_signals(environment, timing)


def _unchecked_environments(name: str | None) -> Iterator[Finding]:
    """Report that the file's environments are not checked, if it names no default and so the demo is."""
    from gameday.files.project import DEMO, find_project, read_project

    path = None if name else find_project()
    project = read_project(path) if path else None
    if project is not None and project.environments and project.default_env == DEMO:
        first, names = next(iter(project.environments)), ", ".join(project.environments)
        say = f"{project.path} defines {names} and no default_env, so this checks the demo"
        yield Finding(Mark.LACKS, "environment", say, f"To check it: gameday doctor --env {first}")


def _channel_findings(environment: Environment) -> Iterator[Finding]:
    """Report if each channel could send now; nothing is sent, so the other side may still refuse it."""
    from gameday.notify.channel_readiness import channel_obstacle

    for name, channel in environment.channels.items():
        if obstacle := channel_obstacle(channel):
            todo = "Correct the channel in gameday.yaml, or its secrets: preflight refuses a drill that uses it."
            yield Finding(Mark.BAD, "channel", f"{name} cannot send: {obstacle}", todo)
        else:
            say = f"{name} ({channel.channel}): settings and secrets are complete; nothing was sent"
            yield Finding(Mark.OK, "channel", say)


def _incident_findings(environment: Environment) -> Iterator[Finding]:
    """Ask each source of incidents, and report what it says."""
    from gameday.drill.team_checks import check_incidents

    for check in check_incidents(environment):
        yield Finding(Mark.OK if check.ok else Mark.BAD, "incident", check.message, "" if check.ok else check.remedy)


def _may_see(own: Mapping[str, bool], environment: Environment, scan: LeftoverScan) -> bool:
    """Return True if the token is that of every running drill in the environment or on one of its targets."""
    from gameday.app.running_drills import list_running, runs_in_environment

    here = {drill.drill for drill in list_running(everywhere=True).drills if runs_in_environment(drill, environment)}
    touching = here | {intent.drill for intent in scan.unique_faults}
    return all(own[drill] for drill in touching if drill in own)


def _combined_target_findings(
    environment: Environment, scan: LeftoverScan, running: Collection[str]
) -> Iterator[Finding]:
    """Report on all targets together: a line for each would spoil the drill by what it leaves out."""
    for binding in environment.swept_bindings:
        if binding.target in scan.unscanned:
            yield _unreachable(binding, scan.unscanned[binding.target])
        if leftovers := [intent for intent in scan.faults[binding.target] if intent.drill not in running]:
            yield _leftovers_finding(binding, leftovers)
    for intent in scan.unique_faults:
        if intent.drill in running:
            yield Finding(Mark.LACKS, "target", describe_without_spoilers(intent))
    say = "a drill is running: targets and readings are hidden without the facilitator's token"
    yield Finding(Mark.LACKS, "signal", say)


def _unreachable(binding: Binding, why: Refused) -> Finding:
    return _bad_target(binding, why.wrong, why.todo)


def _bad_target(binding: Binding, wrong: str, todo: str) -> Finding:
    """Return the finding of a target that no drill can use; an injector's text may begin with its name too."""
    text = wrong.removeprefix("target ").removeprefix(f"{binding.target}: ")
    return Finding(Mark.BAD, "target", f"{binding.target}: {text}", todo, concerns_one_target=True)


def _demo_finding() -> Finding:
    """Report on a demo that is not running: a drill can start it, if it can be started at all."""
    from gameday.demo import postgres

    try:
        postgres.find_binaries()
        postgres.unprivileged_prefix()
    except Refused as refused:
        return Finding(Mark.BAD, "environment", f"demo (built in) cannot be started: {refused.wrong}", refused.todo)
    return Finding(Mark.LACKS, "environment", "demo (built in), not running: `gameday run` starts and stops it")


def _permission_finding(environment: Environment, description: str) -> Finding:
    if not environment.allows_drills:
        return Finding(
            Mark.BAD, "environment", f"{description} allows no drills", "Set allows_drills: true to allow them."
        )
    if environment.production:
        say = f"{description} is marked production, and allows drills"
        return Finding(Mark.LACKS, "environment", say, f"`gameday run` also needs --yes-production {environment.name}.")
    return Finding(Mark.OK, "environment", description)


def _target_findings(
    binding: Binding, kinds: Collection[str], registry: InjectorRegistry, scan: LeftoverScan
) -> Iterator[Finding]:
    """Report if the target exists and carries traffic, what reverts a fault there, and leftover faults."""
    from gameday.drill.target_checks import find_lack
    from gameday.plugins.types import Deadline

    leftovers = scan.faults[binding.target]
    scanned = binding.target not in scan.unscanned or _cannot_sweep(binding, registry)
    if not scanned:
        yield _unreachable(binding, scan.unscanned[binding.target])
    if leftovers:
        yield _leftovers_finding(binding, leftovers)
    if leftovers or not scanned:
        return
    try:
        injector = registry[binding.injector]
        checkable = injector.checkable
        if missing := checkable.check_target(binding, Deadline.after(ENGINE_TIMEOUT_S)) if checkable else "":
            yield _bad_target(binding, missing, _LOAD)
            return
        intent = _sample_intent(replace(binding, drawn=False), injector)
        if intent is None:
            say = "exists; `gameday plan FILE` shows what auto-reverts a fault"
            yield Finding(Mark.OK, "target", f"{binding.target}: {say}")
        elif lack := find_lack(checkable, intent, ENGINE_TIMEOUT_S, _CORRECT) if checkable else None:
            yield _bad_target(binding, lack.wrong, lack.todo)
        else:
            say = f"{intent.touched_text}; a fault, such as {intent.kind}, auto-reverts: {intent.auto_revert}"
            yield Finding(Mark.OK, "target", f"{binding.target}: {say}")
            yield from _warnings(binding, intent, injector)
        yield from _missing_rights(binding, kinds, injector)
    except Refused as refused:
        yield _unreachable(binding, refused)


def _cannot_sweep(binding: Binding, registry: InjectorRegistry) -> bool:
    """Return True if the target's injector finds no leftovers by design."""
    try:
        return registry[binding.injector].sweepable is None
    except Refused:
        return False


def _missing_rights(binding: Binding, kinds: Collection[str], injector: CheckedInjector) -> Iterator[Finding]:
    """Yield which rights the account lacks to revert the kinds of fault that the environment allows on the target."""
    from gameday.plugins.types import Deadline

    guardable = injector.guardable
    if guardable and (missing := guardable.missing_revert_rights(binding, kinds, Deadline.after(ENGINE_TIMEOUT_S))):
        todo = "Grant them to the account, or list the kinds that drills may use under `kinds` of the environment."
        yield _bad_target(binding, missing, todo)


def _warnings(binding: Binding, intent: Intent, injector: CheckedInjector) -> Iterator[Finding]:
    """Yield who else changes the target, and whether it is still recovering from something."""
    from gameday.plugins.types import Deadline

    if injector.sweepable is None:
        unsupported = f"the injector {injector.name} cannot find leftovers: a sweep cannot check this target"
        yield Finding(Mark.LACKS, "target", f"{binding.target}: {unsupported}")
    if injector.checkable is None:
        return
    for warning in injector.checkable.interference_warnings(intent, Deadline.after(ENGINE_TIMEOUT_S)):
        yield Finding(Mark.LACKS, "target", f"{binding.target}: {warning}")
    if unsettled := injector.checkable.find_unsettled(intent, Deadline.after(ENGINE_TIMEOUT_S)):
        yield Finding(Mark.LACKS, "target", f"{binding.target}: {unsettled}")


_CORRECT = "Correct it in gameday.yaml."
_LOAD = "Correct the target in gameday.yaml, or start what it names and the load on it."


def _leftovers_finding(binding: Binding, leftovers: Sequence[Intent]) -> Finding:
    markers = "\n".join(f"{intent.marker}: {intent.target_text}" for intent in leftovers)
    todo = f"Of a running drill, or left behind. Revert what was left: gameday halt --sweep {binding.environment}"
    return Finding(Mark.BAD, "target", f"{binding.target}: leftover faults\n{markers}", todo)


def _sample_intent(binding: Binding, injector: Injector) -> Intent | None:
    """Plan a fault of the first kind that needs no parameters and that the target can carry.

    Planning changes nothing. Raises the first refusal if the target can carry no such kind."""
    from gameday.model import Fault
    from gameday.plugins.types import Deadline, ParamProblem

    first: Refused | None = None
    for kind, params in injector.kinds.items():
        try:
            params.read({})
        except ParamProblem:
            continue
        fault = Fault("doctor", kind, binding.target, {})
        try:
            return injector.plan(fault, binding, "gd-000000000000", Deadline.after(ENGINE_TIMEOUT_S))
        except Refused as refused:  # a target may name objects for some kinds only
            first = first or refused
    if first is not None:
        raise first
    return None
