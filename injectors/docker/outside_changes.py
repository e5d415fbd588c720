"""Changes of containers by somebody outside the drill: paused, stopped, taken off a network, given lower limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.target_containers import ContainerSnapshot, decode_snapshots
from gameday.model import Json
from gameday.plugins.injector import ChangeDetector
from gameday.plugins.types import Deadline, Intent

_ENDS_CONTAINER = frozenset({"paused", "stopped", "networks"})
OWN_EFFECTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("stop", "kill", "restart", "memory", "pids", "exec"), _ENDS_CONTAINER),
    "pause": frozenset({"paused"}),
    "disconnect": frozenset({"networks"}),
}
"""What a fault of the drill may change in the engine's view of a container, by its kind."""
LIMITS = {"NanoCpus": "CPU", "CpuQuota": "CPU", "Memory": "memory", "PidsLimit": "process"}
"""Limits that `docker update` sets, and what they are of."""


class ContainerChangeDetector(ChangeDetector):
    """Detector of what somebody else impairs on containers."""

    @override
    def read_state(self, intent: Intent, own: Sequence[Intent], deadline: Deadline) -> Mapping[str, Json]:
        try:
            with EngineApi(str(intent.address["engine"]), deadline) as engine:
                states = map_concurrently(lambda each: _state(engine, each, own), decode_snapshots(intent))
        except EngineError as error:
            raise Refused(f"cannot inspect {intent.target_text}: {error}", UNREACHABLE_REMEDY) from error
        return {name: state for name, state in states if state}

    @override
    def list_impairments(self, before: Mapping[str, Json], now: Mapping[str, Json]) -> frozenset[str]:
        pairs = ((name, before.get(name), state) for name, state in now.items())
        return frozenset(
            f"container {name}: {clause}"
            for name, earlier, later in pairs
            if isinstance(earlier, dict) and isinstance(later, dict)
            for clause in _clauses(earlier, later)
        )


def _state(engine: EngineApi, snapshot: ContainerSnapshot, own: Sequence[Intent]) -> tuple[str, dict[str, Json]]:
    """Return the container's state without what the drill's own faults on it may change; empty if it is gone."""
    inspected = snapshot.inspect_now(engine)
    if inspected is None:
        return snapshot.name, {}
    kinds = {intent.kind for intent in own if snapshot.id in {each.id for each in decode_snapshots(intent)}}
    hidden = frozenset[str]().union(*(OWN_EFFECTS.get(kind, frozenset()) for kind in kinds))
    state = _read(engine, snapshot.id, inspected)
    return snapshot.name, {key: value for key, value in state.items() if key not in hidden}


def _read(engine: EngineApi, container: str, inspected: Mapping[str, Any]) -> dict[str, Json]:
    host, networks = inspected["HostConfig"], inspected["NetworkSettings"]["Networks"] or {}
    is_running = bool(inspected["State"]["Running"])
    names: list[Json] = [str(network) for network in sorted(networks)]
    running_only: dict[str, Json] = {"networks": names} if is_running else {}
    return {
        "paused": bool(inspected["State"]["Paused"]),
        "stopped": not is_running and _was_stopped_by_hand(engine, container, inspected),
        "limits": {key: max(0, int(host.get(key) or 0)) for key in LIMITS},
        **running_only,
    }


def _was_stopped_by_hand(engine: EngineApi, container: str, inspected: Mapping[str, Any]) -> bool:
    """Return True if somebody told the engine to end it: one that failed may have failed of the drill's fault."""
    return bool(engine.exit_events(container, str(inspected["State"]["FinishedAt"])) & {"kill", "stop"})


def _clauses(before: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[str]:
    if now.get("paused") and before.get("paused") is False:
        yield "it was paused"
    if now.get("stopped") and before.get("stopped") is False:
        yield "it was stopped"
    earlier, later = before.get("networks"), now.get("networks")
    if isinstance(earlier, list) and isinstance(later, list):
        yield from (f"it was disconnected from network {network}" for network in earlier if network not in later)
    limits, lowered = before.get("limits"), now.get("limits")
    if isinstance(limits, dict) and isinstance(lowered, dict):
        names = {LIMITS[key] for key, value in lowered.items() if _is_lower(value, limits.get(key))}
        yield from (f"its {name} limit was lowered" for name in sorted(names))


def _is_lower(now: Json, before: Json) -> bool:
    """Return True if a limit is lower than it was; 0 is none."""
    return isinstance(now, int) and isinstance(before, int) and now > 0 and (before == 0 or now < before)
