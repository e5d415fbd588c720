"""Configuration that drifted: one key of a ConfigMap. Secrets are never touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject
from gameday.errors import Refused
from gameday.injectors.kubernetes.faults.base import FieldFaultKind, FieldValue, PlanContext
from gameday.injectors.kubernetes.faults.container_changes import require_no_secret_name
from gameday.injectors.kubernetes.target_objects import Selection, Target, name_of
from gameday.plugins.parameters import Parameter, text_parameter


@dataclass(frozen=True, slots=True)
class Config(FieldFaultKind):
    """Another value for one key."""

    kind = "config"
    effect = "Changes one key of the ConfigMap; a mounted file follows within a minute or two."
    note = "The value of that key."
    acts_on = ("configmap",)
    changed_fields = (("data", "*"),)
    adjustable = ("value",)

    key: str
    value: str
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "key": text_parameter("a key of the ConfigMap"),
        "value": text_parameter("its new value"),
    }

    @override
    def select(self, target: Target) -> Selection:
        return Selection("configmap", target.settings.namespace, [target.configmap()], 1)

    @override
    def values(self, document: ApiObject, context: PlanContext) -> Iterable[FieldValue]:
        name, target = name_of(document), context.target.settings.target
        if document.get("immutable"):
            wrong = f"target {target}: configmap/{name} is immutable"
            raise Refused(wrong, "Choose a ConfigMap that is not immutable.")
        require_no_secret_name(target, f"key {self.key}")
        keys = document.get("data") or {}
        if self.key not in keys:
            existing = ", ".join(sorted(keys)) or "none"
            raise Refused(f"target {target}: configmap/{name} has no key {self.key}", f"Its keys: {existing}.")
        return [(("data", self.key), (self.value,))]

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        yield "a pod that reads the key as an environment variable sees the new value only after a restart"

    @override
    def describe_revert(self) -> str:
        return "restore the value of the key"
