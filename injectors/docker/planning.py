"""Plan a fault on containers: read the engine, change nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gameday.errors import Refused
from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.common.refusals import foreign_marker_refusal
from gameday.injectors.common.target_settings import draw_count
from gameday.injectors.docker.container_preconditions import require_unshared_network, require_unshared_volume
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.engine_prerequisites import require_prerequisites
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import (
    EngineFaultKind,
    FaultKind,
    Inspected,
    SidecarFaultKind,
    guardian_recipes,
)
from gameday.injectors.docker.faults.iptables_rules import Partition
from gameday.injectors.docker.guardian_container import require_script_fits
from gameday.injectors.docker.marker_labels import MARKER_LABEL, marked_containers
from gameday.injectors.docker.sidecars import LEASE
from gameday.injectors.docker.target_containers import (
    ContainerSnapshot,
    decode_snapshots,
    describe_containers,
    name_in_inspection,
    require_running,
    select_containers,
)
from gameday.injectors.docker.target_settings import Settings, read_settings
from gameday.markers import drill_of
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import Intent, RevertGuarantee


def plan_fault(fault: Fault, binding: Binding, marker: str, engine: EngineApi) -> Intent:
    """Return the intent of a fault. Raises Refused, or EngineError if the engine does not respond."""
    settings, kind, drill = read_settings(binding), KINDS[fault.kind].read(fault.params), drill_of(marker)
    require_prerequisites(engine, settings, fault.kind, kind)
    containers = select_containers(engine, settings, binding)
    if kind.affects_network:
        require_unshared_network(engine, containers)
    existing = _existing_faults(engine, drill, {str(container["Id"]) for container in containers})
    require_running(containers, settings.target)
    peers = _peer_addresses(engine, binding, settings, kind)
    snapshots = [_take_snapshot(kind, container, fault.kind, existing, peers) for container in containers]
    names: list[Json] = [snapshot.name for snapshot in snapshots]
    if filled := [source for snapshot in snapshots if (source := kind.filled_volume(snapshot))]:
        require_unshared_volume(engine, filled, [snapshot.id for snapshot in snapshots])
    guarantee = _revert_guarantee(kind, settings, snapshots)
    to_draw = 0 if binding.drawn else draw_count(settings, len(snapshots))
    return IntentBuilder("docker", binding).build(
        marker,
        fault.kind,
        fault=fault.id,
        address={"engine": settings.engine, "containers": names},
        params=fault.params,
        undo={
            "ids": [snapshot.id for snapshot in snapshots],
            "containers": [snapshot.encode() for snapshot in snapshots],
            "tools": settings.tools,
            "guardian": settings.guardian,
            "image": settings.tools or pick_marker_image(engine, marker),
        },
        target_text=describe_containers(snapshots, settings.engine, to_draw),
        revert_text=kind.describe_revert(),
        guarantee=guarantee,
        lease=LEASE if guarantee in (RevertGuarantee.ENGINE, RevertGuarantee.GUARDIAN_CONTAINER) else 0.0,
    )


def _existing_faults(engine: EngineApi, drill: str, ids: set[str]) -> list[Intent]:
    """Return the drill's own faults on these containers, to be adjusted. Raises Refused for another drill's."""
    existing: dict[str, Intent] = {}
    for container, intent in marked_containers(engine.containers([MARKER_LABEL])):
        has_marker = f"/{intent.marker}" in container["Names"]  # what preflight tries stands on nobody
        if has_marker and ids & {snapshot.id for snapshot in decode_snapshots(intent)}:
            existing[intent.marker] = intent
    for marker, intent in existing.items():
        if intent.drill != drill:
            raise foreign_marker_refusal(marker, ", ".join(intent.member_names))
    return list(existing.values())


def _peer_addresses(engine: EngineApi, binding: Binding, settings: Settings, kind: FaultKind) -> dict[str, Json]:
    """Return the addresses of the other target's containers, for a fault between two targets."""
    if not isinstance(kind, Partition):
        return {}
    if kind.peer not in binding.others or kind.peer == binding.target:
        raise Refused(
            f"target {binding.target}: there is no other target {kind.peer!r} with injector docker",
            f"Other targets: {', '.join(sorted(set(binding.others) - {binding.target})) or 'none'}.",
        )
    other = replace(binding, target=kind.peer, settings=binding.others[kind.peer], shown=())
    peer_settings = read_settings(other)
    if peer_settings.engine != settings.engine:
        raise Refused(
            f"target {binding.target} is on engine {settings.engine}, and {kind.peer} on {peer_settings.engine}: "
            "only containers of the same engine can be partitioned",
            "If it is the same engine, write the same address in gameday.yaml; otherwise choose another peer.",
        )
    containers = select_containers(engine, peer_settings, other)
    networks = [net for container in containers for net in container["NetworkSettings"]["Networks"].values()]
    addresses: list[Json] = [str(net["IPAddress"]) for net in networks if net["IPAddress"]]
    if not addresses:
        raise Refused(f"target {kind.peer} has no address in any network, so it cannot be partitioned")
    return {"peers": addresses}


def _take_snapshot(
    kind: FaultKind, now: Inspected, name: str, existing: Sequence[Intent], peers: Mapping[str, Json]
) -> ContainerSnapshot:
    before: Mapping[str, Json] = {**kind.capture_state(now), **peers}
    ident = str(now["Id"])
    superseded: list[Json] = []
    for intent in existing:
        if intent.kind == name and isinstance(earlier := KINDS[name].read(intent.params), SidecarFaultKind):
            superseded += [
                trace
                for snapshot in decode_snapshots(intent)
                if snapshot.id == ident
                for trace in earlier.markers(intent.marker, snapshot)
            ]
    more = {**before, "superseded": superseded} if superseded else before
    return ContainerSnapshot(
        ident, name_in_inspection(now), str(now["State"]["StartedAt"]), more, int(now.get("RestartCount") or 0)
    )


def _revert_guarantee(kind: FaultKind, settings: Settings, snapshots: Sequence[ContainerSnapshot]) -> RevertGuarantee:
    if isinstance(kind, SidecarFaultKind):
        return RevertGuarantee.ENGINE
    assert isinstance(kind, EngineFaultKind)
    recipes = guardian_recipes(kind, snapshots, settings.tools, settings.guardian)
    require_script_fits(recipes, snapshots[0].id, len(snapshots), settings.target)
    return RevertGuarantee.GUARDIAN_CONTAINER if recipes else RevertGuarantee.GUARDIAN


def pick_marker_image(engine: EngineApi, marker: str) -> str:
    """Return an image for a marker container, which never runs: a random one, so that it does not tell the target.

    Preferably one that a container of somebody's uses: it cannot be removed in the meantime."""
    images = engine.images()
    if not images:
        raise EngineError("the engine has no image")
    used = {str(container["ImageID"]) for container in engine.containers([]) if MARKER_LABEL not in container["Labels"]}
    held = sorted(used.intersection(images))
    return random.Random(marker).choice(held or images)  # noqa: S311 - any will do
