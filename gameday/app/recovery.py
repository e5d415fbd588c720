"""Recovery before a use case: revert what drills left whose runner and guardian are gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import Refused

if TYPE_CHECKING:
    from gameday.drill.control.drill_registry import RunningDrill
    from gameday.model import Environment
    from gameday.plugins.types import Intent
    from gameday.store.paths import DataFolder
    from gameday.store.protocols import DrillStore, EventReader
    from gameday.timing import Timing


def recover_orphans(command: str, report: Callable[[str], None], timing: Timing) -> None:
    """Revert what orphaned and lost drills left. Raises EnvironmentDirty if something is left.

    Without orphans it costs one look into the store.
    """
    from gameday.drill.revert.orphans import find_orphaned_drills
    from gameday.store.open import open_read_only

    store = open_read_only()
    recover_lost_drills(command, report, timing)
    orphans = frozenset(find_orphaned_drills(store)) if store is not None else frozenset[str]()
    if store is None or not orphans:
        return
    from gameday.app.running_drills import current_project, list_running, stop_orphaned_demos
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.drill.revert.orphaned_drills import dirty_error, revert_orphans
    from gameday.drill.revert.owed_cleanups import find_owed_cleanups

    notes = [note for note in list_running(everywhere=True).drills if note.drill in orphans]
    left = revert_orphans(store, InjectorRegistry(), report, _found_text(command), timing=timing)
    if own := _report_others(left, store, current_project(), report):
        raise dirty_error(own, store)
    stop_orphaned_demos(notes, report)
    for owed in find_owed_cleanups(store, orphans.__contains__):
        report(f"{owed.drill}: {owed.reason}; by hand: {owed.instruction}")


def _found_text(command: str) -> str:
    return f"`gameday {command}` found it without an owner"


def recover_lost_drills(command: str, report: Callable[[str], None], timing: Timing) -> list[RunningDrill]:
    """Revert what drills left that no store knows any more, from their journals; return those without a journal.

    Raises EnvironmentDirty if something is left.
    """
    from gameday.app.running_drills import find_lost_drills, list_running

    running = list_running().drills
    if not running or not (lost := find_lost_drills(running)):
        return []
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.drill.revert.orphaned_drills import dirty_error, revert_lost_drill

    results = {
        drill: revert_lost_drill(drill.drill, InjectorRegistry(), report, _found_text(command), timing)
        for drill in lost
    }
    remains = [result for result in results.values() if result is not None]
    left, owed = [each for intents, _ in remains for each in intents], [each for _, some in remains for each in some]
    if left or owed:
        raise dirty_error(left, owed=owed)
    return [drill for drill, result in results.items() if result is None]


def _report_others(
    left: Sequence[Intent], store: EventReader, here: str | None, report: Callable[[str], None]
) -> list[Intent]:
    """Report what drills of other projects left; return what was left by this project's."""
    from gameday.app.running_drills import is_visible_from

    own = [intent for intent in left if is_visible_from(store.project(intent.drill), here)]
    for intent in left:
        if intent not in own:
            report(f"{intent.drill}, of another project ({store.project(intent.drill)}): could not be reverted")
    return own


def open_recovered_store(
    folder: DataFolder, environment: Environment, report: Callable[[str], None], timing: Timing
) -> DrillStore:
    """Open the store for a new drill, after recovery.

    Raises EnvironmentDirty if something is left, or an action was not undone in its environment."""
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.drill.revert.orphaned_drills import dirty_error, revert_orphans
    from gameday.drill.revert.owed_cleanups import find_environment_cleanups, not_undone_error
    from gameday.store.open import open_store
    from gameday.store.paths import runtime_folder

    runtime_folder()
    store = open_store(folder)
    recover_lost_drills("run", report, timing)
    left = revert_orphans(store, InjectorRegistry(), report, _found_text("run"), timing=timing)
    if own := _report_others(left, store, environment.project, report):
        raise dirty_error(own, store)
    if owed := find_environment_cleanups(store, environment.project, environment.name):
        raise not_undone_error(owed)
    return store


def require_unused_environment(store: DrillStore, environment: Environment) -> None:
    """Raise Refused while another drill runs in it: nothing is started or printed for a drill that cannot begin."""
    from gameday.store.protocols import environment_in_use

    for drill in store.unfinished():
        if (store.environment(drill), store.project(drill)) == (environment.name, environment.project):
            raise environment_in_use(drill, environment.name)


def require_demo_unused(place: Path | None = None) -> None:
    """Raise Refused while a drill runs in the demo in `place`: reverting it may need the demo.

    None is the demo of containers, which any environment but a demo's own may bind.
    """
    from gameday.drill.control.drill_registry import list_registered

    for note in list_registered():
        if place is not None and note.place == str(place):
            raise Refused(f"drill {note.drill} uses this demo", "Wait for its end, or run: gameday stop")
        if place is None and not note.place:
            wrong = f"drill {note.drill} runs in environment {note.environment} and may use these containers"
            raise Refused(wrong, "Wait for its end, or, if it is yours, run: gameday stop")
