"""Faults on what pods send, by an object that Chaos Mesh applies and reverts, where a cluster has it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, NotFound
from gameday.errors import Refused
from gameday.injectors.common.proxy_faults.response_faults import Bandwidth, Jitter, Latency
from gameday.injectors.common.proxy_faults.toxic import milliseconds
from gameday.injectors.kubernetes.cluster import ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL, CreatedObjectKind, PlanContext, PlannedObjects
from gameday.injectors.kubernetes.snapshots import THROUGH, CreatedObject, ObjectSnapshot, Snapshot
from gameday.injectors.kubernetes.target_objects import Target, name_of
from gameday.injectors.kubernetes.target_settings import CHAOS_MESH
from gameday.units import format_duration

MAX_DURATION_S = 3600.0
"""Time after which Chaos Mesh ends a fault by itself, if the scenario does not say how long the fault lasts."""
_GRACE_S = 60.0
"""Time beyond the planned end of a fault, in which the drill itself ends it."""
_QUEUE_BYTES = 20 * 1024 * 1024
_BURSTS_PER_SECOND = 100


class ChaosMeshKind(CreatedObjectKind):
    """Fault by a NetworkChaos on all that the target's pods send."""

    __slots__ = ()
    apply_timeout = 15.0
    acts_on = ("workload", "labels")
    created_kinds = ("networkchaos",)

    def action(self) -> dict[str, Any]:
        """Return the action, and its parameters, as NetworkChaos has them."""
        raise NotImplementedError

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        return [Permission("list", "pod"), *super().permissions(kinds)]

    @override
    def plan_objects(self, context: PlanContext) -> PlannedObjects:
        target = context.target
        _require_chaos_mesh(target)
        selection = target.pods()
        size = selection.to_draw or len(selection.documents)
        target.settings.require_within_caps(size, selection.of, "pods")
        for pod in selection.documents:
            _require_own_network(pod, target.settings.target)
        pods = [ObjectSnapshot(ref, uid_of(pod)) for ref, pod in zip(selection.refs, selection.documents, strict=True)]
        duration = MAX_DURATION_S if context.lasts is None else context.lasts + _GRACE_S
        manifest = self._manifest(context.marker, target.settings.namespace, pods, duration)
        created = CreatedObject(ObjectRef("networkchaos", target.settings.namespace, context.marker), manifest)
        extra = {
            THROUGH: CHAOS_MESH, "duration": duration, "selectors": target.pod_selectors(), "pods": selection.of,
        }  # fmt: skip
        return PlannedObjects(selection.refs, Snapshot(tuple(pods), (created,), extra), selection.to_draw)

    def _manifest(self, marker: str, namespace: str, pods: list[ObjectSnapshot], duration: float) -> ApiObject:
        selector = {"namespaces": [namespace], "pods": {namespace: [pod.ref.name for pod in pods]}}
        return {
            "apiVersion": "chaos-mesh.org/v1alpha1", "kind": "NetworkChaos",
            "metadata": {"name": marker, "namespace": namespace, "labels": {MARKER_LABEL: marker}},
            "spec": {
                **self.action(), "direction": "to", "mode": "all", "selector": selector,
                "duration": f"{milliseconds(duration)}ms",
            },
        }  # fmt: skip

    @override
    def describe_extra(self, extra: Mapping[str, Any]) -> str:
        return f"by Chaos Mesh, which ends it by itself after {format_duration(float(extra['duration']))}"

    @override
    def describe_revert(self) -> str:
        return "delete the drill's own object, which ends once Chaos Mesh has recovered every pod"

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        yield "it acts on all that these pods send, also on their own requests to others and to DNS"
        yield "pods that replace them during the fault are not affected: the fault then counts as lapsed"


def _require_chaos_mesh(target: Target) -> None:
    """Raise Refused where the target does not name Chaos Mesh, or the cluster does not have it."""
    settings = target.settings
    if settings.through != CHAOS_MESH:
        wrong = f"target {settings.target}: {target.kind} requires through: {CHAOS_MESH} on the target"
        raise Refused(wrong, "Set it in gameday.yaml where the cluster has Chaos Mesh, or choose another kind.")
    try:
        target.cluster.list_objects("networkchaos", settings.namespace)
    except NotFound:
        raise Refused(
            f"target {settings.target}: Chaos Mesh is not installed (no networkchaos.chaos-mesh.org in "
            f"{settings.address})",
            f"Install it, or replace `through: {CHAOS_MESH}` by `proxy_image` in gameday.yaml.",
        ) from None


def _require_own_network(pod: ApiObject, target: str) -> None:
    """Raise Refused for a pod that would take its node into the fault."""
    if pod["spec"].get("hostNetwork"):
        raise Refused(
            f"target {target}: pod {name_of(pod)} uses its node's network, so the fault would affect the whole node",
            "Choose pods without hostNetwork.",
        )


@dataclass(frozen=True, slots=True)
class ChaosLatency(ChaosMeshKind, Latency):
    """Packets that leave late; connecting takes longer too."""

    @override
    def action(self) -> dict[str, Any]:
        return _delay(self.delay, self.jitter)


@dataclass(frozen=True, slots=True)
class ChaosJitter(ChaosMeshKind, Jitter):
    """Packets that each leave late by another time."""

    @override
    def action(self) -> dict[str, Any]:
        return _delay(self.delay / 2, self.delay / 2)


@dataclass(frozen=True, slots=True)
class ChaosBandwidth(ChaosMeshKind, Bandwidth):
    """Outgoing traffic at a rate."""

    @override
    def action(self) -> dict[str, Any]:
        burst = max(10_000, self.rate * 1024 // _BURSTS_PER_SECOND)
        return {
            "action": "bandwidth",
            "bandwidth": {"rate": f"{self.rate}kbps", "limit": _QUEUE_BYTES, "buffer": burst},
        }


def _delay(delay: float, jitter: float) -> dict[str, Any]:
    amounts = {"latency": f"{milliseconds(delay)}ms", "jitter": f"{milliseconds(jitter)}ms", "correlation": "0"}
    return {"action": "delay", "delay": amounts}
