"""From a scenario's fault and a binding to an intent: read from the engine, nothing changed."""

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
from gameday.injectors.docker.faults.base import EngineFaultKind, FaultKind, Inspected, SidecarFaultKind
from gameday.injectors.docker.faults.iptables_rules import Partition
from gameday.injectors.docker.guardian_container import guardian_recipes, require_script_fits
from gameday.injectors.docker.marker_labels import MARK, own_containers
from gameday.injectors.docker.preconditions import require_unshared_network, require_unshared_volume
from gameday.injectors.docker.prerequisites import require_prerequisites
from gameday.injectors.docker.sidecars import LEASE
from gameday.injectors.docker.target_settings import Settings, read_settings
from gameday.markers import drill_of
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import Intent, RevertGuarantee


def plan_fault(fault: Fault, binding: Binding, marker: str, engine: EngineApi) -> Intent:
    """Raises Refused, or EngineTrouble when the engine cannot be asked."""
    settings, kind, drill = read_settings(binding), KINDS[fault.kind].read(fault.params), drill_of(marker)
    require_prerequisites(engine, settings, fault.kind, kind)
    found = select_containers(engine, settings, binding)
    if kind.affects_network:
        require_unshared_network(engine, found)
    standing = _existing_faults(engine, drill, {str(one["Id"]) for one in found})
    require_running(found, settings.target)
    between = _peer_addresses(engine, binding, settings, kind)
    were = [_take_snapshot(kind, one, fault.kind, standing, between) for one in found]
    names: list[Json] = [was.name for was in were]
    if filled := [source for was in were if (source := kind.filled_volume(was))]:
        require_unshared_volume(engine, filled, [was.id for was in were])
    behind = _revert_guarantee(kind, settings, were)
    return IntentBuilder("docker", binding).build(
        marker,
        fault.kind,
        fault=fault.id,
        address={"engine": settings.engine, "containers": names},
        params=fault.params,
        undo={
            "ids": [was.id for was in were],
            "containers": [was.encode() for was in were],
            "tools": settings.tools,
            "guardian": settings.guardian,
            "image": settings.tools or pick_marker_image(engine, marker),
        },
        target_text=describe_containers(were, settings.engine, 0 if binding.drawn else settings.sample_size(len(were))),
        revert_text=kind.describe_revert(),
        guarantee=behind,
        lease=LEASE if behind in (RevertGuarantee.ENGINE, RevertGuarantee.GUARDIAN_CONTAINER) else 0.0,
    )


def _existing_faults(engine: EngineApi, drill: str, ids: set[str]) -> list[Intent]:
    """What of the same drill stands on these: a dial that is turned. Raises Refused for another drill's."""
    found: dict[str, Intent] = {}
    for one, intent in own_containers(engine.containers([MARK])):
        noted = f"/{intent.marker}" in one["Names"]  # what preflight tries stands on nobody
        if noted and ids & {was.id for was in snapshots_of(intent)}:
            found[intent.marker] = intent
    for marker, intent in found.items():
        if intent.drill != drill:
            raise foreign_marker_refusal(marker, ", ".join(intent.member_names))
    return list(found.values())


def _peer_addresses(engine: EngineApi, binding: Binding, settings: Settings, kind: FaultKind) -> dict[str, Json]:
    """Of a fault between two targets: where the other one's containers are now."""
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
        if intent.kind == name and isinstance(turned := KINDS[name].read(intent.params), SidecarFaultKind):
            over += [
                trace for was in snapshots_of(intent) if was.id == ident for trace in turned.markers(intent.marker, was)
            ]
    more = {**before, "over": over} if over else before
    return ContainerSnapshot(
        ident, name_in_inspection(one), str(one["State"]["StartedAt"]), more, int(one.get("RestartCount") or 0)
    )


def _revert_guarantee(kind: FaultKind, settings: Settings, were: Sequence[ContainerSnapshot]) -> RevertGuarantee:
    if isinstance(kind, SidecarFaultKind):
        return RevertGuarantee.ENGINE
    assert isinstance(kind, EngineFaultKind)
    recipes = guardian_recipes(kind, were, settings.tools, settings.guardian)
    require_script_fits(recipes, were, settings.target)
    return RevertGuarantee.GUARDIAN_CONTAINER if recipes else RevertGuarantee.GUARDIAN


def pick_marker_image(engine: EngineApi, marker: str) -> str:
    """For a note, which never runs: drawn, since the target's own would tell which container it is about. Of those that
    somebody's container uses, where there are any: they cannot be removed anyway while it is there."""
    images = engine.images()
    if not images:
        raise EngineError("the engine has no image at all")
    used = {str(one["ImageID"]) for one in engine.containers([]) if MARK not in one["Labels"]}
    held = sorted(used.intersection(images))
    return random.Random(marker).choice(held or images)  # noqa: S311 - any will do
