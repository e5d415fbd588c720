"""Changes of a target's objects by somebody outside the drill, and the drill's own faults, which are none."""

from __future__ import annotations

from typing import Any

import pytest
from support.api_server_shop import StandInNamespace
from support.kubernetes import Namespace
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon

from gameday.model import Json
from gameday.plugins.types import ApplyOutcome

CHANGES: dict[str, tuple[str, dict[str, Json], str]] = {
    "scale": ("Deployment", {"replicas": 0}, "deployment/web: it was scaled from 3 to 0"),
    "rollout": ("Deployment", {"paused": True}, "deployment/web: its rollout was paused"),
    "service": ("Service", {"selector": {"app": "other"}}, "service/web: its selector was changed"),
}


@pytest.fixture
def namespace(stand_in: KubernetesTarget) -> StandInNamespace:
    assert isinstance(stand_in.namespace, StandInNamespace)
    return stand_in.namespace


def patch(namespace: StandInNamespace, kind: str, spec: dict[str, Json], manager: str = "kubectl-edit") -> None:
    namespace.server.patch(namespace.path(kind, "web"), {"spec": spec}, {"fieldManager": manager})


@pytest.mark.parametrize("change", CHANGES)
def test_change_by_hand_is_named_whatever_the_fault_is_on(
    stand_in: KubernetesTarget, namespace: StandInNamespace, change: str
) -> None:
    intent = stand_in.plan("kill")
    before = INJECTOR.read_state(intent, [intent], soon())
    assert INJECTOR.list_impairments(before, before) == frozenset()
    kind, spec, text = CHANGES[change]
    patch(namespace, kind, spec)
    assert INJECTOR.list_impairments(before, INJECTOR.read_state(intent, [intent], soon())) == {text}


def test_more_replicas_and_those_that_an_autoscaler_sets_are_no_change(
    stand_in: KubernetesTarget, namespace: StandInNamespace
) -> None:
    intent = stand_in.plan("kill")
    before = INJECTOR.read_state(intent, [intent], soon())
    patch(namespace, "Deployment", {"replicas": 5})
    assert INJECTOR.list_impairments(before, INJECTOR.read_state(intent, [intent], soon())) == frozenset()
    patch(namespace, "Deployment", {"replicas": 1}, "kube-controller-manager")
    assert INJECTOR.list_impairments(before, INJECTOR.read_state(intent, [intent], soon())) == frozenset()


@pytest.mark.parametrize("kind, params", [("scale", {"replicas": 0}), ("outage", {}), ("partition", {"peer": "cache"})])
def test_own_fault_is_no_change_from_outside(stand_in: KubernetesTarget, kind: str, params: dict[str, Any]) -> None:
    watched, own = stand_in.plan("kill"), stand_in.plan(kind, **params)
    before = INJECTOR.read_state(watched, [watched], soon())
    assert INJECTOR.apply(own, soon()).outcome is ApplyOutcome.APPLIED
    now = INJECTOR.read_state(watched, [watched, own], soon())
    assert INJECTOR.list_impairments(before, now) == frozenset()
    INJECTOR.revert(own, soon())


POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: theirs}
spec: {podSelector: {matchLabels: {app: APP}}, policyTypes: [Ingress]}
"""


@pytest.mark.engine("kubernetes")
def test_policy_of_somebody_else_on_the_pods_is_named(target: KubernetesTarget, shop: Namespace) -> None:
    intent = target.plan("kill")
    before = INJECTOR.read_state(intent, [intent], soon())
    shop.apply(POLICY.replace("APP", "nobody").replace("theirs", "elsewhere"))
    assert INJECTOR.list_impairments(before, INJECTOR.read_state(intent, [intent], soon())) == frozenset()
    shop.apply(POLICY.replace("APP", "web"))
    now = INJECTOR.read_state(intent, [intent], soon())
    assert INJECTOR.list_impairments(before, now) == {
        "NetworkPolicy theirs, which selects the target's pods, was added"
    }
    shop("delete", "networkpolicy", "theirs", "elsewhere")
