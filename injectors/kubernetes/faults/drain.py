"""Nodes that are drained: cordoned, and the namespace's pods on them evicted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterError, Conflict, NotFound, RefusedForNow
from gameday.errors import Refused
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission
from gameday.injectors.kubernetes.faults.base import PlanContext
from gameday.injectors.kubernetes.faults.cordon import Cordon
from gameday.injectors.kubernetes.faults.pod_kind import require_controller
from gameday.injectors.kubernetes.target_objects import (
    Target,
    controllers_of,
    format_names,
    is_running,
    name_of,
    uids_by_name,
)
from gameday.plugins.parameters import Parameter

_RETRY_S = 2.0
"""Seconds after which an eviction that a budget refused is tried again."""
_NODE_POOLS = ("karpenter.sh/nodepool", "eks.amazonaws.com/nodegroup", "cloud.google.com/gke-nodepool", "agentpool")
"""Labels of nodes that an autoscaler may manage."""


@dataclass(frozen=True, slots=True)
class Drain(Cordon):
    """Node marked unschedulable, and its pods evicted as far as disruption budgets allow."""

    kind = "drain"
    effect = "Cordons the nodes, and evicts the namespace's pods on them, as far as disruption budgets allow."
    note = "Each node is uncordoned, and the drill waits until the evicted pods are replaced."
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        pods = [Permission("list", "pod"), Permission("create", "pod", "eviction")]
        controllers = [Permission("get", kind) for kind in ("replicaset", "statefulset")]
        return [*Cordon.permissions(self, kinds), *pods, *controllers]

    @override
    def capture_state(self, context: PlanContext, documents: Sequence[ApiObject]) -> Mapping[str, Any]:
        """Return the pods to evict with their uids, and the controllers that replace them."""
        pods = _evictable_pods(context.target, {name_of(node) for node in documents})
        return {"evicted": uids_by_name(pods), "controllers": controllers_of(pods)}

    @override
    def describe_extra(self, extra: Mapping[str, Any]) -> str:
        return f"evicts {format_names([f'pod/{name}' for name in extra['evicted']])}"

    @override
    def finish_apply(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> None:
        """Evict the pods; those that a budget protects now are tried again while the fault is present."""
        errors = _evict(cluster, namespace, extra["evicted"])
        if errors and len(errors) == len(extra["evicted"]):
            raise ClusterError(f"no pod could be evicted: {next(iter(errors.values()))}", may_have_landed=True)

    @override
    def repeat_interval(self) -> float:
        return _RETRY_S

    @override
    def repeat(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> None:
        _evict(cluster, namespace, extra["evicted"])

    @override
    def find_refusal(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> str:
        errors = _evict(cluster, namespace, extra["evicted"], dry_run=True)
        return "; ".join(dict.fromkeys(str(error) for error in errors.values()))

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        labels = document["metadata"].get("labels") or {}
        if any(label in labels for label in _NODE_POOLS):
            yield f"node {name_of(document)} belongs to a node pool: an autoscaler may delete it while it is empty"

    @override
    def describe_revert(self) -> str:
        return "uncordon the nodes; the pods' controllers replace them"


def _evictable_pods(target: Target, nodes: Collection[str]) -> list[ApiObject]:
    """Return the namespace's pods on the nodes, without those of DaemonSets. Raises Refused."""
    name, running = target.settings.target, [pod for pod in target.all_pods() if is_running(pod)]
    pods = [pod for pod in running if pod["spec"].get("nodeName") in nodes and not _stays(pod)]
    if not pods:
        wrong = f"target {name}: no pod of namespace {target.settings.namespace} runs on {', '.join(sorted(nodes))}"
        raise Refused(wrong, "Choose a node with pods of the application, or use `cordon`.")
    where = f"running pods of namespace {target.settings.namespace}"
    target.settings.require_within_caps(len(pods), len(running), where, "Choose a node with fewer pods")
    for pod in pods:
        require_controller(pod, name)
    return pods


def _stays(pod: ApiObject) -> bool:
    """Return True for a pod of a DaemonSet: a drain leaves it on its node."""
    return any(owner.get("kind") == "DaemonSet" for owner in pod["metadata"].get("ownerReferences") or [])


def _evict(
    cluster: Cluster, namespace: str, pods: Mapping[str, str], *, dry_run: bool = False
) -> dict[str, ClusterError]:
    """Evict the pods that still exist; return the refusals by name. Raises other errors of the cluster."""

    def evict(name: str) -> ClusterError | None:
        try:
            cluster.evict(ObjectRef("pod", namespace, name), uid=pods[name], dry_run=dry_run)
        except (NotFound, Conflict):  # it has ended, and its name may be another pod's
            return None
        except RefusedForNow as refusal:
            return refusal
        return None

    return {name: error for name, error in zip(pods, map_concurrently(evict, pods), strict=True) if error}
