"""A bad rollout: image, command or environment variable of a workload's container, and what it leaves behind.

With the fields restored, the controller scales our revision down, and keeps it as the previous one: the team's own
`kubectl rollout undo` would roll to our bad version. So our ReplicaSet is deleted. A StatefulSet keeps a stuck pod of
our revision, which is deleted too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import Document, NotFound
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.discovery import (
    Selection,
    Target,
    format_selector,
    is_ready,
    is_running,
    name_of,
)
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext, RevertIncomplete
from gameday.injectors.kubernetes.fields import Segment, read_value
from gameday.injectors.kubernetes.snapshots import ObjectSnapshot
from gameday.plugins.parameters import Parameter, command_parameter, text_parameter
from gameday.plugins.types import ParamProblem

_UNCHANGED = "unchanged"
_TEMPLATE: tuple[Segment, ...] = ("spec", "template", "spec", "containers")


@dataclass(frozen=True, slots=True)
class BadRollout(FieldFaultKind):
    """New version that does not work. Exactly one of `image`, `command`, `env`; `container`: the first, if empty."""

    kind = "bad-rollout"
    effect = "A version that does not work is rolled out: another image, command or environment variable."
    note = "The field; the rollout is awaited, and our revision is deleted."

    image: str
    command: tuple[str, ...]
    env: str
    container: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "image": text_parameter("an image", _UNCHANGED),
        "command": command_parameter("a command", []),
        "env": text_parameter("NAME=VALUE, of a variable that the container has", _UNCHANGED),
        "container": text_parameter("the name of a container", "the first"),
    }

    def __post_init__(self) -> None:
        changes = [self.image != _UNCHANGED, bool(self.command), self.env != _UNCHANGED]
        if sum(changes) != 1:
            raise ParamProblem("image", "exactly one of image, command and env is required")
        if self.env != _UNCHANGED and not self.env.partition("=")[0]:
            raise ParamProblem("env", "env must be NAME=VALUE")

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        own = FieldFaultKind.permissions(self, kinds)
        if "statefulset" in kinds:
            own += [Permission("list", "pod"), Permission("delete", "pod")]
        if "deployment" in kinds:
            own += [Permission("list", "replicaset"), Permission("delete", "replicaset")]
        return own

    @override
    def select(self, target: Target) -> Selection:
        return target.workloads()

    @override
    def values(self, document: Document, context: PlanContext) -> Iterable[FieldValue]:
        target = context.target.settings.target
        if document["spec"].get("paused"):
            wrong = f"target {target}: the rollout of {name_of(document)} is paused: a change would have no effect"
            raise Refused(wrong, "Resume it first.")
        container = self._container(document, target)
        place = (*_TEMPLATE, {"name": str(container["name"])})
        if self.image != _UNCHANGED:
            return [((*place, "image"), (self.image,))]
        if self.command:
            return [((*place, "command"), (list(self.command),))]
        return [((*place, *self._variable(container, target), "value"), (self.env.partition("=")[2],))]

    def _container(self, document: Document, target: str) -> Mapping[str, Any]:
        listed: list[dict[str, Any]] = document["spec"]["template"]["spec"]["containers"]
        containers = {str(each["name"]): each for each in listed}
        name = next(iter(containers)) if self.container == "the first" else self.container
        if name not in containers:
            wrong = f"target {target}: {name_of(document)} has no container {name}"
            raise Refused(wrong, f"Its containers: {', '.join(containers)}.")
        return containers[name]

    def _variable(self, container: Mapping[str, Any], target: str) -> tuple[Segment, ...]:
        name = self.env.partition("=")[0]
        variables = {str(each["name"]): each for each in container.get("env") or []}
        if name not in variables:
            existing = ", ".join(variables) or "none"
            wrong = f"target {target}: container {container['name']} has no environment variable {name}"
            raise Refused(wrong, f"Its variables: {existing}.")
        if "valueFrom" in variables[name]:
            wrong = f"target {target}: {name} comes from a ConfigMap or Secret"
            raise Refused(wrong, "Use `config` for a ConfigMap; a Secret is never touched.")
        return ("env", {"name": name})

    @override
    def capture_extra(self, context: PlanContext, documents: Sequence[Document]) -> Mapping[str, Any]:
        """Return the uids of the revisions that existed before, and the selectors of the pods."""
        namespace, cluster = context.target.settings.namespace, context.target.cluster
        existing = cluster.list_objects("replicaset", namespace) if self._has_deployment(documents) else []
        uids = {uid_of(document) for document in documents}
        revisions = [uid_of(replica_set) for replica_set in existing if _owner_uid(replica_set) in uids]
        selectors = {uid_of(document): format_selector(document["spec"]["selector"]) for document in documents}
        return {"revisions": revisions, "pod_selectors": selectors}

    @staticmethod
    def _has_deployment(documents: Sequence[Document]) -> bool:
        return any("strategy" in document["spec"] for document in documents)

    @override
    def finish_revert(self, cluster: Cluster, snapshot: ObjectSnapshot, extra: Mapping[str, Any]) -> str:
        if snapshot.ref.kind == "statefulset":
            return self._delete_stuck_pods(cluster, snapshot, extra)
        for replica_set in _own_replica_sets(cluster, snapshot, extra):
            ref = ObjectRef("replicaset", snapshot.ref.namespace, name_of(replica_set))
            workload = cluster.find(snapshot.ref)
            if workload is not None and workload["spec"].get("paused"):
                return f"{snapshot.ref}: somebody paused its rollout, which keeps pods of the fault until it is resumed"
            if replica_set["spec"].get("replicas") or replica_set["status"].get("replicas"):
                raise RevertIncomplete(f"{snapshot.ref}: the fields are restored, and its rollout is awaited")
            version = str(replica_set["metadata"]["resourceVersion"])
            cluster.delete(ref, uid=uid_of(replica_set), version=version)
        return ""

    @override
    def has_remainder(self, cluster: Cluster, snapshot: ObjectSnapshot, extra: Mapping[str, Any]) -> bool:
        return snapshot.ref.kind == "deployment" and any(True for _ in _own_replica_sets(cluster, snapshot, extra))

    @staticmethod
    def _delete_stuck_pods(cluster: Cluster, snapshot: ObjectSnapshot, extra: Mapping[str, Any]) -> str:
        """Delete the pods of our version that are not ready: the controller would wait for them for ever."""
        selector = extra["pod_selectors"][snapshot.uid]
        for pod in cluster.list_objects("pod", snapshot.ref.namespace, selector):
            if _has_fault(pod["spec"]["containers"], snapshot) and not is_ready(pod) and is_running(pod):
                ref = ObjectRef("pod", snapshot.ref.namespace, name_of(pod))
                try:
                    cluster.delete(ref, uid=uid_of(pod))
                except NotFound:
                    continue
        return ""

    @override
    def effect_warnings(self, document: Document) -> Iterator[str]:
        kind = (document["spec"].get("strategy") or {}).get("type")
        if kind == "RollingUpdate" and not self.command and self.env == _UNCHANGED:
            yield (
                f"a rolling update of {name_of(document)} keeps its old pods until new ones are ready: an image that "
                "does not start loses no capacity"
            )

    @override
    def describe_revert(self) -> str:
        return "restore the field, wait for the rollout, delete the fault's revision"


def _own_replica_sets(cluster: Cluster, snapshot: ObjectSnapshot, extra: Mapping[str, Any]) -> Iterator[Document]:
    """Yield the ReplicaSets of the fault's version that did not exist before."""
    for replica_set in cluster.list_objects("replicaset", snapshot.ref.namespace):
        is_new = _owner_uid(replica_set) == snapshot.uid and uid_of(replica_set) not in extra["revisions"]
        containers = replica_set["spec"]["template"]["spec"]["containers"]
        if is_new and _has_fault(containers, snapshot) and not replica_set["metadata"].get("deletionTimestamp"):
            yield replica_set


def _has_fault(containers: Sequence[Mapping[str, Any]], snapshot: ObjectSnapshot) -> bool:
    """Return True if the containers have the values of the fault."""
    depth = len(_TEMPLATE)
    return all(
        read_value({"containers": containers}, ("containers", *change.path[depth:])) == change.after
        for change in snapshot.changes
    )


def _owner_uid(document: Mapping[str, Any]) -> str:
    owners = document["metadata"].get("ownerReferences") or []
    return next((str(owner["uid"]) for owner in owners if owner.get("controller")), "")
