"""Faults of any drill on an engine, found from the engine alone: by their containers, or by the marker they left."""

from __future__ import annotations

import time
from collections.abc import Set
from dataclasses import replace

from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import Conflict, EngineError, NotFound
from gameday.injectors.docker.leftovers_without_sidecar import find_unmarked_leftovers, is_inspection_container
from gameday.injectors.docker.marker_labels import MARKER_LABEL, marked_containers
from gameday.injectors.docker.sidecar_script import sidecar_command
from gameday.injectors.docker.sidecars import Sidecars
from gameday.injectors.docker.target_containers import match_container_ids
from gameday.injectors.docker.target_settings import read_settings
from gameday.markers import age
from gameday.model import Binding
from gameday.plugins.types import Deadline, Intent, PartialScan

_MAX_INSPECTION_S = 60.0
"""Seconds after which an inspection was interrupted, and its container is a leftover."""
_TODO = "Rules and files whose container somebody removed can be found once that is fixed."


def find_leftovers(binding: Binding, deadline: Deadline) -> list[Intent]:
    """Return each fault on this target once. Raises EngineError, and PartialScan where only containers were seen."""
    settings = read_settings(binding)
    with EngineApi(settings.engine, deadline) as engine:
        targets = frozenset(match_container_ids(engine, settings).values())
        marked = _marked_intents(engine, settings.engine)
        leftovers = [
            intent
            for intent in marked.values()
            if _concerns_target(intent, binding, targets, engine) and not _is_inspection_running(intent)
        ]
        try:
            unmarked = [
                intent
                for intent in find_unmarked_leftovers(engine, binding, settings, targets)
                if intent.marker not in marked
            ]
            marked_since = _marked_intents(engine, settings.engine) if unmarked else {}
        except EngineError as error:
            raise PartialScan(str(error), _TODO, leftovers) from error
    # a fault that got a container meanwhile is a running drill's: its container exists before it and after it
    return [*leftovers, *(intent for intent in unmarked if intent.marker not in marked_since)]


def _marked_intents(engine: EngineApi, url: str) -> dict[str, Intent]:
    """Return the intents of all containers with a marker, by marker, with the engine's address as it is from here."""
    intents = [intent for _, intent in marked_containers(engine.containers([MARKER_LABEL]))]
    return {intent.marker: replace(intent, address={**intent.address, "engine": url}) for intent in intents}


def _concerns_target(intent: Intent, binding: Binding, targets: Set[str], engine: EngineApi) -> bool:
    """Return True if the fault is on a container of the target; by name only if all of them are gone.

    Another team's target may have the same name."""
    snapshots = intent.undo.get("containers")
    listed = snapshots if isinstance(snapshots, list) else []
    ids = {str(snapshot.get("id")) for snapshot in listed if isinstance(snapshot, dict)}
    if ids & targets:
        return True
    named = (intent.environment, intent.target) == (binding.environment, binding.target)
    return named and not any(_exists(container, engine) for container in ids)


def _exists(container: str, engine: EngineApi) -> bool:
    try:
        engine.inspect(container)
    except NotFound:
        return False
    return True


def _is_inspection_running(intent: Intent) -> bool:
    return is_inspection_container(intent) and age(intent.marker, time.time()) < _MAX_INSPECTION_S


def read_lease_end(intent: Intent, engine: EngineApi) -> int:
    """Return the end of the last lease, in seconds since the engine's machine started. Raises EngineError."""
    existing = Sidecars(engine, intent).list_existing()
    running = [str(container["Id"]) for container in existing if container["State"] == "running"]
    return max(map_concurrently(lambda container: _lease_end(container, engine), running), default=0)


def _lease_end(container: str, engine: EngineApi) -> int:
    try:
        result = engine.run(container, sidecar_command("lease-end"))
    except (NotFound, Conflict):  # it ended at this moment
        return 0
    if result.code == 0 and result.output.isdigit():
        return int(result.output)
    if result.code == 1:
        return 0
    raise EngineError(f"the end of its lease is unknown: {result.output or result.code}")  # it may just have started
