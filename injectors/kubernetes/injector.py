"""Injector for a Kubernetes cluster, from a plain kubeconfig.

Everything it does is first an undo record in a ConfigMap of the drill: a sweep finds and reverts it without any store.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from typing_extensions import override

from gameday.clients.kubernetes import ClusterError, load_sdk
from gameday.errors import Refused
from gameday.injectors.common.refusals import UNREACHABLE_REMEDY
from gameday.injectors.kubernetes.access_checks import missing_capability
from gameday.injectors.kubernetes.chaos_mesh_operation import ChaosMeshOperation
from gameday.injectors.kubernetes.cluster import Cluster
from gameday.injectors.kubernetes.crash_operation import CrashOperation
from gameday.injectors.kubernetes.delete_only import find_presence, revert_by_deletion
from gameday.injectors.kubernetes.fault_repetitions import Repetitions
from gameday.injectors.kubernetes.faults import KINDS, class_of
from gameday.injectors.kubernetes.faults.base import (
    CreatedObjectKind,
    FaultKind,
    FieldFaultKind,
    RevertIncomplete,
)
from gameday.injectors.kubernetes.faults.chaos_mesh import ChaosMeshKind
from gameday.injectors.kubernetes.faults.crash_loop import CrashLoop
from gameday.injectors.kubernetes.faults.pod_kind import PodFaultKind
from gameday.injectors.kubernetes.faults.service_proxy import ServiceProxyKind
from gameday.injectors.kubernetes.field_operation import FieldOperation
from gameday.injectors.kubernetes.guardable import GuardableCluster
from gameday.injectors.kubernetes.heartbeat import Heartbeats, alive_until
from gameday.injectors.kubernetes.interference import interference_warnings
from gameday.injectors.kubernetes.leftovers import find_leftovers
from gameday.injectors.kubernetes.object_operation import ObjectOperation
from gameday.injectors.kubernetes.operation import Operation
from gameday.injectors.kubernetes.outside_changes import ClusterChangeDetector
from gameday.injectors.kubernetes.planning import plan_fault
from gameday.injectors.kubernetes.pod_operation import PodOperation
from gameday.injectors.kubernetes.proxy_operation import ProxyOperation
from gameday.injectors.kubernetes.readiness_checks import target_problem, unsettled_objects
from gameday.injectors.kubernetes.reservations import ReservableCluster
from gameday.injectors.kubernetes.snapshots import address_of
from gameday.injectors.kubernetes.target_objects import Target, resource_ids
from gameday.injectors.kubernetes.target_settings import find_problems, read_settings, settings_identity
from gameday.injectors.kubernetes.undo_records import has_record, remove_record
from gameday.model import Binding, Fault, Json
from gameday.plugins.injector import Checkable, Injector, Leased, SettingsChecker, Sweepable
from gameday.plugins.parameters import Params
from gameday.plugins.types import (
    ApplyOutcome,
    ApplyResult,
    Deadline,
    Intent,
    Presence,
    Renewal,
    RevertOutcome,
    RevertResult,
    SettingsProblem,
)

REPEAT_TIMEOUT_S = 3.0


class KubernetesInjector(
    ClusterChangeDetector, Injector, Leased, Sweepable, GuardableCluster, ReservableCluster, Checkable, SettingsChecker
):
    """Injector of this engine. Its faults have no lease: their drill only shows that it runs."""

    name = "kubernetes"
    kinds: Mapping[str, type[Params]] = KINDS

    def __init__(self) -> None:
        self._heartbeats = Heartbeats()
        self._repetitions = Repetitions()

    @override
    def load(self) -> None:
        load_sdk()

    @override
    def resource_ids(self, binding: Binding, deadline: Deadline) -> frozenset[str]:
        return resource_ids(binding, deadline)

    @override
    def plan(self, fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
        try:
            return plan_fault(fault, binding, marker, deadline)
        except ClusterError as error:
            raise Refused(f"target {binding.target}: {error}", error.todo) from error

    @override
    def apply(self, intent: Intent, deadline: Deadline) -> ApplyResult:
        try:
            cluster = Cluster(address_of(intent), deadline)
        except ClusterError as error:
            return ApplyResult(ApplyOutcome.REFUSED, str(error))
        self._heartbeats.start(intent)
        try:
            applied = create_operation(intent, cluster).apply()
        except ClusterError as error:
            return ApplyResult(ApplyOutcome.UNKNOWN, str(error))
        if applied.outcome is ApplyOutcome.REFUSED:
            self._heartbeats.stop(intent)
        if applied.outcome is ApplyOutcome.APPLIED:
            self._repetitions.start(intent.marker, kind_of(intent).repeat_interval(), lambda: repeat_fault(intent))
        return applied

    @override
    def renew(self, intent: Intent, seconds: float, deadline: Deadline) -> Renewal:
        del intent, seconds, deadline  # nothing in the cluster ends a fault by itself
        return Renewal.UNSUPPORTED

    @override
    def lease_expires_at(self, intent: Intent, deadline: Deadline) -> int:
        """Return when the drill's heartbeat expires: the fault does not end with it."""
        try:
            return alive_until(Cluster(address_of(intent), deadline), intent)
        except ClusterError as error:
            raise Refused(str(error), error.todo) from error

    @override
    def revert(self, intent: Intent, deadline: Deadline) -> RevertResult:
        self._heartbeats.stop(intent)
        self._repetitions.stop(intent.marker, deadline.remaining() / 2)
        try:
            cluster = Cluster(address_of(intent), deadline)
            if self.only_deletes:
                return revert_by_deletion(intent, cluster)
            return create_operation(intent, cluster).revert()
        except (ClusterError, RevertIncomplete) as error:
            return RevertResult(RevertOutcome.PENDING, str(error))

    @override
    def presence(self, intent: Intent, deadline: Deadline) -> Presence:
        try:
            cluster = Cluster(address_of(intent), deadline)
            if self.only_deletes:
                return find_presence(intent, cluster)
            return create_operation(intent, cluster).presence()
        except ClusterError:
            return Presence.UNKNOWN

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> Iterable[SettingsProblem]:
        return find_problems(settings)

    @override
    def settings_identity(self, settings: Mapping[str, Json]) -> Hashable:
        return settings_identity(settings)

    @override
    def check_capability(self, intent: Intent, deadline: Deadline) -> str:
        try:
            operation = create_operation(intent, Cluster(address_of(intent), deadline))
            kinds = {snapshot.ref.kind for snapshot in operation.snapshot.objects}
            kinds |= {"pod"} if operation.snapshot.extra.get("restarted") else set()
            kinds |= {"job"} if operation.snapshot.extra.get("trial") else set()
            return missing_capability(operation, kind_of(intent).permissions(kinds))
        except ClusterError as error:
            return str(error)

    @override
    def check_target(self, binding: Binding, deadline: Deadline) -> str:
        """Check that the objects exist and the pods are ready: traffic cannot be seen from here."""
        try:
            settings = read_settings(binding)
            return target_problem(Target(Cluster(settings.address, deadline), settings, binding))
        except (Refused, ClusterError) as error:
            return str(error)

    @override
    def find_unsettled(self, intent: Intent, deadline: Deadline) -> str:
        try:
            return unsettled_objects(intent, Cluster(address_of(intent), deadline))
        except ClusterError as error:
            return str(error)

    @override
    def interference_warnings(self, intent: Intent, deadline: Deadline) -> list[str]:
        try:
            return interference_warnings(intent, Cluster(address_of(intent), deadline), kind_of(intent))
        except ClusterError as error:
            return [f"cannot check who else changes {intent.target_text}: {error}"]

    @override
    def leftovers(self, binding: Binding, deadline: Deadline) -> list[Intent]:
        try:
            return find_leftovers(binding, deadline)
        except ClusterError as error:
            raise Refused(f"target {binding.target}: {error}", error.todo or UNREACHABLE_REMEDY) from error

    @override
    def release(self, intent: Intent, deadline: Deadline) -> str:
        try:
            remove_record(Cluster(address_of(intent), deadline), intent)
        except ClusterError as error:
            return f"the record {intent.drill} may still exist: {error}"
        return ""


