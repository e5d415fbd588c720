"""Kinds of fault on a cluster. What each does: docs/reference/clusters.md."""

from __future__ import annotations

from gameday.injectors.kubernetes.faults.bad_rollout import BadRollout
from gameday.injectors.kubernetes.faults.base import FaultKind
from gameday.injectors.kubernetes.faults.config import Config
from gameday.injectors.kubernetes.faults.cordon import Cordon
from gameday.injectors.kubernetes.faults.crash_loop import CrashLoop
from gameday.injectors.kubernetes.faults.drain import Drain
from gameday.injectors.kubernetes.faults.half_dead import DeadEndpoint
from gameday.injectors.kubernetes.faults.outage import Outage
from gameday.injectors.kubernetes.faults.partition import Partition
from gameday.injectors.kubernetes.faults.pods import Evict, Kill
from gameday.injectors.kubernetes.faults.scale import Scale
from gameday.injectors.kubernetes.faults.service_proxy import (
    ServiceBandwidth,
    ServiceJitter,
    ServiceLatency,
    ServiceReset,
    ServiceTimeout,
)
from gameday.plugins.parameters import index_classes_by_kind

KINDS: dict[str, type[FaultKind]] = index_classes_by_kind(
    Scale,
    Config,
    Outage,
    Kill,
    Evict,
    CrashLoop,
    DeadEndpoint,
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
