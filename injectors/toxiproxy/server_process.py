"""The process that holds a fault, where the server says who it is: when it has ended, all that it held went with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gameday.model import Json
from gameday.plugins.types import Intent
from gameday.process_identity import ProcessIdentity, namespace


def holder_of(version: Mapping[str, Any]) -> dict[str, Json]:
    """What `undo` keeps of it; empty for a server that does not say, or one that our eyes do not reach."""
    found = version.get("process")
    return dict(found) if isinstance(found, dict) and found.get("namespace") == namespace() else {}


def has_ended(intent: Intent) -> bool:
    """Whether the very process is gone, so that nothing of this intent can stand, whoever answers at its address."""
    found = intent.undo.get("process")
    if not isinstance(found, dict) or found.get("namespace") != namespace():
        return False
    try:
        known: dict[str, Any] = {key: found[key] for key in ("host", "pid", "born", "boot")}
        return ProcessIdentity(**known).alive() is False
    except KeyError:
        return False
