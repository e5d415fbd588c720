"""Recovery of drills whose owner has ended, by every command that touches drills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from gameday.clock import SystemClock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.revert.orphans import find_orphaned_drills
from gameday.drill.revert.owed_cleanups import describe_owed, not_undone_error
from gameday.drill.revert.revert_summary import describe_reverts, pending_reasons
from gameday.drill.revert.takeover import Takeover
from gameday.drill.revert.takeover_log import TakeoverLog, find_journal, read_journal
from gameday.errors import EnvironmentDirty
from gameday.events import Event, Started, has_any
from gameday.model import Source
from gameday.plugins.types import Intent
from gameday.process_identity import ProcessIdentity
from gameday.store.outstanding import OwedCleanup, outstanding_intents, owed_cleanups
from gameday.store.protocols import EventReader, Fenced, RevertAuthority, StoreError
from gameday.timing import DEFAULT_TIMING, Timing


def revert_orphans(
    store: RevertAuthority,
    injectors: InjectorLookup,
    report: Callable[[str], None],
    why: str,
    drills: Sequence[str] | None = None,
    timing: Timing = DEFAULT_TIMING,
) -> list[Intent]:
    """Revert what `drills` left, or the orphans; return what could not be reverted.

    An owner that still exists, perhaps suspended, is fenced, and its faults are watched until it ends.
    """
    left: list[Intent] = []
    for drill in find_orphaned_drills(store) if drills is None else drills:
        left += _recover_drill(drill, store, store.owner(drill), injectors, report, why, timing)[0]
    return left


def revert_lost_drill(
    drill: str, injectors: InjectorLookup, report: Callable[[str], None], why: str, timing: Timing
) -> tuple[list[Intent], list[OwedCleanup]] | None:
    """Revert what a drill left that no store knows any more; None if its journal is gone too.

    Return what could not be reverted, and the actions that were not undone."""
    journal = find_journal(drill)
    if journal is None or journal.header is None:
        return None
    return _recover_drill(drill, None, journal.header.owner, injectors, report, why, timing)


def _recover_drill(
    drill: str, store: RevertAuthority | None, owner: ProcessIdentity | None, injectors: InjectorLookup,
    report: Callable[[str], None], why: str, timing: Timing,
) -> tuple[list[Intent], list[OwedCleanup]]:  # fmt: skip
    log = TakeoverLog(drill, lambda: store, find_journal(drill), Source.COMMAND, SystemClock())
    pending = outstanding_intents([*(store.events(drill) if store else ()), *log.events()])
    if pending:
        report(f"{drill}: reverting its faults ...")
    takeover = Takeover(
        log, injectors, SystemClock(), timing=timing, owner_may_wake=partial(_is_alive, owner),
        on_all_reverted=partial(_report_suspended_owner, drill, owner, report),
        on_undo=lambda item: report(f"{drill}: undoing {item} ..."),
    )  # fmt: skip
    try:
        rest = takeover.run(why)
    except Fenced:
        report(f"{drill}: another process is reverting it.")
        return [], []
    events = log.events()
    if pending and not rest:
        report(f"{drill}: {describe_reverts(events)}{_review_hint(events)}")
    if not takeover.is_recorded:
        report(f"{drill}: the store cannot be written now, so a later command records this.")
    if takeover.lost_log:
        report(f"{drill}: the store was replaced and does not know this drill. Its log: {takeover.lost_log}")
    return rest, owed_cleanups(events)


def _review_hint(events: Sequence[Event]) -> str:
    """Return where the review comes from; empty for a drill that did not start."""
    return f" Review: gameday review {events[-1].drill}" if has_any(events, Started) else ""


def _is_alive(owner: ProcessIdentity | None) -> bool:
    return owner is not None and owner.alive() is True


def _report_suspended_owner(drill: str, owner: ProcessIdentity | None, report: Callable[[str], None]) -> None:
    """Report a suspended owner: the recovery waits for its end, which may take long."""
    if owner is not None and owner.alive() is True:
        report(f"{drill}: process {owner.pid} still exists, perhaps suspended; watching until it ends ...")


def dirty_error(
    left: list[Intent], store: EventReader | None = None, owed: Sequence[OwedCleanup] = ()
) -> EnvironmentDirty:
    """Return the error that overrides all others: what is left, why, and what to do."""
    if not left:
        return not_undone_error(owed)
    drills = {intent.drill for intent in left}
    reasons = pending_reasons([event for drill in drills for event in load_known_events(drill, store)])
    lines = [
        f"  {intent.marker}: {intent.target_text}\n    {reasons.get(intent.marker, 'it could not be reverted')}"
        for intent in left
    ]
    lines += ["and not undone:", describe_owed(owed)] if owed else []
    return EnvironmentDirty(
        "DIRTY: some faults could not be reverted:\n" + "\n".join(lines),
        "To retry: gameday halt. By hand: "
        + "; ".join(dict.fromkeys(intent.revert_text for intent in left))
        + ". Then close it: gameday halt --give-up MARKER --reason '...'",
    )


def load_known_events(drill: str, store: EventReader | None) -> list[Event]:
    """Return what is known of a drill; a store that cannot be read hides nothing that the journal has."""
    events = read_journal(drill) or []
    with suppress(StoreError):
        events += store.events(drill) if store else []
    return events
