"""Base class of the kinds of fault that end pods, and which pods may be ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.faults.base import FaultKind, PlanContext, PlannedObjects
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot, Snapshot
from gameday.injectors.kubernetes.target_objects import name_of


class PodFaultKind(FaultKind):
    """Fault that ends pods; their controller replaces them."""

    __slots__ = ()
    acts_on = ("workload", "labels")
    is_reverted_by_deletion = True

    @override
    @classmethod
    def revert_permissions(cls, kinds: Collection[str]) -> list[Permission]:
        return []

    def end_pod(self, cluster: Cluster, pod: ObjectRef, uid: str, *, dry_run: bool = False) -> None:
        """End one pod. Raises ClusterError."""
        raise NotImplementedError

    def capture_pods(self, pods: Sequence[ApiObject], target: str) -> Mapping[str, Any]:
        """Return what this kind needs of its pods. Raises Refused."""
        del pods, target
        return {}

    @override
    def plan_objects(self, context: PlanContext) -> PlannedObjects:
        target = context.target
        selection = target.pods()
        size = selection.to_draw or len(selection.documents)
        target.settings.require_within_caps(size, selection.of, "pods")
        for pod in selection.documents:
            require_controller(pod, target.settings.target)
        snapshots = tuple(
            ObjectSnapshot(ref, uid_of(pod)) for ref, pod in zip(selection.refs, selection.documents, strict=True)
        )
        own = self.capture_pods(selection.documents, target.settings.target)
        extra = {"selectors": target.pod_selectors(), "pods": selection.of, **own}
        return PlannedObjects(selection.refs, Snapshot(snapshots, extra=extra), selection.to_draw)

    @override
    def describe_revert(self) -> str:
        return "remove the drill's record; the pods' controller replaces the pods"


def require_controller(pod: ApiObject, target: str) -> None:
    """Raise Refused for a pod that nothing would replace."""
    if not any(owner.get("controller") for owner in pod["metadata"].get("ownerReferences") or []):
        raise Refused(
            f"target {target}: pod {name_of(pod)} has no controller, so nothing would replace it",
            "Select pods of a Deployment or StatefulSet.",
        )
