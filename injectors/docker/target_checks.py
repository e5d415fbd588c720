"""Checks of a target's containers: what they are still recovering from, and who else restarts or replaces them."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import Inspected, SidecarFaultKind
from gameday.injectors.docker.target_containers import ContainerSnapshot, decode_snapshots, name_in_inspection
from gameday.plugins.types import Intent

_CONTROLLERS = {
    "com.docker.swarm.service.name": "Docker Swarm (service {value})",
    "io.kubernetes.pod.name": "Kubernetes (pod {value})",
    "com.hashicorp.nomad.alloc_id": "Nomad (allocation {value})",
}
"""Programs that replace a container which stops, by the label they put on it."""
_AUTOHEAL = "autoheal"
_NO_RESTART = ("", "no")


def unsettled_containers(intent: Intent, engine: EngineApi) -> str:
    """Return which containers do not run or are not healthy; empty when all are. Raises EngineError.

    A container that somebody removed is left out: the revert has reported it."""
    texts = map_concurrently(lambda snapshot: _unsettled(snapshot, engine), decode_snapshots(intent))
    return "; ".join(text for text in texts if text)


def _unsettled(snapshot: ContainerSnapshot, engine: EngineApi) -> str:
    now = snapshot.inspect_now(engine)
    if now is None:
        return ""
    status, health = str(now["State"]["Status"]), str((now["State"].get("Health") or {}).get("Status", ""))
    if status != "running":
        return f"container {snapshot.name} is {status}"
    return f"health check of container {snapshot.name}: {health}" if health in ("starting", "unhealthy") else ""


def interference_warnings(intent: Intent, engine: EngineApi) -> list[str]:
    """Return what could restart or replace the containers while the fault is present. Raises EngineError."""
    kind = KINDS[intent.kind].read(intent.params)
    may_kill = isinstance(kind, SidecarFaultKind) and kind.may_kill_target
    inspections = map_concurrently(lambda snapshot: snapshot.inspect_now(engine), decode_snapshots(intent))
    return [text for now in inspections if now is not None for text in _warnings(now, may_kill=may_kill)]


def _warnings(now: Inspected, *, may_kill: bool) -> Iterator[str]:
    name, labels = name_in_inspection(now), now["Config"]["Labels"] or {}
    for label, controller in _CONTROLLERS.items():
        if value := labels.get(label):
            yield f"{controller.format(value=value)} runs container {name}, and may restart or replace it"
    if str(labels.get(_AUTOHEAL, "")).lower() == "true":
        yield f"autoheal restarts container {name} when it is unhealthy"
    policy = str((now["HostConfig"].get("RestartPolicy") or {}).get("Name") or "")
    if may_kill and policy not in _NO_RESTART:
        yield f"the engine restarts container {name} if the fault kills it (restart policy {policy})"
