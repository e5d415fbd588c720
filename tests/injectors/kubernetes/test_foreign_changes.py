"""A change by others during a fault stays, reported by the tool that wrote it; ownership is always handed back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.api_server import ApiServer
from support.api_server_objects import Failure
from support.api_server_shop import StandInNamespace
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon

from gameday.injectors.kubernetes import KubernetesInjector
from gameday.injectors.kubernetes.ownership import owners_of
from gameday.plugins.types import ApplyOutcome, Intent, Presence, RevertOutcome

REPLICAS = ("f:spec", "f:replicas")
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
OWNER = "kubectl-client-side-apply"


@pytest.fixture
def shop(stand_in: KubernetesTarget) -> StandInNamespace:
    assert isinstance(stand_in.namespace, StandInNamespace)
    return stand_in.namespace


def applied(target: KubernetesTarget, kind: str = "scale", **params: Any) -> Intent:
    intent = target.plan(kind, **(params or ({"replicas": 0} if kind == "scale" else {})))
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    return intent


def scale(shop: StandInNamespace, replicas: int, manager: str = "kubectl-scale") -> None:
    shop.server.patch(shop.path("Deployment", "web"), {"spec": {"replicas": replicas}}, {"fieldManager": manager})


def managers(shop: StandInNamespace) -> list[str]:
    return [owner.manager for owner in owners_of(shop.get("Deployment", "web"), REPLICAS)]


def test_owner_keeps_the_field_while_the_fault_is_present(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    applied(stand_in)
    assert managers(shop) == [OWNER]


def test_value_that_somebody_set_is_kept_and_reported(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    intent = applied(stand_in)
    scale(shop, 7)
    assert INJECTOR.presence(intent, soon()) is Presence.MODIFIED
    reverted = INJECTOR.revert(intent, soon())
    assert reverted.outcome is RevertOutcome.KEPT
    assert reverted.reason == "spec.replicas of deployment/web was set to 7 by kubectl-scale"
    assert shop.get("Deployment", "web")["spec"]["replicas"] == 7
    assert managers(shop) == ["kubectl-scale"]
    assert not shop.records()


def test_value_of_the_fault_that_somebody_else_took_over_is_kept(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    intent = applied(stand_in)
    scale(shop, 5)
    scale(shop, 0, "keda")
    reverted = INJECTOR.revert(intent, soon())
    assert reverted.outcome is RevertOutcome.KEPT and "was also set to 0 by keda" in reverted.reason


@pytest.mark.parametrize(
    ("operation", "applied_value", "is_kept"), [("Apply", 5, True), ("Update", 0, True), ("Update", 3, False)]
)
def test_value_of_the_fault_that_its_owner_applied_again_is_kept(
    stand_in: KubernetesTarget, shop: StandInNamespace, operation: str, applied_value: int, is_kept: bool
) -> None:
    """A server-side apply sets all that it owns; a client-side one says in its annotation what it set."""
    metadata = shop.get("Deployment", "web")["metadata"]
    metadata["annotations"] = {LAST_APPLIED: json.dumps({"spec": {"replicas": applied_value}})}
    metadata["managedFields"][0]["operation"] = operation
    intent = applied(stand_in)
    [owner] = shop.get("Deployment", "web")["metadata"]["managedFields"]
    owner["time"] = "2026-03-03T00:00:00Z"
    result = INJECTOR.revert(intent, soon())
    assert (result.outcome is RevertOutcome.KEPT) == is_kept
    assert (f"was also set to 0 by {OWNER}" in result.reason) == is_kept


def test_value_that_somebody_restored_is_reverted(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    intent = applied(stand_in)
    scale(shop, 3)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert managers(shop) == ["kubectl-scale"]
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT


@pytest.mark.parametrize("recreate", [False, True])
def test_deleted_object_is_left_alone(stand_in: KubernetesTarget, shop: StandInNamespace, recreate: bool) -> None:
    intent = applied(stand_in)
    removed = shop.server.objects.pop(shop.path("Deployment", "web"))
    if recreate:
        content = {"metadata": {"name": "web"}, "spec": removed["spec"]}
        shop.server.create(shop.path("Deployment", "web").rpartition("/")[0], content)
    assert INJECTOR.presence(intent, soon()) is Presence.TARGET_GONE
    reverted = INJECTOR.revert(intent, soon())
    assert reverted.outcome is RevertOutcome.KEPT and "deployment/web was deleted by someone else" in reverted.reason
    assert not shop.records()


def test_object_that_changed_since_the_plan_is_refused(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    intent = stand_in.plan("scale", replicas=0)
    scale(shop, 4)
    outcome = INJECTOR.apply(intent, soon())
    assert outcome.outcome is ApplyOutcome.REFUSED and "was changed after planning" in outcome.reason
    assert not shop.records()


def test_adjusted_fault_restores_the_first_value(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    before = stand_in.namespace.shown()
    first = applied(stand_in, replicas=1)
    second = applied(stand_in, replicas=2)
    assert INJECTOR.revert(first, soon()).outcome is RevertOutcome.REVERTED
    assert INJECTOR.presence(second, soon()) is Presence.PRESENT
    assert INJECTOR.revert(second, soon()).outcome is RevertOutcome.REVERTED
    assert stand_in.namespace.shown() == before


def test_several_faults_of_a_drill_share_one_record_object(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    intents = [applied(stand_in), applied(stand_in, "config", key="rate", value="1"), applied(stand_in, "outage")]
    assert len(shop.records()) == 1
    assert {intent.marker for intent in stand_in.leftovers()} == {intent.marker for intent in intents}
    for intent in intents:
        assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not shop.records()


def test_record_with_other_faults_stays_until_those_are_reverted_too(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    """A guardian that only deletes cannot remove one entry of a record: that would be a patch."""
    dead, policy, scaled = (
        applied(stand_in, "half-dead"), applied(stand_in, "partition", peer="cache"), applied(stand_in),
    )  # fmt: skip
    guardian = KubernetesInjector()
    guardian.restrict_to_deletes()
    for intent in (dead, policy):
        assert guardian.presence(intent, soon()) is Presence.PRESENT
        assert guardian.revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert guardian.presence(intent, soon()) is Presence.ABSENT
    assert guardian.revert(scaled, soon()).outcome is RevertOutcome.PENDING and shop.records()
    for intent in (dead, policy, scaled):
        assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not shop.records()


@pytest.mark.parametrize("moment", ["after the value", "after the revert's value"])
def test_ownership_is_handed_back_by_whoever_reverts(
    stand_in: KubernetesTarget, shop: StandInNamespace, moment: str
) -> None:
    before = stand_in.namespace.shown()
    intent = stand_in.plan("scale", replicas=0)
    interrupt = _interrupt_handing_back(shop.server)
    if moment == "after the value":
        shop.server.hook = interrupt
        assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.UNKNOWN
    else:
        INJECTOR.apply(intent, soon())
        shop.server.hook = interrupt
        assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.PENDING
    assert managers(shop) == [intent.marker]
    shop.server.hook = lambda method, path: None
    assert KubernetesInjector().revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand_in.namespace.shown() == before


def _interrupt_handing_back(server: ApiServer) -> Callable[[str, str], None]:
    """Fail every second patch of the Deployment: the one that hands the ownership back."""
    patches: list[str] = []

    def interrupt(method: str, path: str) -> None:
        if method == "PATCH" and "/deployments/" in path:
            patches.append(path)
            if len(patches) % 2 == 0:
                raise Failure(500, "etcdserver: request timed out")

    return interrupt


def test_writes_of_controllers_do_not_disturb(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    """Each patch meets an object whose version has moved, as during a rollout."""
    before = stand_in.namespace.shown()
    turns = iter(range(100))

    def touch(method: str, path: str) -> None:
        if method == "PATCH" and path.endswith("/deployments/web") and next(turns) % 2:
            shop.get("Deployment", "web")["metadata"]["resourceVersion"] += "0"

    shop.server.hook = touch
    intent = applied(stand_in)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand_in.namespace.shown() == before


@pytest.mark.parametrize("image", ["shop:2", "shop:none"])
def test_version_that_somebody_rolls_out_in_mid_fault_is_kept(
    stand_in: KubernetesTarget, shop: StandInNamespace, image: str
) -> None:
    """Another version, whose rollout leaves no revision of the fault; or the fault's own, which is then theirs."""
    intent = applied(stand_in, "bad-rollout", image="shop:none")
    shop.set_image("shop:1")
    shop.set_image(image)
    reverted = INJECTOR.revert(intent, soon())
    assert reverted.outcome is RevertOutcome.KEPT and "set to shop:" in reverted.reason
    [container] = shop.get("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == image
    revisions = [str(each["spec"]["template"]) for path, each in shop.server.objects.items() if "/replicasets/" in path]
    assert any("shop:none" in revision for revision in revisions) == (image == "shop:none")


@pytest.mark.parametrize("rolled_back", [False, True])
def test_pause_holds_the_revert_of_a_rollout_only_while_pods_of_the_fault_remain(
    stand_in: KubernetesTarget, shop: StandInNamespace, rolled_back: bool
) -> None:
    intent = applied(stand_in, "bad-rollout", image="shop:none")
    if rolled_back:
        shop.set_image("shop:1")
    by = {"fieldManager": "kubectl-rollout"}
    shop.server.patch(shop.path("Deployment", "web"), {"spec": {"paused": True}}, by)
    if not rolled_back:
        result = INJECTOR.revert(intent, soon())
        assert result.outcome is RevertOutcome.PENDING
        assert f"kubectl -n {shop.name} rollout resume deployment/web" in result.reason
        assert INJECTOR.presence(intent, soon()) is Presence.MODIFIED
        shop.server.patch(shop.path("Deployment", "web"), {"spec": {"paused": None}}, by)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT


def test_created_object_is_removed_whatever_somebody_did_to_it(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    intent = applied(stand_in, "partition", peer="cache")
    path = f"/apis/networking.k8s.io/v1/namespaces/{shop.name}/networkpolicies/{intent.marker}"
    shop.server.patch(path, {"metadata": {"labels": None}, "spec": {"egress": []}}, {"fieldManager": "kubectl-edit"})
    assert INJECTOR.presence(intent, soon()) is Presence.MODIFIED
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert path not in shop.server.objects


def test_sweep_finds_a_created_object_whose_record_was_removed(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    before = stand_in.namespace.shown()
    intent = applied(stand_in, "half-dead")
    for path in shop.records():
        del shop.server.objects[path]
    [leftover] = stand_in.leftovers()
    assert (leftover.marker, leftover.kind) == (intent.marker, "half-dead")
    assert INJECTOR.revert(leftover, soon()).outcome is RevertOutcome.REVERTED
    assert stand_in.namespace.shown() == before


def test_fault_whose_record_was_removed_is_reverted_from_its_intent(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    before = stand_in.namespace.shown()
    intent = applied(stand_in, "bad-rollout", image="shop:none")
    for path in shop.records():
        del shop.server.objects[path]
    assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand_in.namespace.shown() == before


def test_drawn_pods_are_those_of_the_seed(stand_in: KubernetesTarget) -> None:
    first = stand_in.plan("kill").member_names
    assert stand_in.plan("kill").member_names == first
    stand_in.drawn = False
    undrawn = stand_in.plan("kill")
    assert undrawn.target_text.startswith("1 of: pod/") and len(undrawn.member_names) == 3


def test_value_that_somebody_set_is_not_shown(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    """A text may be a secret; a number, and an image, help to understand what happened."""
    intent = stand_in.plan("config", key="rate", value="1")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    shop.server.patch(shop.path("ConfigMap", "web"), {"data": {"rate": "hunter2"}}, {"fieldManager": "rotator"})
    reverted = INJECTOR.revert(intent, soon())
    assert reverted.reason == "data.rate of configmap/web was changed by rotator"


def test_record_stays_until_a_finalizer_lets_the_object_go(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    intent = stand_in.plan("half-dead")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    path = f"/apis/discovery.k8s.io/v1/namespaces/{shop.name}/endpointslices/{intent.marker}"
    shop.server.objects[path]["metadata"]["finalizers"] = ["example.com/keep"]
    pending = INJECTOR.revert(intent, soon())
    assert pending.outcome is RevertOutcome.PENDING and "a finalizer keeps it" in pending.reason
    assert stand_in.namespace.records()
    del shop.server.objects[path]
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not stand_in.namespace.records()
