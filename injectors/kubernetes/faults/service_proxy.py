"""Faults on the connections to a Service, through a proxy of the drill in its path."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterError
from gameday.errors import Refused
from gameday.injectors.common.proxy_faults.connection_faults import Reset, Timeout
from gameday.injectors.common.proxy_faults.response_faults import Bandwidth, Jitter, Latency
from gameday.injectors.common.proxy_faults.toxic import ToxiproxyFaultKind
from gameday.injectors.kubernetes.cluster import Cluster, Permission
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext, PlannedObjects
from gameday.injectors.kubernetes.faults.connection_cutting import (
    PERMISSIONS,
    describe_restart,
    pods_to_restart,
    restart_pods,
)
from gameday.injectors.kubernetes.faults.service_checks import require_proxyable
from gameday.injectors.kubernetes.proxy_manifests import ProxyObjects
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.injectors.kubernetes.target_objects import Selection, Target
from gameday.injectors.kubernetes.target_settings import Settings
from gameday.plugins.types import Intent

_REMOVAL_PERMISSIONS = (
    *(Permission(verb, kind) for kind in ("deployment", "service") for verb in ("get", "list", "delete")),
    *(Permission(verb, kind) for kind in ("replicaset", "pod") for verb in ("list", "delete")),
    Permission("list", "endpointslice"),
)  # fmt: skip
_NOTE = "The selector of the Service; the proxy is removed after it."


class ServiceProxyKind(FieldFaultKind, ToxiproxyFaultKind):
    """Fault by a proxy with one toxic, to which the selector of the Service is turned."""

    __slots__ = ()
    apply_timeout = 15.0
    acts_on = ("service",)
    changed_fields = (("spec", "selector"),)
    created_kinds = ("service", "deployment")

    @override
    @classmethod
    def is_possible(cls, settings: Settings) -> bool:
        return bool(settings.service and settings.proxy_image)

    @override
    @classmethod
    def revert_permissions(cls, kinds: Collection[str]) -> list[Permission]:
        return [*super().revert_permissions(set(kinds) - {"pod"}), *_REMOVAL_PERMISSIONS]

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        created = [Permission("create", kind) for kind in ("deployment", "service")]
        return [*self.revert_permissions(kinds), *created, *(PERMISSIONS if "pod" in kinds else ())]

    @override
    def select(self, target: Target) -> Selection:
        return Selection("service", target.settings.namespace, [target.service()], 1)

    @override
    def plan_objects(self, context: PlanContext) -> PlannedObjects:
        planned = super().plan_objects(context)
        [snapshot] = planned.snapshot.objects
        _require_no_other_fault(context, snapshot.uid)
        objects = self._objects(context, context.target.service(), snapshot.changes[0].before[0])
        return replace(planned, snapshot=replace(planned.snapshot, created=objects.created()))

    @override
    def values(self, document: ApiObject, context: PlanContext) -> Iterable[FieldValue]:
        require_proxyable(context.target, document)
        objects = self._objects(context, document, document["spec"]["selector"])
        return [(("spec", "selector"), (objects.selector,))]

    def _objects(self, context: PlanContext, service: ApiObject, selector_before: Mapping[str, str]) -> ProxyObjects:
        settings = context.target.settings
        return ProxyObjects(
            context.marker, settings.namespace, settings.proxy_image, service, selector_before, self.toxic()
        )

    @override
    def capture_state(self, context: PlanContext, documents: Sequence[ApiObject]) -> Mapping[str, Any]:
        return {"image": context.target.settings.proxy_image, **pods_to_restart(context.target, documents[0])}

    @override
    def finish_apply(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> None:
        restart_pods(cluster, namespace, extra)

    @override
    def find_refusal(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> str:
        try:
            restart_pods(cluster, namespace, extra, dry_run=True)
        except ClusterError as error:
            return str(error)
        return ""

    @override
    def describe_extra(self, extra: Mapping[str, Any]) -> str:
        restart = describe_restart(extra)
        return f"through a proxy with the image {extra['image']}" + (f"; {restart}" if restart else "")

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        if not extra.get("restarted"):
            yield (
                "only new connections pass through the proxy; open ones, such as those of a connection pool, are not "
                "affected until their client reconnects"
            )
        if document["spec"].get("sessionAffinity") == "ClientIP":
            yield "the Service sends each client to one pod (session affinity), which does not hold during the fault"

    @override
    def describe_revert(self) -> str:
        return "restore the selector of the Service, then remove the proxy"


def _require_no_other_fault(context: PlanContext, uid: str) -> None:
    """Raise Refused if another fault of the drill has the selector: of two, only the later one would act."""
    for intent in context.earlier:
        if intent.fault != context.fault and _changes_object(intent, uid):
            target = context.target.settings.target
            wrong = f"target {target}: fault {intent.fault} of this drill already changes the selector of its Service"
            raise Refused(wrong, "End that fault first (lasts), or choose another target.")


def _changes_object(intent: Intent, uid: str) -> bool:
    return any(snapshot.uid == uid and snapshot.changes for snapshot in Snapshot.of(intent).objects)


@dataclass(frozen=True, slots=True)
class ServiceLatency(ServiceProxyKind, Latency):
    """Delayed answers."""

    note = _NOTE


@dataclass(frozen=True, slots=True)
class ServiceJitter(ServiceProxyKind, Jitter):
    """Answers that are each delayed by another time."""

    note = _NOTE


@dataclass(frozen=True, slots=True)
class ServiceBandwidth(ServiceProxyKind, Bandwidth):
    """Answers that trickle."""

    note = _NOTE


@dataclass(frozen=True, slots=True)
class ServiceReset(ServiceProxyKind, Reset):
    """Connections that are reset."""

    note = _NOTE


@dataclass(frozen=True, slots=True)
class ServiceTimeout(ServiceProxyKind, Timeout):
    """Requests that get no answer."""

    note = _NOTE
