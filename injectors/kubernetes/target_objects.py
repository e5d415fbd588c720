"""Objects that a target means: read from the cluster, drawn by the seed, restricted to what preflight showed.

Every function raises Refused where nothing matches, and ClusterError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gameday.clients.kubernetes import ApiObject, ClusterError, Forbidden, format_selector
from gameday.errors import Refused
from gameday.injectors.common.target_settings import draw_count, draw_names
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, label_selector, uid_of
from gameday.injectors.kubernetes.target_settings import WORKLOADS, Settings, read_settings
from gameday.model import Binding
from gameday.plugins.types import Deadline

_ENDED_PHASES = ("Succeeded", "Failed")
_MAX_NAMES = 10
"""Names of objects that a text shows."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Objects of one kind that a fault takes. `of`: how many match; `to_draw`: how many are still to be drawn, or 0."""

    kind: str
    namespace: str
    documents: Sequence[ApiObject]
    of: int
    to_draw: int = 0

    @property
    def refs(self) -> list[ObjectRef]:
        return [ObjectRef(self.kind, self.namespace, name_of(document)) for document in self.documents]


@dataclass(frozen=True, slots=True)
class Target:
    """A target on its cluster, for one call. `kind`: the kind of fault that is planned, if one is."""

    cluster: Cluster
    settings: Settings
    binding: Binding
    kind: str = "the fault"

    def workloads(self) -> Selection:
        """Return the Deployments or StatefulSets of the target."""
        kind, _, name = self._setting("workload").partition("/")
        if name:
            return self._single(kind, name)
        documents = self.cluster.list_objects(kind, self.settings.namespace, label_selector(self.settings.labels))
        return self._select(kind, documents)

    def capped_workloads(self) -> Selection:
        """Return the same for a fault on all of their pods. Raises Refused if they are more than it may hit."""
        selection, settings = self.workloads(), self.settings
        size = selection.to_draw or len(selection.documents)
        settings.require_within_caps(size, selection.of, "workloads")
        replicas = sorted((int(each["spec"].get("replicas", 1)) for each in selection.documents), reverse=True)
        if (pods := sum(replicas[:size])) > settings.max_pods:
            raise Refused(
                f"target {settings.target}: {pods} pods would be affected, but at most {settings.max_pods} are allowed "
                "(max_pods)",
                "Select fewer workloads, or raise max_pods of the target in gameday.yaml.",
            )
        return selection

    def pods(self) -> Selection:
        """Return the running pods of the target's workloads, else those with its labels."""
        return self._select("pod", [pod for pod in self.matching_pods() if is_running(pod)])

    def all_pods(self) -> list[ApiObject]:
        """Return every pod of the namespace."""
        return self.cluster.list_objects("pod", self.settings.namespace)

    def matching_pods(self) -> list[ApiObject]:
        """Return every pod that matches, whatever its state."""
        pods = [
            pod
            for selector in self.pod_selectors()
            for pod in self.cluster.list_objects("pod", self.settings.namespace, selector)
        ]
        return list({uid_of(pod): pod for pod in pods}.values())

    def pod_selectors(self) -> list[str]:
        """Return the selectors of the target's pods."""
        if self.settings.workload:
            return [format_selector(workload["spec"]["selector"]) for workload in self.workloads().documents]
        if not self.settings.labels:
            raise self._missing("workload or labels")
        return [label_selector(self.settings.labels)]

    def service(self) -> ApiObject:
        return self._single("service", self._setting("service")).documents[0]

    def configmap(self) -> ApiObject:
        return self._single("configmap", self._setting("configmap")).documents[0]

    def nodes(self) -> Selection:
        """Return the nodes of the target."""
        if self.settings.node:
            return self._single("node", self.settings.node)
        if not self.settings.node_labels:
            raise self._missing("node or node_labels")
        return self._select("node", self.cluster.list_objects("node", "", label_selector(self.settings.node_labels)))

    def _setting(self, key: str) -> str:
        value = str(getattr(self.settings, key))
        if not value:
            raise self._missing(key)
        return value

    def _missing(self, key: str) -> Refused:
        wrong = f"target {self.settings.target}: {self.kind} requires {key} on the target"
        return Refused(wrong, "Set it in gameday.yaml, or choose another kind.")

    def _single(self, kind: str, name: str) -> Selection:
        ref = ObjectRef(kind, self.settings.namespace, name)
        document = self.cluster.find(ref)
        if document is None:
            names = sorted(name_of(other) for other in self.cluster.list_objects(kind, ref.namespace))
            if not names and _is_missing_namespace(self.cluster, ref.namespace):
                wrong = f"target {self.settings.target}: no namespace {ref.namespace} in {self.settings.address}"
                raise Refused(wrong, "Correct namespace in gameday.yaml.")
            hint = f"Existing: {', '.join(names[:10]) or 'none'}."
            raise Refused(f"target {self.settings.target}: no {ref}{_place(kind, ref.namespace)}", hint)
        return Selection(kind, ref.namespace, [document], 1)

    def _select(self, kind: str, documents: Sequence[ApiObject]) -> Selection:
        """Return the previewed objects, else those drawn, else all where nothing is drawn yet."""
        settings, binding = self.settings, self.binding
        by_name = {name_of(document): document for document in documents}
        if not by_name:
            wrong = f"target {settings.target}: no {kind} matches{_place(kind, settings.namespace)}"
            where = "" if kind == "node" else f" -n {settings.namespace}"
            show = f"{settings.address.kubectl}{where} get {kind} --show-labels"
            raise Refused(wrong, f"Correct the target in gameday.yaml; to see the labels: {show}")
        if settings.count > len(by_name):
            wrong = f"target {settings.target}: count is {settings.count}, and only {len(by_name)} match"
            raise Refused(wrong, "Correct count or labels in gameday.yaml.")
        size = draw_count(settings, len(by_name))
        if binding.shown:
            names = self._previewed(by_name, kind)
        elif binding.drawn:
            names = draw_names(settings, list(by_name), binding.seed)
        else:
            names = sorted(by_name)
        to_draw = 0 if binding.drawn or size == len(by_name) else size
        return Selection(kind, settings.namespace, [by_name[name] for name in names], len(by_name), to_draw)

    def _previewed(self, by_name: Mapping[str, ApiObject], kind: str) -> list[str]:
        """Return the previewed objects that still exist, by uid: another one may have got the name."""
        names = sorted(name for name, document in by_name.items() if uid_of(document) in self.binding.shown)
        if not names:
            wrong = f"target {self.settings.target}: every {kind} that preflight listed has been replaced"
            raise Refused(wrong, "Start the drill again to use the new ones.")
        return names


