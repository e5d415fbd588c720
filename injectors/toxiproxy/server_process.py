"""Process of a Toxiproxy server: when it has ended, all of its faults have ended with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gameday.model import Json
from gameday.plugins.types import Intent
from gameday.process_identity import ProcessIdentity, pid_namespace


def find_listening_process(version: Mapping[str, Any]) -> dict[str, Json]:
    """Return the server's process for the undo; empty where it is not known, or not visible from here."""
    process = version.get("process")
    return dict(process) if isinstance(process, dict) and process.get("namespace") == pid_namespace() else {}


def server_identity(version: Mapping[str, Any]) -> dict[str, Json]:
    """Return what tells this run of the server from any other; empty where it does not say."""
    process = version.get("process")
    return dict(process) if isinstance(process, dict) else {}


def was_restarted(intent: Intent, version: Mapping[str, Any]) -> bool:
    """Return True if the server was started again since the fault was planned, on whatever host it runs."""
    planned_on, responding = intent.undo.get("server"), server_identity(version)
    return bool(planned_on and responding) and planned_on != responding


def has_process_ended(intent: Intent) -> bool:
    """Return True if that very process has ended, whatever responds at its address now."""
    process = intent.undo.get("process")
    if not isinstance(process, dict) or process.get("namespace") != pid_namespace():
        return False
    try:
        identity: dict[str, Any] = {key: process[key] for key in ("host", "pid", "born", "boot")}
        return ProcessIdentity(**identity).alive() is False
    except KeyError:
        return False
