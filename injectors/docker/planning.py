"""Plan a fault on containers: read the engine, change nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gameday.errors import Refused
from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.common.refusals import foreign_marker_refusal
from gameday.injectors.docker.discovery import (
    ContainerSnapshot,
    describe_containers,
    name_in_inspection,
    require_running,
    select_containers,
    snapshots_of,
)
from gameday.injectors.docker.engine_api import EngineApi
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
from gameday.injectors.docker.marker_labels import MARKER_LABEL, own_containers
from gameday.injectors.docker.preconditions import require_unshared_network, require_unshared_volume
from gameday.injectors.docker.prerequisites import require_prerequisites
from gameday.injectors.docker.sidecars import LEASE
from gameday.injectors.docker.target_settings import Settings, read_settings
from gameday.markers import drill_of
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import Intent, RevertGuarantee


def plan_fault(fault: Fault, binding: Binding, marker: str, engine: EngineApi) -> Intent:
    """Raises Refused, or EngineError when the engine cannot be asked."""
    settings, kind, drill = read_settings(binding), KINDS[fault.kind].read(fault.params), drill_of(marker)
    require_prerequisites(engine, settings, fault.kind, kind)
    found = select_containers(engine, settings, binding)
    if kind.affects_network:
        require_unshared_network(engine, found)
    standing = _existing_faults(engine, drill, {str(one["Id"]) for one in found})
    require_running(found, settings.target)
    between = _peer_addresses(engine, binding, settings, kind)
    snapshots = [_take_snapshot(kind, one, fault.kind, standing, between) for one in found]
    names: list[Json] = [snapshot.name for snapshot in snapshots]
    if filled := [source for snapshot in snapshots if (source := kind.filled_volume(snapshot))]:
        require_unshared_volume(engine, filled, [snapshot.id for snapshot in snapshots])
    guarantee = _revert_guarantee(kind, settings, snapshots)
    to_draw = 0 if binding.drawn else settings.sample_size(len(snapshots))
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
    found: dict[str, Intent] = {}
    for one, intent in own_containers(engine.containers([MARKER_LABEL])):
        has_marker = f"/{intent.marker}" in one["Names"]  # what preflight tries stands on nobody
        if has_marker and ids & {snapshot.id for snapshot in snapshots_of(intent)}:
            found[intent.marker] = intent
    for marker, intent in found.items():
        if intent.drill != drill:
            raise foreign_marker_refusal(marker, ", ".join(intent.member_names))
    return list(found.values())


def _peer_addresses(engine: EngineApi, binding: Binding, settings: Settings, kind: FaultKind) -> dict[str, Json]:
    """Return the addresses of the other target's containers, for a fault between two targets."""
    if not isinstance(kind, Partition):
        return {}
    if kind.peer not in binding.others or kind.peer == binding.target:
        raise Refused(
            f"target {binding.target}: there is no other target {kind.peer!r} that the injector docker does",
            f"There are: {', '.join(sorted(set(binding.others) - {binding.target})) or 'none'}.",
        )
    other = replace(binding, target=kind.peer, settings=binding.others[kind.peer], shown=())
    theirs = read_settings(other)
    if theirs.engine != settings.engine:
        raise Refused(
            f"target {binding.target} is at the engine {settings.engine}, and {kind.peer} at {theirs.engine}: only "
            "containers of one engine can be parted",
            "Correct it in gameday.yaml if they are one, or name a peer that is at the same.",
        )
    found = select_containers(engine, theirs, other)
    networks = [net for one in found for net in one["NetworkSettings"]["Networks"].values()]
    addresses: list[Json] = [str(net["IPAddress"]) for net in networks if net["IPAddress"]]
    if not addresses:
        raise Refused(f"target {kind.peer} has no address in any network: there is nothing to part it from")
    return {"peers": addresses}


def _take_snapshot(
    kind: FaultKind, one: Inspected, name: str, standing: Sequence[Intent], between: Mapping[str, Json]
) -> ContainerSnapshot:
    before: Mapping[str, Json] = {**kind.capture_state(one), **between}
    ident = str(one["Id"])
    over: list[Json] = []
    for intent in standing:
        if intent.kind == name and isinstance(earlier := KINDS[name].read(intent.params), SidecarFaultKind):
            over += [
                trace
                for snapshot in snapshots_of(intent)
                if snapshot.id == ident
                for trace in earlier.markers(intent.marker, snapshot)
            ]
    more = {**before, "superseded": over} if over else before
    return ContainerSnapshot(
        ident, name_in_inspection(one), str(one["State"]["StartedAt"]), more, int(one.get("RestartCount") or 0)
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
        raise EngineError("the engine has no image at all")
    used = {str(one["ImageID"]) for one in engine.containers([]) if MARKER_LABEL not in one["Labels"]}
    held = sorted(used.intersection(images))
    return random.Random(marker).choice(held or images)  # noqa: S311 - any will do
