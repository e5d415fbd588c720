"""Assignment of roles: proposed by the rotation, saved while a drill runs, recorded at its start."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import InvalidFiles, Refused

if TYPE_CHECKING:
    from gameday.app.calendars import Spans
    from gameday.model import Role, Scenario
    from gameday.people.cast import Cast
    from gameday.people.rotation_plan import DrillSlot


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster, and the record of who held which role before."""

    path: Path
    history: Path

    @property
    def changes(self) -> Path:
        """The file of swaps and declined drills."""
        return _changes_path(self.history)


def _changes_path(history: Path) -> Path:
    return history.with_name("rotation-changes.jsonl")


def propose_cast(
    roster: RosterFile, scenario: Scenario, running: str = "", start: float | None = None,
    busy: Spans | None = None, *, hosted: bool = False,
) -> Cast:  # fmt: skip
    """Return the rotation's proposal for a drill that starts at `start`, which is now by default.

    The roles of the `running` drill may be recorded already; they count from the next drill on. `busy` None: the
    calendars are read. Raises InvalidFiles, and Refused if a calendar's server does not answer.
    """
    from gameday.app.calendars import load_busy_spans, replace_busy
    from gameday.files.roster import read_roster
    from gameday.people.role_history import load_role_records
    from gameday.people.rotation_changes import load_changes
    from gameday.people.rotation_plan import propose

    slot = drill_slot(scenario, time.time() if start is None else start, hosted=hosted)
    people = read_roster(roster.path)
    spans = load_busy_spans(people, roster.path, slot.start, slot.end) if busy is None else busy
    people = replace_busy(people, spans)
    records = [r for r in load_role_records(roster.history, people.team) if not running or r.drill != running]
    return propose(people, records, load_changes(roster.changes, people.team), slot)


def drill_slot(scenario: Scenario, start: float, *, hosted: bool = False) -> DrillSlot:
    """Return the time and the roles of a drill; somebody always facilitates, and a hosted one is by the program."""
    from gameday.model import Role
    from gameday.people.cast import roles_besides_facilitator
    from gameday.people.rotation_plan import DrillSlot

    needed, wanted = roles_besides_facilitator(scenario.roles_required), scenario.roles_optional
    if hosted:
        return DrillSlot(start, start + scenario.timebox, tuple(needed), tuple(roles_besides_facilitator(wanted)))
    return DrillSlot(start, start + scenario.timebox, tuple(dict.fromkeys((Role.FACILITATOR, *needed))), wanted)


def next_roles(cast: Cast, history: Path) -> list[tuple[Role, str]]:
    """Return who the next run of the scenario proposes for each role, by name, if everybody is there."""
    from gameday.people.role_history import load_role_records
    from gameday.people.rotation_changes import load_changes
    from gameday.people.rotation_plan import DrillSlot, propose

    now, slot = time.time(), cast.slot
    coming = DrillSlot(now, now + slot.end - slot.start, slot.needed, slot.wanted)
    records = load_role_records(history, cast.roster.team)
    changes = load_changes(_changes_path(history), cast.roster.team)
    return [(role, cast.name(person)) for role, person in propose(cast.roster, records, changes, coming).holders()]


def assign_roles(roster: RosterFile, scenario: Scenario) -> Cast:
    """Return the proposal if a drill can start with it.

    Raises InvalidFiles, or Refused if nobody is available or nobody takes any required role.
    """
    from gameday.people.cast import roles_besides_facilitator

    cast = propose_cast(roster, scenario)
    if not cast.available():
        raise Refused(
            f"nobody in {roster.path} is available now: all are on call or away",
            "Change `busy` or `on_call` there, respond alone (--solo), or run without people (--rehearse)",
        )
    unfilled = unfilled_required_roles(cast, scenario)
    if unfilled and len(unfilled) == len(roles_besides_facilitator(scenario.roles_required)):
        raise Refused(
            f"nobody in {roster.path} takes a role that this scenario requires",
            "Change `declined` or `roles` there, respond alone (--solo), or run without people (--rehearse)",
        )
    return cast


def unfilled_required_roles(cast: Cast, scenario: Scenario) -> list[Role]:
    """Return the roles that the scenario requires and nobody takes."""
    from gameday.people.cast import unfilled_roles

    return unfilled_roles(cast, scenario.roles_required)


def save_cast(drill: str, roster: Path | None, cast: Cast) -> None:
    """Save the cast and who did not come, for a screen that attaches later."""
    if roster is None:
        return
    busy = {person.id: person.busy for person in cast.roster.people}
    body = {"roster": str(roster.absolute()), "missing": sorted(cast.missing), "start": cast.slot.start, "busy": busy}
    with suppress(OSError):
        path = _cast_path(drill)
        path.touch(mode=0o600)
        path.write_text(json.dumps(body), encoding="utf-8")


def load_cast(drill: str, scenario: Scenario, history: Path) -> Cast | None:
    """Return the saved cast; None without one, or if its roster is gone."""
    with suppress(OSError, ValueError, KeyError, InvalidFiles):
        body = json.loads(_cast_path(drill).read_text(encoding="utf-8"))
        busy = {person: [(begin, end) for begin, end in spans] for person, spans in body["busy"].items()}
        cast = propose_cast(RosterFile(Path(body["roster"]), history), scenario, drill, body["start"], busy)
        return replace(cast, missing=frozenset(body["missing"]))
    return None


def load_present_roles(name: str | None) -> list[str]:
    """Return the roles of the running drill for which somebody is present, as its briefing shows them."""
    from gameday.app.running_drills import select_running_drill
    from gameday.boards.playback import read_recorded_plan
    from gameday.store.open import open_for_revert

    running = select_running_drill(name)
    store = open_for_revert(running.folder)
    events = store.events(running.drill) if store is not None else []
    cast = (
        load_cast(running.drill, read_recorded_plan(events).scenario, running.folder.role_history) if events else None
    )
    return [role.value for role, _ in cast.holders()] if cast else []


def _cast_path(drill: str) -> Path:
    from gameday.store.paths import runtime_folder

    return runtime_folder() / f"{drill}.cast"


def record_roles(drill: str, history: Path, cast: Cast, filled: Collection[Role] | None = None) -> None:
    """Record who held which role at the start, for the rotation; the most junior first, as they speak afterwards.

    `filled`: the roles that somebody took; None is all. Raises OSError if the record cannot be written.
    """
    from gameday.people.role_history import (
        append_role_records,
        create_role_records,
        load_drill_roles,
        remove_drill_names,
    )

    if load_drill_roles(history, drill):
        return  # another screen did
    holders = [(role, person) for role, person in cast.junior_first() if filled is None or role in filled]
    assignments = create_role_records(drill, cast.slot.start, holders, cast.available())
    remove_drill_names(history)
    append_role_records(history, cast.roster.team, assignments)
