"""Orphaned drills: unfinished, and without an owner. Every command looks for them, so this loads no injector."""

from __future__ import annotations

from gameday.store.protocols import RevertAuthority

OWNER_TIMEOUT_S = 120.0
"""Seconds without a beat after which an owner that cannot be seen from this host counts as gone."""


def find_orphaned_drills(store: RevertAuthority) -> list[str]:
    """Return the unfinished drills whose owner is dead, or sits on another host and has not beaten for long."""
    return [drill for drill in store.unfinished() if not _has_owner(store, drill)]


def _has_owner(store: RevertAuthority, drill: str) -> bool:
    owner = store.owner(drill)
    alive = owner.alive() if owner else False
    return store.heartbeat_age(drill) < OWNER_TIMEOUT_S if alive is None else alive
