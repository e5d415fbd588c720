"""Actions that drills did not undo, among all drills of a store, and the error that names them with what to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from gameday.drill.control.drill_registry import list_registered
from gameday.drill.revert.takeover_log import read_journal
from gameday.errors import EnvironmentDirty, Refused
from gameday.events import CleanupRecorded, Event
from gameday.store.outstanding import OwedCleanup, owed_cleanups
from gameday.store.protocols import DrillReader, EventReader, StoreError


def find_owed_cleanups(store: EventReader, is_included: Callable[[str], bool]) -> list[OwedCleanup]:
    """Return what the included drills did not undo, as store and journals know; an unreadable store knows nothing."""
    by_drill: dict[str, list[Event]] = {}
    with suppress(StoreError):
        for event in [*store.events_of_kind(CleanupRecorded.kind), *_journaled()]:
            by_drill.setdefault(event.drill, []).append(event)
        return [owed for drill, events in by_drill.items() if is_included(drill) for owed in owed_cleanups(events)]
    return []


def find_environment_cleanups(store: DrillReader, project: str, environment: str) -> list[OwedCleanup]:
    """Return what drills of a project did not undo in an environment: no drill can start there."""
    return find_owed_cleanups(
        store, lambda drill: (store.project(drill), store.environment(drill)) == (project, environment)
    )


def _journaled() -> Iterable[Event]:
    """Return the events of drills that are still registered: the store may not have them yet."""
    with suppress(Refused):
        for running in list_registered():
            yield from read_journal(running.drill) or ()


def describe_owed(owed: Sequence[OwedCleanup]) -> str:
    """Describe each action that was not undone, with what to run, in two lines."""
    return "\n".join(f"  {each.drill}: {each.reason}\n    by hand: {each.instruction}" for each in owed)


def not_undone_error(owed: Sequence[OwedCleanup], refusal: str = "") -> EnvironmentDirty:
    """Return the error for actions that were not undone. `refusal`: why the drill did not start."""
    drills = dict.fromkeys(each.drill for each in owed)
    before = f"{refusal}\n" if refusal else ""
    return EnvironmentDirty(f"{before}DIRTY: not undone:\n{describe_owed(owed)}", close_hint(drills))


def close_hint(drills: Iterable[str]) -> str:
    """Return how to close by hand what drills left."""
    return "Then close it: " + " and ".join(f"gameday halt --give-up {drill} --reason '...'" for drill in drills)
