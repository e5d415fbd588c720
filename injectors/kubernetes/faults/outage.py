"""A Service whose selector is turned away from its pods."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterError
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, Permission
from gameday.injectors.kubernetes.discovery import Selection, Target, name_of
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext
from gameday.injectors.kubernetes.faults.open_connections import (
    PERMISSIONS,
    describe_restart,
    pods_to_restart,
    restart_pods,
)
from gameday.plugins.parameters import Parameter, choice_parameter

_HIDDEN = "gameday"
"""Label that no pod has: a selector with it matches nothing."""


@dataclass(frozen=True, slots=True)
class Outage(FieldFaultKind):
    """No endpoint: the selector gets a label that no pod has."""

    kind = "outage"
    effect = "Its Service has no endpoint: new connections are refused or time out, depending on the cluster's network."
    note = "Its selector."

    seen_as: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "seen_as": choice_parameter("any", "any", "refused", "silent", "new-refused")
    }

    @override
    def select(self, target: Target) -> Selection:
        return Selection("service", target.settings.namespace, [target.service()], 1)

    @override
    def values(self, document: ApiObject, context: PlanContext) -> Iterable[FieldValue]:
        settings, name, spec = context.target.settings, name_of(document), document["spec"]
        if self.seen_as != "any":
            raise Refused(
                f"target {settings.target}: whether a Service without endpoints is {self.seen_as} depends on the "
                "cluster's network, which is not measured yet",
                "Leave seen_as out.",
            )
        if not spec.get("selector"):
            wrong = f"target {settings.target}: service/{name} has no selector: its endpoints are set by hand"
            raise Refused(wrong, "Name a Service with a selector.")
        if spec.get("clusterIP") == "None":
            wrong = f"target {settings.target}: service/{name} is headless: its clients know the pods' addresses"
            raise Refused(wrong, "Use `scale` with `replicas: 0`, or `kill`.")
        return [(("spec", "selector"), ({**spec["selector"], _HIDDEN: context.marker},))]

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        return [*FieldFaultKind.permissions(self, set(kinds) - {"pod"}), *(PERMISSIONS if "pod" in kinds else ())]

    @override
    def capture_state(self, context: PlanContext, documents: Sequence[ApiObject]) -> Mapping[str, Any]:
        return pods_to_restart(context.target, documents[0])

    @override
    def finish_apply(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> None:
        restart_pods(cluster, namespace, extra)

    @override
    def dry_run(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> str:
        try:
            restart_pods(cluster, namespace, extra, dry_run=True)
        except ClusterError as error:
            return str(error)
        return ""

    @override
    def describe_extra(self, extra: Mapping[str, Any]) -> str:
        return describe_restart(extra)

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        if not extra:
            yield (
                "open connections stay open, so a client with a connection pool may notice nothing; "
                "cut_connections of the target ends them"
            )

    @override
    def describe_revert(self) -> str:
        return "restore the selector of the Service"
