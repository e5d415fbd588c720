"""Kinds of fault on a cluster. What each does: docs/reference/clusters.md."""

from __future__ import annotations

from gameday.errors import Refused
from gameday.injectors.kubernetes.faults.bad_rollout import BadRollout
from gameday.injectors.kubernetes.faults.base import FaultKind
from gameday.injectors.kubernetes.faults.chaos_mesh import ChaosBandwidth, ChaosJitter, ChaosLatency
from gameday.injectors.kubernetes.faults.config import Config
from gameday.injectors.kubernetes.faults.cordon import Cordon
from gameday.injectors.kubernetes.faults.crash_loop import CrashLoop
from gameday.injectors.kubernetes.faults.drain import Drain
from gameday.injectors.kubernetes.faults.half_dead import HalfDead
from gameday.injectors.kubernetes.faults.outage import Outage
from gameday.injectors.kubernetes.faults.partition import Partition
from gameday.injectors.kubernetes.faults.pods import Evict, Kill
from gameday.injectors.kubernetes.faults.scale import Scale
from gameday.injectors.kubernetes.faults.service_proxy import (
    ServiceBandwidth,
    ServiceJitter,
    ServiceLatency,
    ServiceProxyKind,
    ServiceReset,
    ServiceTimeout,
)
from gameday.injectors.kubernetes.snapshots import THROUGH, Snapshot
from gameday.injectors.kubernetes.target_settings import CHAOS_MESH, Settings
from gameday.plugins.parameters import index_classes_by_kind
from gameday.plugins.types import Intent

KINDS: dict[str, type[FaultKind]] = index_classes_by_kind(
    Scale,
    Config,
    Outage,
    Kill,
    Evict,
    CrashLoop,
    HalfDead,
    Cordon,
    Drain,
    Partition,
    BadRollout,
    ServiceLatency,
    ServiceJitter,
    ServiceBandwidth,
    ServiceReset,
    ServiceTimeout,
)
CHAOS_MESH_KINDS: dict[str, type[FaultKind]] = index_classes_by_kind(ChaosLatency, ChaosJitter, ChaosBandwidth)
"""Kinds that a target with `through: chaos-mesh` has in place of those by a proxy."""


def find_class(kind: str, settings: Settings) -> type[FaultKind]:
    """Return the class of a kind on a target. Raises Refused for one that the target's tool cannot do."""
    own = KINDS[kind]
    if settings.through != CHAOS_MESH or not issubclass(own, ServiceProxyKind):
        return own
    if kind in CHAOS_MESH_KINDS:
        return CHAOS_MESH_KINDS[kind]
    wrong = f"target {settings.target}: Chaos Mesh cannot do {kind} (it can do {', '.join(CHAOS_MESH_KINDS)})"
    raise Refused(wrong, f"Choose another kind, or a target with `proxy_image` and without `through: {CHAOS_MESH}`.")


def class_of(intent: Intent) -> type[FaultKind] | None:
    """Return the class of a planned fault; None for a kind of another version."""
    kinds = CHAOS_MESH_KINDS if Snapshot.of(intent).extra.get(THROUGH) == CHAOS_MESH else KINDS
    return kinds.get(intent.kind)
