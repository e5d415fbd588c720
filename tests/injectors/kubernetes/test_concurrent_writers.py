"""Writers that come between two of our requests: what they wrote is never lost, and never deleted."""

from __future__ import annotations

import pytest
from support.api_server_objects import set_version
from support.api_server_shop import StandInNamespace
from support.kubernetes import eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon

from gameday.injectors.kubernetes import KubernetesInjector
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, RevertOutcome


@pytest.fixture
def shop(stand_in: KubernetesTarget) -> StandInNamespace:
    assert isinstance(stand_in.namespace, StandInNamespace)
    return stand_in.namespace


def applied(intent: Intent) -> Intent:
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    return intent


def test_fault_that_is_recorded_while_the_last_record_is_removed_keeps_its_record(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    scaled, config = applied(stand_in.plan("scale", replicas=0)), stand_in.plan("config", key="rate", value="1")
    other = KubernetesInjector()

    def record_another(method: str, path: str) -> None:
        if method == "DELETE" and "/configmaps/gd-" in path:
            shop.server.hook = lambda method, path: None
            assert other.apply(config, soon()).outcome is ApplyOutcome.APPLIED

    shop.server.hook = record_another
    assert INJECTOR.revert(scaled, soon()).outcome is RevertOutcome.REVERTED
    assert stand_in.leftovers() == [config]
    assert other.revert(config, soon()).outcome is RevertOutcome.REVERTED and not shop.records()


def test_revision_that_is_changed_before_its_deletion_is_looked_at_again(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    """It may be in use again."""
    intent = applied(stand_in.plan("bad-rollout", image="shop:none"))

    def change(method: str, path: str) -> None:
        if method == "DELETE" and "/replicasets/" in path:
            set_version(shop.server.objects[path])

    eventually(lambda: INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED, "the revert")
    again = applied(stand_in.plan("bad-rollout", image="shop:none"))
    shop.server.hook = change
    pending = INJECTOR.revert(again, soon())
    assert pending.outcome is RevertOutcome.PENDING and "precondition" in pending.reason, pending
    shop.server.hook = lambda method, path: None
    eventually(lambda: INJECTOR.revert(again, soon()).outcome is RevertOutcome.REVERTED, "the revert")


def test_pod_that_got_the_name_of_a_planned_one_is_not_evicted(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    intent = stand_in.plan("evict")
    [name] = [member.removeprefix("pod/") for member in intent.member_names]
    path = f"/api/v1/namespaces/{shop.name}/pods/{name}"
    shop.server.objects[path]["metadata"]["uid"] = "another"
    applied(intent)
    assert shop.server.objects[path]["metadata"]["uid"] == "another"


def test_proxy_stays_while_the_service_sends_clients_to_it(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    """The fault is applied twice, and at the second time the proxy is not ready."""
    intent = applied(stand_in.plan("latency", delay="300ms"))
    shop.server.patch(shop.path("Deployment", intent.marker), {"spec": {"replicas": 0}}, {"fieldManager": "keda"})
    again = INJECTOR.apply(intent, Deadline.after(3.5))
    assert again.outcome is ApplyOutcome.UNKNOWN, again
    assert shop.path("Deployment", intent.marker) in shop.server.objects
    assert KubernetesInjector().revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_object_of_another_that_carries_the_label_is_no_leftover(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    labels = {MARKER_LABEL: "copied-from-a-manifest"}
    collection = f"/apis/networking.k8s.io/v1/namespaces/{shop.name}/networkpolicies"
    shop.server.create(collection, {"metadata": {"name": "deny-all", "labels": labels}, "spec": {}})
    assert not stand_in.leftovers()
