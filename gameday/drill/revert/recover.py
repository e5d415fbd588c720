"""Drills whose owner is gone: every command that touches drills looks for them first, and reverts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from gameday.clock import SystemClock
from gameday.drill.injector_registry import Injectors
from gameday.drill.revert.orphans import orphaned_drills
from gameday.drill.revert.restore_actions import unrestored_actions
from gameday.drill.revert.takeover import take_over
from gameday.errors import EnvironmentDirty
from gameday.events import Event, FaultKept, RevertPending, Started, has_any, of_type
from gameday.model import Source
from gameday.plugins.types import Intent
from gameday.process_identity import ProcessIdentity
from gameday.store.outstanding import outstanding
from gameday.store.protocols import EventReader, Fenced, RevertAuthority
from gameday.timing import DEFAULT_TIMING, Timing


def recover(
    store: RevertAuthority,
    injectors: Injectors,
    say: Callable[[str], None],
    why: str,
    drills: Sequence[str] | None = None,
    timing: Timing = DEFAULT_TIMING,
) -> list[Intent]:
    """Revert what `drills` left, or the orphans; returns what could not be taken back. An owner that lives, and is
    perhaps only stopped, is fenced, and its faults are watched until it is gone."""
    left: list[Intent] = []
    for drill in orphaned_drills(store) if drills is None else drills:
        pending = outstanding(store.events(drill))
        if pending:
            say(f"{drill}: putting back what it left ...")
        owner = store.owner(drill)
        try:
            rest = take_over(
                store, drill, why, injectors, SystemClock(), source=Source.COMMAND, timing=timing,
                danger=partial(_lives, owner), gone=partial(_say_if_it_lives, drill, owner, say),
            )  # fmt: skip
        except Fenced:
            say(f"{drill}: another process is at it.")
            continue
        if pending and not rest:
            say(f"{drill}: {_ended(store.events(drill))}")
        for item in unrestored_actions(store.events(drill)):
            say(f"{drill}: {item} is not put back; nobody but you can: see the actions of its environment.")
        left += rest
    return left


def _ended(events: Sequence[Event]) -> str:
    """Nobody else is there any more to say where its review comes from."""
    left = dict.fromkeys(event.body.reason for event in of_type(events, FaultKept))
    back = f"no fault stands; left as somebody made it: {'; '.join(left)}." if left else "every fault is taken back."
    began = has_any(events, Started)
    return f"{back} Its review: gameday review {events[-1].drill}" if began else back


def _lives(owner: ProcessIdentity | None) -> bool:
    return owner is not None and owner.alive() is True


def _say_if_it_lives(drill: str, owner: ProcessIdentity | None, say: Callable[[str], None]) -> None:
    """Else nobody would know what is waited for, and perhaps for ever."""
    if owner is not None and owner.alive() is True:
        say(f"{drill}: process {owner.pid} still lives, perhaps stopped; watching until it has ended ...")


def dirty_error(left: list[Intent], store: EventReader) -> EnvironmentDirty:
    """The ending that wins over all: what is left, why, and what to do."""
    whys = {
        event.body.marker: event.body.reason
        for drill in {intent.drill for intent in left}
        for event in of_type(store.events(drill), RevertPending)
    }
    lines = [
        f"  {one.marker}: {one.target_text}\n    {whys.get(one.marker, 'it could not be taken back')}" for one in left
    ]
    return EnvironmentDirty(
        "DIRTY: not everything could be put back:\n" + "\n".join(lines),
        "`gameday halt` tries again until it is done. By hand: "
        + "; ".join(dict.fromkeys(one.revert_text for one in left))
        + ". Then close it: gameday halt --give-up MARK --reason '...'",
    )
