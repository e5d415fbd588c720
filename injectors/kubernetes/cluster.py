"""Requests that faults make to a cluster, all of one call before its deadline. Every method raises ClusterError."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gameday.clients.kubernetes import (
    JSON_PATCH,
    MERGE_PATCH,
    ApiObject,
    ClusterAddress,
    CommandResult,
    KubernetesClient,
    NotFound,
    open_client,
)
from gameday.plugins.types import Deadline


@dataclass(frozen=True, slots=True)
class ResourceType:
    """Kind of object in the API. `group`: empty for the core group; `is_cluster_wide`: True without a namespace."""

    group: str
    version: str
    plural: str
    is_cluster_wide: bool = False

    @property
    def root(self) -> str:
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"


TYPES: Mapping[str, ResourceType] = {
    "deployment": ResourceType("apps", "v1", "deployments"),
    "statefulset": ResourceType("apps", "v1", "statefulsets"),
    "replicaset": ResourceType("apps", "v1", "replicasets"),
    "controllerrevision": ResourceType("apps", "v1", "controllerrevisions"),
    "pod": ResourceType("", "v1", "pods"),
    "service": ResourceType("", "v1", "services"),
    "configmap": ResourceType("", "v1", "configmaps"),
    "lease": ResourceType("coordination.k8s.io", "v1", "leases"),
    "job": ResourceType("batch", "v1", "jobs"),
    "node": ResourceType("", "v1", "nodes", is_cluster_wide=True),
    "namespace": ResourceType("", "v1", "namespaces", is_cluster_wide=True),
    "endpointslice": ResourceType("discovery.k8s.io", "v1", "endpointslices"),
    "networkpolicy": ResourceType("networking.k8s.io", "v1", "networkpolicies"),
    "networkchaos": ResourceType("chaos-mesh.org", "v1alpha1", "networkchaos"),
    "validatingwebhookconfiguration": ResourceType(
        "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", is_cluster_wide=True
    ),
    "mutatingwebhookconfiguration": ResourceType(
        "admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", is_cluster_wide=True
    ),
    "customresourcedefinition": ResourceType(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions", is_cluster_wide=True
    ),
    "apiservice": ResourceType("apiregistration.k8s.io", "v1", "apiservices", is_cluster_wide=True),
    "resourcequota": ResourceType("", "v1", "resourcequotas"),
    "scaledobject": ResourceType("keda.sh", "v1alpha1", "scaledobjects"),
    "horizontalpodautoscaler": ResourceType("autoscaling", "v2", "horizontalpodautoscalers"),
}
"""Resources by their singular name in kubectl."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """One object by kind and name."""

    kind: str
    namespace: str
    name: str

    @property
    def path(self) -> str:
        return f"{collection_path(self.kind, self.namespace)}/{quote(self.name, safe='')}"

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


def collection_path(kind: str, namespace: str) -> str:
    """Return the path of all objects of a kind in a namespace."""
    resource = TYPES[kind]
    scope = "" if resource.is_cluster_wide else f"/namespaces/{quote(namespace, safe='')}"
    return f"{resource.root}{scope}/{resource.plural}"


@dataclass(frozen=True, slots=True)
class Permission:
    """Right to do something: a verb of the API on a kind, or on one of its subresources."""

    verb: str
    kind: str
    subresource: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {TYPES[self.kind].plural}{'/' if self.subresource else ''}{self.subresource}"


class Cluster:
    """One API server, for the length of one call."""

    def __init__(self, address: ClusterAddress, deadline: Deadline) -> None:
        self.address = address
        self.deadline = deadline
        self._client: KubernetesClient = open_client(address)

    @property
    def server_time(self) -> float:
        """Wall clock of the server, to a second."""
        return self._client.read_server_time(self.deadline.remaining())

    def get(self, ref: ObjectRef) -> ApiObject:
        return self._client.request("GET", ref.path, timeout=self.deadline.remaining())

    def find(self, ref: ObjectRef) -> ApiObject | None:
        """Return the object; None if it does not exist."""
        try:
            return self.get(ref)
        except NotFound:
            return None

    def list_objects(self, kind: str, namespace: str, selector: str = "") -> list[ApiObject]:
        """Return all objects of a kind. `selector`: of their labels, as kubectl writes it."""
        path, query = collection_path(kind, namespace), {"labelSelector": selector} if selector else {}
        return list(self._client.list_items(path, timeout=self.deadline.remaining(), query=query))

    def create(self, kind: str, namespace: str, manifest: ApiObject, *, dry_run: bool = False) -> ApiObject:
        path = collection_path(kind, namespace)
        return self._send("POST", path, manifest, query=_options(dry_run=dry_run))

    def json_patch(
        self, ref: ObjectRef, operations: Sequence[Mapping[str, Any]], manager: str, *, dry_run: bool = False
    ) -> ApiObject:
        """Patch by operations, of which a failed `test` raises Invalid."""
        query = _options(manager=manager, dry_run=dry_run)
        return self._send("PATCH", ref.path, list(operations), query=query, content_type=JSON_PATCH)

    def merge_patch(self, ref: ObjectRef, changes: ApiObject, manager: str) -> ApiObject:
        query = _options(manager=manager)
        return self._send("PATCH", ref.path, changes, query=query, content_type=MERGE_PATCH)

    def delete(
        self, ref: ObjectRef, *, uid: str, version: str = "", grace: int | None = None, dry_run: bool = False
    ) -> None:
        """Delete the object if it still has the uid, and the resource version where one is given.

        Every option is in the body: the server ignores those of the query, a dry run too, where there is a body."""
        required = {"uid": uid, **({"resourceVersion": version} if version else {})}
        options: ApiObject = {"propagationPolicy": "Background", "preconditions": required}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        if dry_run:
            options["dryRun"] = ["All"]
        self._send("DELETE", ref.path, options)

    def delete_existing(self, ref: ObjectRef) -> None:
        """Delete the object, whatever is in it now, if it exists. Idempotent."""
        document = self.find(ref)
        if document is not None:
            with suppress(NotFound):
                self.delete(ref, uid=uid_of(document))

    def evict(self, pod: ObjectRef, *, uid: str, dry_run: bool = False) -> None:
        """Evict a pod. Raises RefusedForNow where a disruption budget does not allow it now."""
        body: ApiObject = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod.name, "namespace": pod.namespace},
            "deleteOptions": {"preconditions": {"uid": uid}},
        }
        self._send("POST", f"{pod.path}/eviction", body, query=_options(dry_run=dry_run))

    def run_command(self, pod: ObjectRef, container: str, command: Sequence[str]) -> CommandResult:
        """Run a command in a container, as `kubectl exec` does."""
        return self._client.run_command(pod.path, container, command, timeout=self.deadline.remaining())

    def is_allowed(self, permission: Permission, namespace: str) -> bool:
        """Return True if the account has the right, as the server's own access review says."""
        resource = TYPES[permission.kind]
        attributes = {
            "namespace": "" if resource.is_cluster_wide else namespace, "verb": permission.verb,
            "group": resource.group, "resource": resource.plural, "subresource": permission.subresource,
        }  # fmt: skip
        review = {
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }  # fmt: skip
        answer = self._send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
        return bool(answer["status"]["allowed"])

    def _send(
        self, method: str, path: str, body: Any, *, query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> ApiObject:  # fmt: skip
        return self._client.request(
            method, path, timeout=self.deadline.remaining(), query=query, body=body, content_type=content_type
        )


def _options(*, manager: str = "", dry_run: bool = False) -> dict[str, str]:
    return {**({"fieldManager": manager} if manager else {}), **({"dryRun": "All"} if dry_run else {})}


def label_selector(labels: Mapping[str, str]) -> str:
    """Return labels as a selector."""
    return ",".join(f"{key}={value}" for key, value in labels.items())


def uid_of(document: Mapping[str, Any]) -> str:
    return str(document["metadata"]["uid"])


def encoded_size(document: Mapping[str, Any]) -> int:
    """Return the bytes of a document as JSON."""
    return len(json.dumps(document, separators=(",", ":")))
