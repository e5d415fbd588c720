"""A workload that is scaled: the number of its replicas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, Forbidden
from gameday.errors import Refused
from gameday.injectors.kubernetes.discovery import Selection, Target, name_of
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext
from gameday.plugins.parameters import Parameter, integer_parameter


@dataclass(frozen=True, slots=True)
class Scale(FieldFaultKind):
    """Another number of replicas."""

    kind = "scale"
    effect = "It is scaled to this many replicas; with 0, nothing responds."
    note = "Its number of replicas."
    adjustable = ("replicas",)

    replicas: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"replicas": integer_parameter(0, 1000)}

    @override
    def select(self, target: Target) -> Selection:
        return target.workloads()

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
        if self.replicas > 0:  # an autoscaler leaves a workload with 0 replicas alone
            self._require_no_autoscaler(document, context.target)
        return [(("spec", "replicas"), (self.replicas,))]

    def _require_no_autoscaler(self, document: ApiObject, target: Target) -> None:
        try:
            autoscalers = target.cluster.list_objects("horizontalpodautoscaler", target.settings.namespace)
        except Forbidden:
            return
        for autoscaler in autoscalers:
            reference = autoscaler["spec"]["scaleTargetRef"]
            if reference["name"] == name_of(document) and reference["kind"].lower() in target.settings.workload:
                raise Refused(
                    f"target {target.settings.target}: autoscaler {name_of(autoscaler)} sets the replicas of "
                    f"{name_of(document)} and would undo the fault within seconds",
                    "Use `outage` or `kill`, or `scale` with `replicas: 0`, which an autoscaler leaves alone.",
                )

    @override
    def describe_revert(self) -> str:
        return "restore the number of replicas"
