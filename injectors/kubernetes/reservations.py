"""Reservations in a cluster: a Lease in the namespace for the running drill, a ConfigMap for occurrences of schedules.

The Lease (coordination.k8s.io/v1) is removed with the drill, and expires by the server's clock if its machine dies.
Its `leaseTransitions` is the epoch of the holder, as in client-go's leader election. Writes name the version that was
read, so that of two that come at once, one succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterAddress, ClusterError, Conflict, NotFound
from gameday.errors import Refused
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, uid_of
from gameday.injectors.kubernetes.drill_stop import find_stop
from gameday.injectors.kubernetes.namespace_rules import require_allowed_namespace
from gameday.injectors.kubernetes.target_objects import Target
from gameday.injectors.kubernetes.target_settings import read_settings
from gameday.injectors.kubernetes.undo_records import MANAGER
from gameday.model import Binding, Json
from gameday.plugins.reservation import AlreadyReserved, Reservable, Reservation
from gameday.plugins.types import Deadline

LEASE = "gameday"
OCCURRENCES = "gameday-occurrences"
_ATTEMPTS = 5
_RIGHTS = "The account needs get, create, patch and delete on leases.coordination.k8s.io, and on configmaps."


class ReservableCluster(Reservable):
    """Part of the injector that reserves the namespace of a target."""

    @override
    def reservation_place(self, binding: Binding) -> str:
        settings = read_settings(binding)
        return f"{settings.address} {settings.namespace}"

    @override
    def reserve(
        self, binding: Binding, holder: str, seconds: float, may_replace: Callable[[str], bool], deadline: Deadline
    ) -> Reservation:
        settings = read_settings(binding)
        place = f"namespace {settings.namespace}"
        try:
            cluster = Cluster(settings.address, deadline)
            require_allowed_namespace(Target(cluster, settings, binding))
            lease = _acquire(cluster, settings.namespace, holder, seconds, may_replace)
        except ClusterError as error:
            raise Refused(f"cannot reserve {place} for the drill: {error}", error.todo or _RIGHTS) from error
        address = {**self.reservation_address(binding), "uid": uid_of(lease)}
        return Reservation(place, holder, _epoch(lease), seconds, address)

    @override
    def renew_reservation(self, reservation: Reservation, deadline: Deadline) -> bool:
        try:
            return _renew(_cluster(reservation, deadline), reservation)
        except ClusterError as error:
            raise Refused(str(error), error.todo or UNREACHABLE_REMEDY) from error

    @override
    def find_stop_order(self, reservation: Reservation, deadline: Deadline) -> str:
        try:
            stop = find_stop(_cluster(reservation, deadline), str(reservation.address["namespace"]))
        except ClusterError as error:
            raise Refused(str(error), error.todo or UNREACHABLE_REMEDY) from error
        return "" if stop is None else str(stop)

    @override
    def release_reservation(self, reservation: Reservation, deadline: Deadline) -> None:
        try:
            _delete(_cluster(reservation, deadline), _ref(reservation), lambda lease: _is_own(lease, reservation))
        except ClusterError as error:
            raise Refused(str(error), error.todo or UNREACHABLE_REMEDY) from error

    @override
    def reservation_address(self, binding: Binding) -> Mapping[str, Json]:
        settings = read_settings(binding)
        where = {"kubeconfig": settings.address.kubeconfig, "context": settings.address.context}
        return {**where, "namespace": settings.namespace}

    @override
    def remove_dead_reservation(
        self, address: Mapping[str, Json], is_dead: Callable[[str], bool], deadline: Deadline
    ) -> None:
        try:
            cluster = _cluster_at(address, deadline)
            _delete(
                cluster, ObjectRef("lease", str(address["namespace"]), LEASE),
                lambda lease: is_dead(_holder(lease)) or _seconds_left(lease, cluster.server_time) <= 0,
            )  # fmt: skip
        except ClusterError as error:
            raise Refused(str(error), error.todo or UNREACHABLE_REMEDY) from error

    @override
    def claim_occurrence(
        self, binding: Binding, schedule: str, scheduled: float, holder: str, deadline: Deadline
    ) -> str:
        settings = read_settings(binding)
        try:
            cluster = Cluster(settings.address, deadline)
            require_allowed_namespace(Target(cluster, settings, binding))
            return _claim(cluster, settings.namespace, schedule, scheduled, holder)
        except ClusterError as error:
            wrong = f"cannot record the occurrence in namespace {settings.namespace}: {error}"
            raise Refused(wrong, error.todo or _RIGHTS) from error


def _acquire(
    cluster: Cluster, namespace: str, holder: str, seconds: float, may_replace: Callable[[str], bool]
) -> ApiObject:
    ref = ObjectRef("lease", namespace, LEASE)
    for _ in range(_ATTEMPTS):
        lease = cluster.find(ref)
        with suppress(Conflict, NotFound):  # another holder came or went: look again
            if lease is None:
                spec = _held_by(cluster, holder, seconds, 0)
                manifest = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": LEASE}}
                return cluster.create("lease", namespace, {**manifest, "spec": spec})
            before = _holder(lease)
            if before == holder:  # the answer to an earlier request was lost
                return lease
            if before and not may_replace(before):
                _require_expired(lease, cluster.server_time, namespace)
            return _write(cluster, ref, lease, {"spec": _held_by(cluster, holder, seconds, _epoch(lease) + 1)})
    raise Conflict(f"the lease {LEASE} changes too often")


def _held_by(cluster: Cluster, holder: str, seconds: float, epoch: int) -> dict[str, Any]:
    now = _micro_time(cluster.server_time)
    return {
        "holderIdentity": holder, "leaseDurationSeconds": max(1, round(seconds)), "acquireTime": now, "renewTime": now,
        "leaseTransitions": epoch,
    }  # fmt: skip


def _require_expired(lease: ApiObject, now: float, namespace: str) -> None:
    """Raise AlreadyReserved while the holder of a lease renews it."""
    if (left := _seconds_left(lease, now)) > 0:
        drill, host, *_ = [*_holder(lease).split("/"), "another machine"]
        wrong = f"namespace {namespace} is already held by drill {drill} on {host}"
        todo = f"Wait for its end, or stop it there: gameday stop. If {host} died, wait {left:.0f} s, then try again."
        raise AlreadyReserved(wrong, todo)


def _seconds_left(lease: ApiObject, now: float) -> float:
    """Return the time until the lease expires without a renewal; negative if it has."""
    spec = lease["spec"]
    return _seconds(spec.get("renewTime")) + int(spec.get("leaseDurationSeconds") or 0) - now


def _delete(cluster: Cluster, ref: ObjectRef, is_deletable: Callable[[ApiObject], bool]) -> None:
    """Delete a lease as it was read, if it may be deleted. Idempotent. Raises ClusterError."""
    for _ in range(_ATTEMPTS):
        lease = cluster.find(ref)
        if lease is None or not is_deletable(lease):
            return
        with suppress(NotFound, Conflict):  # a renewal came between
            cluster.delete(ref, uid=uid_of(lease), version=_version(lease))
            return


def _renew(cluster: Cluster, reservation: Reservation) -> bool:
    ref = _ref(reservation)
    for _ in range(_ATTEMPTS):
        lease = cluster.find(ref)
        if lease is None or not _is_own(lease, reservation):
            return False
        with suppress(Conflict, NotFound):
            _write(cluster, ref, lease, {"spec": {"renewTime": _micro_time(cluster.server_time)}})
            return True
    raise Conflict(f"the lease {LEASE} changes too often")


def _is_own(lease: ApiObject, reservation: Reservation) -> bool:
    held = (uid_of(lease), lease["spec"].get("holderIdentity"), _epoch(lease))
    return held == (reservation.address["uid"], reservation.holder, reservation.epoch)


def _claim(cluster: Cluster, namespace: str, schedule: str, scheduled: float, holder: str) -> str:
    """Record an occurrence, unless this one or a later one is recorded. Raises ClusterError."""
    ref, text = ObjectRef("configmap", namespace, OCCURRENCES), f"{_micro_time(scheduled)} {holder}"
    for _ in range(_ATTEMPTS):
        document = cluster.find(ref)
        when, _, before = str(((document or {}).get("data") or {}).get(schedule, "")).partition(" ")
        if before and _seconds(when) >= scheduled:
            return "" if (when, before) == (_micro_time(scheduled), holder) else before
        with suppress(Conflict, NotFound):
            if document is None:
                manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": OCCURRENCES}}
                cluster.create("configmap", namespace, {**manifest, "data": {schedule: text}})
            else:
                _write(cluster, ref, document, {"data": {schedule: text}})
            return ""
    raise Conflict(f"the ConfigMap {OCCURRENCES} changes too often")


def _write(cluster: Cluster, ref: ObjectRef, document: ApiObject, changes: ApiObject) -> ApiObject:
    """Patch the object, if it still is as it was read. Raises Conflict if not."""
    return cluster.merge_patch(ref, {"metadata": {"resourceVersion": _version(document)}, **changes}, MANAGER)


def _cluster(reservation: Reservation, deadline: Deadline) -> Cluster:
    return _cluster_at(reservation.address, deadline)


def _cluster_at(address: Mapping[str, Json], deadline: Deadline) -> Cluster:
    return Cluster(ClusterAddress(str(address["kubeconfig"]), str(address["context"])), deadline)


def _ref(reservation: Reservation) -> ObjectRef:
    return ObjectRef("lease", str(reservation.address["namespace"]), LEASE)


def _holder(lease: ApiObject) -> str:
    return str(lease["spec"].get("holderIdentity") or "")


def _epoch(lease: Mapping[str, Any]) -> int:
    return int(lease["spec"].get("leaseTransitions") or 0)


def _version(document: Mapping[str, Any]) -> str:
    return str(document["metadata"]["resourceVersion"])


def _micro_time(seconds: float) -> str:
    """Format seconds as the API's MicroTime."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _seconds(text: object) -> float:
    """Parse a MicroTime; 0 for anything else."""
    with suppress(ValueError):
        return datetime.fromisoformat(str(text)).timestamp()
    return 0.0
