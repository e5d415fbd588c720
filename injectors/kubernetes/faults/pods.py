"""Pods that end: deleted, or evicted as a node's drain does it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission
from gameday.injectors.kubernetes.faults.pod_kind import PodFaultKind
from gameday.plugins.parameters import MainParameter, Parameter, duration_parameter


@dataclass(frozen=True, slots=True)
class Kill(PodFaultKind):
    """Deletion of pods; disruption budgets do not count."""

    kind = "kill"
    main = MainParameter("grace", "How long is the grace period of a pod?", "0s", "With pods of {target} killed")
    effect = "Deletes `count` pods, which have `grace` to terminate; `again: 30s` repeats it every 30 s."
    note = "Nothing; its controller starts new pods, and the drill waits at its end until they are ready."

    grace: float
    again: float
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "grace": duration_parameter("0s", highest="10m", finest="1s"),
        "again": duration_parameter("0s", highest="10m", finest="1s"),
    }

    @override
    def repeat_interval(self) -> float:
        return self.again

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        return [Permission("list", "pod"), Permission("delete", "pod")]

    @override
    def end_pod(self, cluster: Cluster, pod: ObjectRef, uid: str, *, dry_run: bool = False) -> None:
        cluster.delete(pod, uid=uid, grace=int(self.grace), dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class Evict(PodFaultKind):
    """Eviction of pods, which a disruption budget may refuse."""

    kind = "evict"
    effect = "Evicts `count` pods, as far as disruption budgets allow."
    note = "Like `kill`."

    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        return [Permission("list", "pod"), Permission("create", "pod", "eviction")]

    @override
    def end_pod(self, cluster: Cluster, pod: ObjectRef, uid: str, *, dry_run: bool = False) -> None:
        cluster.evict(pod, uid=uid, dry_run=dry_run)
