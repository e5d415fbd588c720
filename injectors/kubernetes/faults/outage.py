"""A Service whose selector is turned away from its pods."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, ClusterError
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, Permission
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext
from gameday.injectors.kubernetes.faults.connection_cutting import (
    PERMISSIONS,
    describe_restart,
    pods_to_restart,
    restart_pods,
)
from gameday.injectors.kubernetes.network_trials import TRIAL_PERMISSIONS, Trial, try_service_without_endpoints
from gameday.injectors.kubernetes.target_objects import Selection, Target, name_of
from gameday.injectors.kubernetes.target_settings import Settings
from gameday.plugins.parameters import Parameter, choice_parameter
from gameday.proxy.connection_trial import CONNECTED, MIXED, REFUSED, SILENT

_HIDDEN = "gameday"
"""Label that no pod has: a selector with it matches nothing."""
_OUTCOMES = {
    REFUSED: "refused", SILENT: "left without an answer", MIXED: "at times refused, at times left without an answer",
    CONNECTED: "accepted",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outage(FieldFaultKind):
    """No endpoint: the selector gets a label that no pod has."""

    kind = "outage"
    effect = "Its Service has no endpoint: new connections are refused or time out, depending on the cluster's network."
    note = "Its selector."
    acts_on = ("service",)
    changed_fields = (("spec", "selector"),)

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
        self._require_measurable(settings)
        if not spec.get("selector"):
            wrong = f"target {settings.target}: service/{name} has no selector: its endpoints are set by hand"
            raise Refused(wrong, "Name a Service with a selector.")
        if spec.get("clusterIP") == "None":
            wrong = f"target {settings.target}: service/{name} is headless: its clients know the pods' addresses"
            raise Refused(wrong, "Use `scale` with `replicas: 0`, or `kill`.")
        return [(("spec", "selector"), ({**spec["selector"], _HIDDEN: context.marker},))]

    def _require_measurable(self, settings: Settings) -> None:
        """Raise Refused unless the target allows what `seen_as` says of open connections, and a trial of new ones."""
        if self.seen_as == "any":
            return
        if settings.cut_connections is (self.seen_as == "new-refused"):
            wrong = f"target {settings.target}: seen_as: {self.seen_as} requires cut_connections: "
            if settings.cut_connections:
                todo = "Remove cut_connections from the target, or leave seen_as out."
                raise Refused(f"{wrong}false (open connections would end)", todo)
            todo = "Set cut_connections: true on the target, or leave seen_as out."
            raise Refused(f"{wrong}true (open connections would survive)", todo)
        if not settings.proxy_image:
            raise Refused(
                f"target {settings.target}: what clients see of a Service without endpoints depends on the cluster's "
                "network, and proxy_image is required to measure it",
                "Set proxy_image on the target, or leave seen_as out.",
            )

    @override
    @classmethod
    def revert_permissions(cls, kinds: Collection[str]) -> list[Permission]:
        return super(Outage, cls).revert_permissions(set(kinds) - {"pod", "job"})

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        trial = TRIAL_PERMISSIONS if "job" in kinds else ()
        return [*self.revert_permissions(kinds), *(PERMISSIONS if "pod" in kinds else ()), *trial]

    @override
    def capture_state(self, context: PlanContext, documents: Sequence[ApiObject]) -> Mapping[str, Any]:
        trial = {"marker": context.marker, "image": context.target.settings.proxy_image}
        return {
            **pods_to_restart(context.target, documents[0]),
            **({"trial": trial} if self.seen_as != "any" else {}),
        }

    @override
    def finish_apply(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> None:
        restart_pods(cluster, namespace, extra)

    @override
    def find_refusal(self, cluster: Cluster, namespace: str, extra: Mapping[str, Any]) -> str:
        try:
            restart_pods(cluster, namespace, extra, dry_run=True)
        except ClusterError as error:
            return str(error)
        return self._difference(cluster, namespace, extra["trial"]) if "trial" in extra else ""

    def _difference(self, cluster: Cluster, namespace: str, trial: Trial) -> str:
        """Measure what new connections see; return how it differs from `seen_as`. Raises ClusterError."""
        seen, wanted = try_service_without_endpoints(cluster, namespace, trial)["new"], self.seen_as
        if seen == wanted.removeprefix("new-"):
            return ""
        return (
            f"seen_as: {wanted} is not what this cluster does: in a trial from a pod, new connections to a Service "
            f"without endpoints were {_OUTCOMES[seen]}. Leave seen_as out, or write what it does."
        )

    @override
    def describe_extra(self, extra: Mapping[str, Any]) -> str:
        return describe_restart(extra)

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        if "trial" not in extra:
            yield (
                "whether new connections are refused or get no answer is not measured; "
                "set seen_as on the fault and proxy_image on the target to measure it"
            )
        if not extra.get("restarted"):
            yield (
                "open connections stay open, so a client with a connection pool may notice nothing; "
                "cut_connections of the target ends them"
            )

    @override
    def describe_revert(self) -> str:
        return "restore the selector of the Service"
