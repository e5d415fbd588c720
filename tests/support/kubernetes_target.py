"""One target of the Kubernetes injector, and what is done to it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

from gameday.errors import Refused
from gameday.injectors.kubernetes import KubernetesInjector
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import Deadline, Intent

INJECTOR = KubernetesInjector()
DRILL = "gd-abcd"


def soon() -> Deadline:
    return Deadline.after(15.0)


class ShopNamespace(Protocol):
    """A namespace with the shop in it, on a real cluster or on the stand-in."""

    name: str
    environment: str

    def shown(self) -> dict[str, Any]: ...
    def pods(self) -> dict[str, str]: ...
    def records(self) -> list[str]: ...


@dataclass
class KubernetesTarget:
    """The shop in one namespace as a target.

    `more`: settings that are added or replaced; `peer`: the workload of the target `cache`."""

    namespace: ShopNamespace
    kubeconfig: Path
    context: str
    more: dict[str, Json] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    peer: str = "deployment/cache"
    drill: str = DRILL
    drawn: bool = True
    seed: int = 0

    @property
    def settings(self) -> dict[str, Json]:
        settings: dict[str, Json] = {
            "kubeconfig": str(self.kubeconfig), "context": self.context, "namespace": self.namespace.name,
            "workload": "deployment/web", "service": "web", "configmap": "web", "count": 1, **self.more,
        }  # fmt: skip
        return {key: value for key, value in settings.items() if key not in self.without}

    @property
    def binding(self) -> Binding:
        cache = {**self.settings, "workload": self.peer}
        others: dict[str, dict[str, Json]] = {"web": self.settings, "cache": cache}
        return Binding(
            self.namespace.environment, "web", "kubernetes", self.settings, others, seed=self.seed, drawn=self.drawn
        )

    def plan(self, kind: str, **params: Json) -> Intent:
        return INJECTOR.plan(Fault("f", kind, "web", params), self.binding, self.drill + secrets.token_hex(4), soon())

    def leftovers(self) -> list[Intent]:
        return KubernetesInjector().leftovers(self.binding, soon())

    def refusal(self, kind: str, **params: Json) -> str:
        with pytest.raises(Refused) as refused:
            self.plan(kind, **params)
        return refused.value.wrong
