"""A workload that is scaled: the number of its replicas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, Forbidden, NotFound
from gameday.errors import Refused
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext
from gameday.injectors.kubernetes.quotas import require_within_quota
from gameday.injectors.kubernetes.target_objects import Selection, Target, name_of
from gameday.plugins.parameters import Parameter, integer_parameter


@dataclass(frozen=True, slots=True)
class Scale(FieldFaultKind):
    """Another number of replicas."""

    kind = "scale"
    effect = "Scales the workload to `replicas`; with 0, nothing responds."
    note = "Its number of replicas."
    acts_on = ("workload",)
    changed_fields = (("spec", "replicas"),)
    adjustable = ("replicas",)

    replicas: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"replicas": integer_parameter(0, 1000)}

    @override
    def select(self, target: Target) -> Selection:
        return target.capped_workloads()

    @override
    def values(self, document: ApiObject, context: PlanContext) -> Iterable[FieldValue]:
        before = int(document["spec"].get("replicas", 1))
        settings = context.target.settings
        if self.replicas - before > settings.max_pods:
            raise Refused(
                f"target {settings.target}: {self.replicas - before} pods would be added, but at most "
                f"{settings.max_pods} are allowed (max_pods)",
                "Choose fewer replicas, or raise max_pods of the target in gameday.yaml.",
            )
        require_within_quota(document, self.replicas - before, context.target)
        return [(("spec", "replicas"), (self.replicas,))]

    @override
    def capture_state(self, context: PlanContext, documents: Sequence[ApiObject]) -> Mapping[str, Any]:
        """Return nothing; autoscalers are listed once for all workloads. Raises Refused and ClusterError."""
        names = {name_of(document) for document in documents}
        self._require_no_keda(names, context.target)
        if self.replicas > 0:  # an autoscaler leaves a workload with 0 replicas alone
            self._require_no_autoscaler(names, context.target)
        return {}

    @staticmethod
    def _require_no_autoscaler(names: Collection[str], target: Target) -> None:
        try:
            autoscalers = target.cluster.list_objects("horizontalpodautoscaler", target.settings.namespace)
        except Forbidden:
            return
        for autoscaler in autoscalers:
            reference = autoscaler["spec"]["scaleTargetRef"]
            if reference["name"] in names and reference["kind"].lower() in target.settings.workload:
                raise Refused(
                    f"target {target.settings.target}: autoscaler {name_of(autoscaler)} sets the replicas of "
                    f"{reference['name']} and would undo the fault within seconds",
                    "Use `outage` or `kill`, or `scale` with `replicas: 0`, which an autoscaler leaves alone.",
                )

    @staticmethod
    def _require_no_keda(names: Collection[str], target: Target) -> None:
        """Raise Refused if KEDA scales one of the workloads, also from 0."""
        try:
            scaled_objects = target.cluster.list_objects("scaledobject", target.settings.namespace)
        except (Forbidden, NotFound):  # a cluster without KEDA does not know them
            return
        for scaled in scaled_objects:
            reference, kind = scaled["spec"]["scaleTargetRef"], target.settings.workload.partition("/")[0]
            is_same = reference["name"] in names and reference.get("kind", "Deployment").lower() == kind
            if is_same and not _is_paused(scaled):
                raise Refused(
                    f"target {target.settings.target}: ScaledObject {name_of(scaled)} sets the replicas of "
                    f"{reference['name']}, also from 0, and would undo the fault within seconds",
                    "Use `outage` or `kill`, or let its owner pause it for the drill.",
                )

    @override
    def describe_revert(self) -> str:
        return "restore the number of replicas"


def _is_paused(scaled: Mapping[str, Any]) -> bool:
    annotations = scaled["metadata"].get("annotations") or {}
    return any(key.startswith("autoscaling.keda.sh/paused") and value != "false" for key, value in annotations.items())