def kind_of(intent: Intent) -> FaultKind:
    """Return the kind of an intent with its parameters. Raises ClusterError for a kind of another version."""
    kind = class_of(intent)
    if kind is None:
        raise ClusterError(f"{intent.marker} is a {intent.kind}, which this version of gameday does not know")
    return kind.read(intent.params)


def repeat_fault(intent: Intent) -> None:
    """Repeat a fault, unless another process has reverted it. Raises ClusterError."""
    cluster = Cluster(address_of(intent), Deadline.after(REPEAT_TIMEOUT_S))
    if has_record(cluster, intent):
        create_operation(intent, cluster).repeat()


def create_operation(intent: Intent, cluster: Cluster) -> Operation:
    """Return the operation of an intent. Raises ClusterError."""
    kind = kind_of(intent)
    if isinstance(kind, ServiceProxyKind):
        return ProxyOperation(intent, cluster, kind)
    if isinstance(kind, FieldFaultKind):
        return FieldOperation(intent, cluster, kind)
    if isinstance(kind, ChaosMeshKind):
        return ChaosMeshOperation(intent, cluster, kind)
    if isinstance(kind, CreatedObjectKind):
        return ObjectOperation(intent, cluster, kind)
    if isinstance(kind, CrashLoop):
        return CrashOperation(intent, cluster, kind)
    assert isinstance(kind, PodFaultKind)
    return PodOperation(intent, cluster, kind)