def _is_missing_namespace(cluster: Cluster, namespace: str) -> bool:
    """Return True if there is no such namespace; False for nodes, and where the account may not read it."""
    try:
        return bool(namespace) and cluster.find(ObjectRef("namespace", "", namespace)) is None
    except Forbidden:
        return False


def _place(kind: str, namespace: str) -> str:
    """Return where objects of a kind are looked for, for a person; empty for nodes, which are in no namespace."""
    return "" if kind == "node" else f" in namespace {namespace}"


def resource_ids(binding: Binding, deadline: Deadline) -> frozenset[str]:
    """Return the uids of the target's objects; empty where they cannot be resolved."""
    try:
        settings = read_settings(binding)
        target = Target(Cluster(settings.address, deadline), settings, binding)
        return frozenset(uid_of(document) for document in _all_objects(target))
    except (Refused, ClusterError):
        return frozenset()


def _all_objects(target: Target) -> Iterable[ApiObject]:
    """Yield every object that the target names, of whatever kind."""
    settings = target.settings
    if settings.workload:
        yield from target.workloads().documents
    elif settings.labels:
        yield from target.matching_pods()
    if settings.service:
        yield target.service()
    if settings.configmap:
        yield target.configmap()
    if settings.node or settings.node_labels:
        yield from target.nodes().documents


def format_names(names: Sequence[str]) -> str:
    """Return names for a person, the first few of them."""
    shown = ", ".join(names[:_MAX_NAMES])
    return f"{shown} and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else shown


def is_running(pod: Mapping[str, Any]) -> bool:
    """Return True unless the pod has ended or is being deleted."""
    return not pod["metadata"].get("deletionTimestamp") and pod["status"].get("phase") not in _ENDED_PHASES


def is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = pod["status"].get("conditions") or []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def controller_of(document: Mapping[str, Any]) -> str:
    """Return the ReplicaSet or StatefulSet that replaces a pod, as KIND/NAME; empty for another controller."""
    owners = document["metadata"].get("ownerReferences") or []
    owner: Mapping[str, Any] = next((each for each in owners if each.get("controller")), {})
    kind = str(owner.get("kind", "")).lower()
    return f"{kind}/{owner['name']}" if kind in ("replicaset", "statefulset") else ""


def uids_by_name(pods: Sequence[ApiObject]) -> dict[str, str]:
    """Return the uid of each pod by its name."""
    return {name_of(pod): uid_of(pod) for pod in pods}


def controllers_of(pods: Sequence[ApiObject]) -> list[str]:
    """Return the controllers that replace these pods, as KIND/NAME, sorted."""
    return sorted({controller_of(pod) for pod in pods} - {""})


def name_of(document: Mapping[str, Any]) -> str:
    return str(document["metadata"]["name"])


def is_workload(ref: ObjectRef) -> bool:
    return ref.kind in WORKLOADS
