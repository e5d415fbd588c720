"""What is ours on an engine, found from the engine alone: each of our containers bears its whole intent, and what was
left without one bears our mark."""

from __future__ import annotations

import time
from collections.abc import Set
from dataclasses import replace

from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.docker.discovery import match_container_ids
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import Conflict, EngineError, NotFound
from gameday.injectors.docker.marker_labels import MARK, own_containers
from gameday.injectors.docker.sidecar_script import command
from gameday.injectors.docker.sidecars import Sidecars
from gameday.injectors.docker.target_settings import read_settings
from gameday.injectors.docker.unmarked_leftovers import find_unmarked_leftovers, is_inspection
from gameday.markers import age
from gameday.model import Binding
from gameday.plugins.types import Deadline, Intent, PartialScan

_LOOK_ENDS = 60.0
"""Seconds after which a look is not going on any more: it was cut short, and its container is a stray."""


def strays(binding: Binding, deadline: Deadline) -> list[Intent]:
    """Those on this target, once each. Raises EngineTrouble, and PartlySeen where only our containers could be seen."""
    settings = read_settings(binding)
    with EngineApi(settings.engine, deadline) as engine:
        there = frozenset(match_container_ids(engine, settings).values())
        borne = _marked_intents(engine, settings.engine)
        found = [
            one
            for one in borne.values()
            if _concerns_target(one, binding, there, engine) and not _is_inspection_running(one)
        ]
        try:
            without = [
                one for one in find_unmarked_leftovers(engine, binding, settings, there) if one.marker not in borne
            ]
            after = _marked_intents(engine, settings.engine) if without else {}
        except EngineError as trouble:
            raise PartialScan(str(trouble), _TODO, found) from trouble
    # what came between the two was a drill's that runs: its container is there before its fault, and goes after it
    return [*found, *(one for one in without if one.marker not in after)]


_TODO = "Rules and files whose container somebody removed can be looked for when that is cured."


def _marked_intents(engine: EngineApi, url: str) -> dict[str, Intent]:
    """All that our containers on the engine bear, by its mark. The engine is where we found it: another machine may
    have reached it by another way."""
    found = [intent for _, intent in own_containers(engine.containers([MARK]))]
    return {one.marker: replace(one, address={**one.address, "engine": url}) for one in found}


def _concerns_target(intent: Intent, binding: Binding, there: Set[str], engine: EngineApi) -> bool:
    """By the containers themselves: other people's target may have the same name. The names decide only where all of
    its containers are gone."""
    listed = intent.undo.get("containers")
    ids = {str(one.get("id")) for one in listed if isinstance(one, dict)} if isinstance(listed, list) else set[str]()
    if ids & there:
        return True
    named = (intent.environment, intent.target) == (binding.environment, binding.target)
    return named and not any(_exists(one, engine) for one in ids)


def _exists(container: str, engine: EngineApi) -> bool:
    try:
        engine.inspect(container)
    except NotFound:
        return False
    return True


def _is_inspection_running(intent: Intent) -> bool:
    """Whether it is a look that somebody takes just now."""
    return is_inspection(intent) and age(intent.marker, time.time()) < _LOOK_ENDS


def leased_until(intent: Intent, engine: EngineApi) -> int:
    """The last of its containers' leases, in seconds since the engine's machine started. Raises EngineTrouble."""
    running = [str(one["Id"]) for one in Sidecars(engine, intent).list_existing() if one["State"] == "running"]
    return max(map_concurrently(lambda one: _until(one, engine), running), default=0)


def _until(container: str, engine: EngineApi) -> int:
    try:
        done = engine.run(container, command("leased"))
    except (NotFound, Conflict):  # it ended at this moment
        return 0
    if done.code == 0 and done.said.isdigit():
        return int(done.said)
    if done.code == 1:
        return 0
    raise EngineError(f"until when it holds is not known: {done.said or done.code}")  # it may just have begun
