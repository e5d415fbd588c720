"""One target of the Kubernetes injector, and what is done to it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from support.kubernetes import eventually

from gameday.errors import Refused
from gameday.injectors.kubernetes import KubernetesInjector
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence, RevertOutcome

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


def missing_rights(intent: Intent) -> str:
    """Return what the refusal for rights in preflight says; it says to grant them."""
    with pytest.raises(Refused) as refused:
        INJECTOR.check_capability(intent, soon())
    assert refused.value.todo == "Grant them to the account, as examples/kubernetes/rbac.yaml does."
    return refused.value.wrong


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


def exercise_fault(target: KubernetesTarget, kind: str, params: dict[str, Any]) -> None:
    """Plan, apply, find and revert one fault, and compare values and owners before and after."""
    shop = target.namespace
    before = observed_state(target)
    intent = target.plan(kind, **params)
    assert observed_state(target) == before and not shop.records(), "a plan changes nothing"
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
    assert INJECTOR.check_capability(intent, soon()) == ""
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED, "safe if never applied"
    assert observed_state(target) == before
    for _ in range(2):
        assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED, "twice is as once"
        assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    assert observed_state(target) != before
    assert target.leftovers() == [intent], "with no store at all"
    other = KubernetesInjector()
    for _ in range(2):
        eventually(lambda: other.revert(intent, soon()).outcome is RevertOutcome.REVERTED, "the revert")
        assert other.presence(intent, soon()) is Presence.ABSENT
    eventually(lambda: INJECTOR.find_unsettled(intent, soon()) == "", "recovery")
    assert observed_state(target) == before
    assert not shop.records()


def observed_state(target: KubernetesTarget) -> dict[str, Any]:
    """Values and owners, and the number of pods."""
    return {**target.namespace.shown(), "web": len(target.namespace.pods())}
