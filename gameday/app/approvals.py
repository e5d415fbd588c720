"""Use case `approve`: record what the owner of targets has approved, and tell when a schedule outlives it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from gameday.errors import BadArguments, GamedayError
from gameday.suggestions import suggest_word

if TYPE_CHECKING:
    from pathlib import Path

    from gameday.files.project_editor import ProjectEditor
    from gameday.model import Environment, Json
    from gameday.schedule.schedules import Schedule


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """An approval to record. Without targets: all of the owner; without kinds: all that these targets can have.

    `until` None: as long as an approval may last."""

    owner: str
    environment: str | None = None
    targets: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordedApproval:
    """An approval as it was written. `name`: its key in the environment of the file."""

    path: Path
    environment: str
    name: str
    targets: Sequence[str]
    kinds: Sequence[str]
    until: date


def record_approval(request: ApprovalRequest, today: date) -> RecordedApproval:
    """Write an approval into gameday.yaml. Raises BadArguments and InvalidFiles, and then changes nothing."""
    from gameday.files.project_editor import open_project_editor
    from gameday.files.yaml_edit import CannotInsert
    from gameday.model import MAX_APPROVAL_DAYS

    editor = open_project_editor(request.environment)
    targets = _targets(request, editor.environment)
    kinds = _kinds(request, editor.environment, targets)
    until = request.until or today + timedelta(days=MAX_APPROVAL_DAYS)
    _require_days(today, until)
    entry: dict[str, Json] = {
        "owner": request.owner, "targets": [*targets], "kinds": [*kinds], "from": str(today), "until": str(until),
        **({"note": request.note} if request.note else {}),
    }  # fmt: skip
    name = _free_name(request.owner, today, editor)
    try:
        editor.with_value(("approvals", name), entry).write()
    except CannotInsert:
        todo = f"Add it by hand under approvals: {name}: {entry}"
        raise BadArguments(f"{editor.path}: this layout cannot be edited without changing the rest", todo) from None
    return RecordedApproval(editor.path, editor.name, name, targets, kinds, until)


def _targets(request: ApprovalRequest, environment: Environment) -> tuple[str, ...]:
    """Return the targets that the approval is about. Raises BadArguments unless all are the owner's."""
    owned = tuple(name for name, target in environment.targets.items() if target.owner == request.owner)
    if not owned:
        owners = sorted({target.owner for target in environment.targets.values() if target.owner})
        known = f"Owners there: {', '.join(owners)}" if owners else "Set `owner` on a target in gameday.yaml"
        todo = suggest_word(request.owner, owners) or known
        raise BadArguments(f"{request.owner} owns no target of {environment.name}", todo)
    for name in request.targets:
        if name not in owned:
            todo = suggest_word(name, owned) or f"Targets of {request.owner}: {', '.join(owned)}"
            raise BadArguments(f"target {name!r} of {environment.name} is not owned by {request.owner}", todo)
    return request.targets or owned


def _kinds(request: ApprovalRequest, environment: Environment, targets: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds that the approval is about. Raises BadArguments for one that no target of it can have."""
    from gameday.app.scenario_selection import fault_kinds

    installed = fault_kinds()
    possible = {kind for name in targets for kind in installed.get(environment.targets[name].injector, ())}
    allowed = sorted(possible & environment.kinds if environment.kinds else possible)
    for kind in request.kinds:
        if kind not in allowed:
            todo = suggest_word(kind, allowed) or f"Kinds: {', '.join(allowed) or 'none'}"
            raise BadArguments(f"kind {kind!r} is not possible on {', '.join(targets)} in {environment.name}", todo)
    return request.kinds or tuple(allowed)


def _require_days(today: date, until: date) -> None:
    from gameday.model import MAX_APPROVAL_DAYS

    latest = today + timedelta(days=MAX_APPROVAL_DAYS)
    if not today <= until <= latest:
        wrong = f"an approval holds from today for at most {MAX_APPROVAL_DAYS} days"
        raise BadArguments(wrong, f"Choose another day with --until, {latest} at the latest")


def _free_name(owner: str, today: date, editor: ProjectEditor) -> str:
    used = {approval.name for approval in editor.environment.approvals}
    base = f"{re.sub('[^A-Za-z0-9]+', '-', owner).strip('-').lower()[:40] or 'owner'}-{today}"
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, len(used) + 3))) if name not in used)


def approval_gap(schedule: Schedule, folder: Path, day: date) -> str:
    """Return which approval an occurrence on that day lacks; empty for none, or where nothing can be said.

    Names no fault: everyone may see a schedule."""
    from gameday.app.environment_selection import read_environment
    from gameday.app.schedules import resolve_scenarios
    from gameday.files.scenario import read_scenario
    from gameday.files.scenario_library import find_scenario
    from gameday.model import last_approved_day

    try:
        environment = read_environment(schedule.environment)
        if not any(target.owner for target in environment.targets.values()):
            return ""
        scenarios = [read_scenario(find_scenario(file)) for file in resolve_scenarios(schedule, folder)]
    except GamedayError:  # the start itself says why
        return ""
    faults = [fault for scenario in scenarios for fault in environment.owned_faults(scenario)]
    owners = {f.owner for f in faults if last_approved_day(f, environment.approvals, day) is None}
    return f"needs an approval of {', '.join(sorted(owners))} by then" if owners else ""
