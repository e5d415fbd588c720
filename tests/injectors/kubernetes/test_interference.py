"""Other writers of a target: who would overrule a fault refuses it, and who might end it is named by `plan`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.api_server import ApiServer
from support.api_server_shop import StandInNamespace
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@pytest.fixture
def shop(stand_in: KubernetesTarget) -> StandInNamespace:
    assert isinstance(stand_in.namespace, StandInNamespace)
    return stand_in.namespace


def scale_as(shop: StandInNamespace, manager: str) -> None:
    shop.server.patch(shop.path("Deployment", "web"), {"spec": {"replicas": 4}}, {"fieldManager": manager})


@pytest.mark.parametrize(
    ("manager", "refusal"),
    [
        (
            "argocd-controller",
            "Argo CD writes spec.replicas of deployment/web and will restore it within about 3",
        ),
        ("kustomize-controller", "Flux writes spec.replicas of deployment/web and will restore it at its next"),
        ("fleet-agent", "Fleet writes spec.replicas of deployment/web"),
    ],
)
def test_field_of_a_gitops_controller_is_refused_with_the_kinds_that_work(
    stand_in: KubernetesTarget, shop: StandInNamespace, manager: str, refusal: str
) -> None:
    scale_as(shop, manager)
    assert refusal in stand_in.refusal("scale", replicas=0)
    assert stand_in.plan("config", key="rate", value="1"), "it writes another object"
    assert stand_in.plan("kill") and stand_in.plan("half-dead") and stand_in.plan("partition", peer="cache")


def test_controller_that_its_owner_suspends_only_warns(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    scale_as(shop, "argocd-controller")
    stand_in.more["gitops"] = "suspended"
    [text] = INJECTOR.interference_warnings(stand_in.plan("scale", replicas=0), soon())
    assert text.startswith("Argo CD writes deployment/web and will restore it within about 3 minutes")


def test_object_that_its_owner_exempts_is_free(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    scale_as(shop, "kustomize-controller")
    shop.get("Deployment", "web")["metadata"]["annotations"] = {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}
    assert not INJECTOR.interference_warnings(stand_in.plan("scale", replicas=0), soon())


@pytest.mark.parametrize(("applied", "is_refused"), [({"spec": {"replicas": 3}}, True), ({"spec": {}}, False)])
def test_tracked_object_is_refused_only_for_what_was_applied(
    stand_in: KubernetesTarget, shop: StandInNamespace, applied: dict[str, Any], is_refused: bool
) -> None:
    annotations = {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web", LAST_APPLIED: json.dumps(applied)}
    shop.get("Deployment", "web")["metadata"]["annotations"] = annotations
    if is_refused:
        assert "Argo CD writes spec.replicas" in stand_in.refusal("scale", replicas=0)
    else:
        [text] = INJECTOR.interference_warnings(stand_in.plan("scale", replicas=0), soon())
        assert text.startswith("Argo CD writes deployment/web")


def test_helm_is_named_by_the_plan(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    scale_as(shop, "helm")
    [text] = INJECTOR.interference_warnings(stand_in.plan("scale", replicas=0), soon())
    assert text == "Helm owns spec.replicas of deployment/web: an upgrade during the fault would end it"


@pytest.mark.parametrize("replicas", [0, 1])
def test_keda_scales_from_zero_too(
    server: ApiServer, stand_in: KubernetesTarget, shop: StandInNamespace, replicas: int
) -> None:
    root = f"/apis/keda.sh/v1alpha1/namespaces/{shop.name}/scaledobjects"
    scaled: dict[str, Any] = {"metadata": {"name": "peak"}, "spec": {"scaleTargetRef": {"name": "web"}}}
    server.create(root, scaled)
    assert "ScaledObject peak sets the replicas of web" in stand_in.refusal("scale", replicas=replicas)
    paused = {"autoscaling.keda.sh/paused-replicas": "3"}
    server.patch(f"{root}/peak", {"metadata": {"annotations": paused}}, {})
    assert stand_in.plan("scale", replicas=replicas), "a paused one leaves the workload alone"


@pytest.mark.parametrize(
    ("hard", "used", "refusal"),
    [
        ({"pods": "6"}, {"pods": "5"}, "quota compute allows 1 more of pods, and 2 would be needed"),
        ({"requests.cpu": "2"}, {"requests.cpu": "1500m"}, "quota compute allows 500m more of requests.cpu"),
        ({"limits.memory": "1Gi"}, {"limits.memory": "1Gi"}, "quota compute allows 0 more of limits.memory"),
        ({"pods": "9", "requests.cpu": "4"}, {"pods": "5", "requests.cpu": "1"}, ""),
    ],
)
def test_pods_that_a_quota_does_not_allow_are_refused(
    server: ApiServer, stand_in: KubernetesTarget, shop: StandInNamespace,
    hard: dict[str, str], used: dict[str, str], refusal: str,
) -> None:  # fmt: skip
    [container] = shop.get("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    container["resources"] = {"requests": {"cpu": "500m"}, "limits": {"memory": "64Mi"}}
    root = f"/api/v1/namespaces/{shop.name}/resourcequotas"
    server.create(root, {"metadata": {"name": "compute"}, "status": {"hard": hard, "used": used}})
    assert stand_in.plan("scale", replicas=0), "fewer pods need nothing"
    if refusal:
        assert refusal in stand_in.refusal("scale", replicas=5)
    else:
        assert stand_in.plan("scale", replicas=5)


def test_namespace_with_the_clusters_dns_is_refused(
    server: ApiServer, stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    dns = {"metadata": {"name": "dns", "labels": {"k8s-app": "kube-dns"}}, "spec": {}}
    server.create(f"/api/v1/namespaces/{shop.name}/services", dns)
    assert "serves the cluster's DNS (service/dns)" in stand_in.refusal("kill")
