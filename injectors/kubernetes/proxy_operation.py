"""Faults by a proxy in the path of a Service, in an order in which every prefix leaves the Service working.

Apply: undo record, Service for the pods, proxy that is ready and has reached them, selector. Revert: selector,
endpoints, the proxy passes traffic unchanged and closes, Service for the pods.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterError, Conflict, NotFound
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, uid_of
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL, FieldFaultKind, RevertIncomplete
from gameday.injectors.kubernetes.field_operation import FieldOperation
from gameday.injectors.kubernetes.fields import FieldChange, read_value
from gameday.injectors.kubernetes.object_operation import contains
from gameday.injectors.kubernetes.operation import collect_errors
from gameday.injectors.kubernetes.proxy_manifests import describe_unready_pods, with_upstream
from gameday.injectors.kubernetes.snapshots import CreatedObject, ObjectSnapshot, namespace_of
from gameday.injectors.kubernetes.target_objects import name_of
from gameday.injectors.kubernetes.undo_records import RECORD_ANNOTATION, encode_record
from gameday.plugins.types import Intent, Presence

SERVICE_LABEL = "kubernetes.io/service-name"
_POLL_S = 0.1
_RESERVE_S = 3.0
"""What of the time for an apply is left for turning the selector, or for removing the proxy again."""


class ProxyOperation(FieldOperation):
    """One fault by a proxy, for one call."""

    def __init__(self, intent: Intent, cluster: Cluster, kind: FieldFaultKind) -> None:
        super().__init__(intent, cluster, kind)
        self._namespace, self._marker = namespace_of(intent), intent.marker
        self._service = self.snapshot.objects[0].ref
        self._shadow, self._proxy = self.snapshot.created

    @override
    def apply_to_objects(self) -> Sequence[ClusterError | None]:
        """Start the proxy, then turn the selector to it. What was refused leaves no object."""
        try:
            self._start_proxy()
        except ClusterError as error:
            return [self._withdraw(error)]
        errors = super().apply_to_objects()
        return [self._withdraw(error) if error else self._wait_for_endpoints() for error in errors]

    def _wait_for_endpoints(self) -> ClusterError | None:
        """Wait until the Service has no endpoint but the proxy; return the error if that does not happen."""
        while any(pod and not self._is_of_proxy(pod) for pod in _addresses(self._slices(self._service.name)).values()):
            if self.cluster.deadline.remaining() < _POLL_S * 5:
                return ClusterError(f"{self._service} does not send clients to the proxy yet", may_have_landed=True)
            time.sleep(_POLL_S)
        return None

    def _is_of_proxy(self, pod: str) -> bool:
        return pod.startswith(f"{self._marker}-")

    def _withdraw(self, error: ClusterError) -> ClusterError:
        """Remove the proxy, unless clients may be sent to it already."""
        if error.may_have_landed:
            return error
        try:
            if self._sends_to_proxy():
                return ClusterError(str(error), error.todo, may_have_landed=True)
            self.cluster.delete_existing(self._proxy.ref)
            self.cluster.delete_existing(self._shadow.ref)
        except ClusterError:
            return ClusterError(str(error), error.todo, may_have_landed=True)
        return error

    def _sends_to_proxy(self) -> bool:
        now = self.cluster.find(self._service)
        return now is not None and self._marker in (now["spec"].get("selector") or {}).values()

    def _start_proxy(self) -> None:
        shadow = self._create(self._shadow, self._shadow.manifest)
        self._create(self._proxy, with_upstream(self._proxy.manifest, str(shadow["spec"]["clusterIP"])))
        started = time.monotonic()
        while not self._is_proxy_ready():
            if self.cluster.deadline.remaining() < _RESERVE_S:
                why = describe_unready_pods(self._pods(), str(self._service))
                waited = time.monotonic() - started
                raise ClusterError(f"the proxy was not ready within {waited:.0f} s: {why}")
            time.sleep(_POLL_S)

    def _create(self, created: CreatedObject, manifest: ApiObject) -> ApiObject:
        """Create an object that carries the undo record too, or return it if it exists already."""
        metadata = {**manifest["metadata"], "annotations": {RECORD_ANNOTATION: encode_record(self.intent)}}
        try:
            return self.cluster.create(created.ref.kind, self._namespace, {**manifest, "metadata": metadata})
        except Conflict:
            document = self.cluster.get(created.ref)
            if not self._is_own(document):
                raise
            return document

    def _is_own(self, document: Mapping[str, Any]) -> bool:
        return bool((document["metadata"].get("labels") or {}).get(MARKER_LABEL) == self._marker)

    def _is_proxy_ready(self) -> bool:
        """Return True if the proxy works as planned, with its toxic."""
        shadow, proxy = self.cluster.find(self._shadow.ref), self.cluster.find(self._proxy.ref)
        if shadow is None or proxy is None:
            return False
        planned = with_upstream(self._proxy.manifest, str(shadow["spec"].get("clusterIP")))
        is_unchanged = contains(shadow["spec"], self._shadow.manifest["spec"]) and contains(
            proxy["spec"], planned["spec"]
        )
        status = proxy.get("status") or {}
        is_observed = int(status.get("observedGeneration") or 0) >= int(proxy["metadata"]["generation"])
        return is_unchanged and is_observed and int(status.get("readyReplicas") or 0) >= 1

    @override
    def revert_objects(self) -> Sequence[str]:
        """Turn the selector back, and remove the proxy once no client is sent to it. Raises RevertIncomplete."""
        self._restore_own_keys()
        kept = super().revert_objects()
        self._wait_until(self._is_bypassed, f"{self._service} still sends clients to the proxy")
        self.cluster.delete_existing(self._proxy.ref)
        self._delete_dependents()
        self._wait_until(lambda: not self._pods(), "the proxy is still closing its connections")
        self.cluster.delete_existing(self._shadow.ref)
        self._wait_until(lambda: not self._slices(self._marker), f"the endpoints of service {self._marker} still exist")
        return kept

    def _restore_own_keys(self) -> None:
        """Restore the fault's values in a selector to which somebody added a key: no pod would match it any more."""
        [snapshot] = self.snapshot.objects
        [change] = snapshot.changes
        now = self.find_same_object(snapshot.ref, snapshot.uid)
        selector: dict[str, str] = ((now or {}).get("spec") or {}).get("selector") or {}
        if now is None or (selector,) == change.after or self._marker not in selector.values():
            return
        before = change.before[0]
        restored = {key: before.get(key) if value == self._marker else value for key, value in selector.items()}
        self._set_values(snapshot, now, [(change.path, (restored,))], is_last=True)

    @override
    def _foreign_change(self, snapshot: ObjectSnapshot, change: FieldChange, now: ApiObject) -> str:
        """Return what somebody else did; the selector of the proxy is always restored, since its pod goes."""
        if read_value(now, change.path) == change.after:
            return ""
        return super()._foreign_change(snapshot, change, now)

    def _is_bypassed(self) -> bool:
        """Return True if the Service sends clients to the pods again, and to no proxy.

        Where its selector is as before, both Services have the same one, and then the same endpoints."""
        addresses = _addresses(self._slices(self._service.name))
        if any(map(self._is_of_proxy, addresses.values())):
            return False
        now = self.cluster.find(self._service)
        shadow = self.cluster.find(self._shadow.ref)
        if now is None or shadow is None or now["spec"].get("selector") != shadow["spec"].get("selector"):
            return True
        return set(_addresses(self._slices(self._marker))) <= set(addresses)

    def _slices(self, service: str) -> list[ApiObject]:
        return self.cluster.list_objects("endpointslice", self._namespace, f"{SERVICE_LABEL}={service}")

    def _pods(self) -> list[ApiObject]:
        return self.cluster.list_objects("pod", self._namespace, f"{MARKER_LABEL}={self._marker}")

    def _delete_dependents(self) -> None:
        """Delete what the Deployment created: sooner than the garbage collector, and if somebody orphaned it."""
        for kind in ("replicaset", "pod"):
            for document in self.cluster.list_objects(kind, self._namespace, f"{MARKER_LABEL}={self._marker}"):
                with suppress(NotFound, Conflict):
                    self.cluster.delete(ObjectRef(kind, self._namespace, name_of(document)), uid=uid_of(document))

    def _wait_until(self, is_done: Callable[[], bool], otherwise: str) -> None:
        """Wait as long as the call may take. Raises RevertIncomplete with what is still to happen."""
        while not is_done():
            if self.cluster.deadline.remaining() < _POLL_S * 5:
                raise RevertIncomplete(otherwise)
            time.sleep(_POLL_S)

    @override
    def presence(self) -> Presence:
        presence = super().presence()
        if presence is Presence.PRESENT:
            return Presence.PRESENT if self._is_proxy_ready() else Presence.MODIFIED
        return Presence.MODIFIED if presence.is_over and self._has_objects() else presence

    def _has_objects(self) -> bool:
        return any(self.cluster.find(created.ref) for created in self.snapshot.created) or bool(self._pods())

    @override
    def find_refusal(self) -> str:
        errors = collect_errors(self._dry_create, self.snapshot.created)
        return "; ".join(dict.fromkeys(str(error) for error in errors if error)) or super().find_refusal()

    def _dry_create(self, created: CreatedObject) -> None:
        self.cluster.create(created.ref.kind, self._namespace, created.manifest, dry_run=True)


def _addresses(slices: Sequence[ApiObject]) -> dict[str, str]:
    """Return the ready addresses of a Service, with the pod of each."""
    return {
        str(address): str((endpoint.get("targetRef") or {}).get("name", ""))
        for each in slices
        for endpoint in each.get("endpoints") or []
        if (endpoint.get("conditions") or {}).get("ready", True)
        for address in endpoint["addresses"]
    }
