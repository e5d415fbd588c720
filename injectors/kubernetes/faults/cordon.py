"""Nodes that take no new pods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject
from gameday.errors import Refused
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext
from gameday.injectors.kubernetes.target_objects import Selection, Target, name_of
from gameday.plugins.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Cordon(FieldFaultKind):
    """Node marked unschedulable; its pods run on."""

    kind = "cordon"
    effect = "Cordons the nodes: they accept no new pods; running pods stay."
    note = "Each node is uncordoned; a node that was already cordoned is refused."
    acts_on = ("node", "node_labels")
    changed_fields = (("spec", "unschedulable"),)
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def select(self, target: Target) -> Selection:
        selection = target.nodes()
        size = selection.to_draw or len(selection.documents)
        target.settings.require_within_caps(size, selection.of, "nodes")
        return selection

    @override
    def values(self, document: ApiObject, context: PlanContext) -> Iterable[FieldValue]:
        if document["spec"].get("unschedulable"):
            wrong = f"target {context.target.settings.target}: node {name_of(document)} is already cordoned"
            raise Refused(wrong, "Choose another node.")
        return [(("spec", "unschedulable"), (True,))]

    @override
    def describe_revert(self) -> str:
        return "uncordon the nodes"
