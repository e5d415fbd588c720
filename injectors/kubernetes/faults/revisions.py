"""Revisions that a fault leaves behind: ReplicaSets of a Deployment, ControllerRevisions of a StatefulSet.

The controller keeps that of the fault as the previous one: the team's own `kubectl rollout undo` would roll back to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from gameday.clients.kubernetes import ApiObject, NotFound
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, uid_of
from gameday.injectors.kubernetes.faults.base import RevertIncomplete
from gameday.injectors.kubernetes.fields import Segment, read_value
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot
from gameday.injectors.kubernetes.target_objects import is_ready, is_running, name_of

CONTAINERS: tuple[Segment, ...] = ("spec", "template", "spec", "containers")
REVISION_KINDS = {"deployment": "replicaset", "statefulset": "controllerrevision"}
_REVISION_LABEL = "controller-revision-hash"
Extra = Mapping[str, Any]
"""`revisions`: uids of those that existed before; `pod_selectors`: by the uid of the workload."""


def existing_revisions(cluster: Cluster, namespace: str, kinds: Collection[str], uids: Collection[str]) -> list[str]:
    """Return the uids of the workloads' revisions. Raises ClusterError."""
    return [
        uid_of(revision)
        for kind in sorted(kinds)
        for revision in cluster.list_objects(REVISION_KINDS[kind], namespace)
        if owner_uid(revision) in uids
    ]


def own_revisions(cluster: Cluster, snapshot: ObjectSnapshot, extra: Extra) -> Iterator[ApiObject]:
    """Yield the revisions with the fault's values that did not exist before. Raises ClusterError."""
    for revision in cluster.list_objects(REVISION_KINDS[snapshot.ref.kind], snapshot.ref.namespace):
        is_new = owner_uid(revision) == snapshot.uid and uid_of(revision) not in extra["revisions"]
        content = revision if snapshot.ref.kind == "deployment" else revision.get("data") or {}
        containers = content.get("spec", {}).get("template", {}).get("spec", {}).get("containers") or []
        if is_new and has_fault(containers, snapshot) and not revision["metadata"].get("deletionTimestamp"):
            yield revision


def delete_revisions(cluster: Cluster, snapshot: ObjectSnapshot, extra: Extra) -> str:
    """Delete the fault's revisions; return what is kept. Raises ClusterError, RevertIncomplete during the rollout."""
    for revision in own_revisions(cluster, snapshot, extra):
        workload = cluster.find(snapshot.ref)
        if workload is None:
            return ""
        if _is_in_use(cluster, revision, workload, snapshot, extra):
            raise RevertIncomplete(_reason_to_wait(workload, snapshot.ref))
        ref = ObjectRef(REVISION_KINDS[snapshot.ref.kind], snapshot.ref.namespace, name_of(revision))
        cluster.delete(ref, uid=uid_of(revision), version=str(revision["metadata"]["resourceVersion"]))
    return ""


def _reason_to_wait(workload: ApiObject, ref: ObjectRef) -> str:
    if workload["spec"].get("paused"):
        resume = f"kubectl -n {ref.namespace} rollout resume {ref}"
        return (
            f"{ref}: the fields are restored, but held by a pause: someone paused the rollout, so pods of the fault "
            f"remain; to replace them: {resume}"
        )
    return f"{ref}: the fields are restored; waiting for its rollout"


def _is_in_use(
    cluster: Cluster, revision: ApiObject, workload: ApiObject, snapshot: ObjectSnapshot, extra: Extra
) -> bool:
    """Return True while pods of the revision exist, or its controller has not seen the restored fields."""
    if snapshot.ref.kind == "deployment":
        return bool(revision["spec"].get("replicas") or revision["status"].get("replicas"))
    status, name = workload.get("status") or {}, name_of(revision)
    pods = cluster.list_objects("pod", snapshot.ref.namespace, extra["pod_selectors"][snapshot.uid])
    used = {str((pod["metadata"].get("labels") or {}).get(_REVISION_LABEL)) for pod in pods}
    return name in {status.get("currentRevision"), status.get("updateRevision"), *used}


def delete_stuck_pods(cluster: Cluster, snapshot: ObjectSnapshot, extra: Extra) -> None:
    """Delete the pods of the fault's version that are not ready: a StatefulSet would wait for them for ever."""
    for pod in cluster.list_objects("pod", snapshot.ref.namespace, extra["pod_selectors"][snapshot.uid]):
        if has_fault(pod["spec"]["containers"], snapshot) and not is_ready(pod) and is_running(pod):
            try:
                cluster.delete(ObjectRef("pod", snapshot.ref.namespace, name_of(pod)), uid=uid_of(pod))
            except NotFound:
                continue


def has_fault(containers: Sequence[Mapping[str, Any]], snapshot: ObjectSnapshot) -> bool:
    """Return True if the containers have the values of the fault."""
    return all(
        read_value({"containers": containers}, ("containers", *change.path[len(CONTAINERS) :])) == change.after
        for change in snapshot.changes
    )


def owner_uid(document: Mapping[str, Any]) -> str:
    """Return the uid of an object's controller; empty without one."""
    owners = document["metadata"].get("ownerReferences") or []
    return next((str(owner["uid"]) for owner in owners if owner.get("controller")), "")
