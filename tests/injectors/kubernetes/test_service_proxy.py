"""A proxy in the path of a Service, on the stand-in for an API server: order, refusals, and changes by others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.api_server import ApiServer
from support.api_server_objects import Failure
from support.api_server_shop import StandInNamespace
from support.kubernetes_target import INJECTOR, KubernetesTarget, missing_rights, soon

from gameday.injectors.kubernetes import KubernetesInjector
from gameday.model import Fault, Json
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence, RevertOutcome

DELAY: dict[str, Json] = {"delay": "300ms"}


@pytest.fixture
def shop(stand_in: KubernetesTarget) -> StandInNamespace:
    assert isinstance(stand_in.namespace, StandInNamespace)
    return stand_in.namespace


def applied(target: KubernetesTarget) -> Intent:
    intent = target.plan("latency", **DELAY)
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    return intent


def selector(shop: StandInNamespace, service: str = "web") -> dict[str, str]:
    return dict(shop.get("Service", service)["spec"]["selector"])


def changes(server: ApiServer, first: int) -> list[str]:
    """Return the requests from this one on that changed an object, without the namespace."""
    texts = [text for text in server.requests[first:] if not text.startswith(("GET", "POST /apis/authorization"))]
    return [f"{text.split()[0]} {'/'.join(text.split('/')[-2:])}" for text in texts if not text.endswith(" dry")]


def test_every_prefix_leaves_the_service_working(server: ApiServer, stand_in: KubernetesTarget) -> None:
    intent = stand_in.plan("latency", **DELAY)
    first = len(server.requests)
    INJECTOR.apply(intent, soon())
    marker, record = intent.marker, f"configmaps/{intent.drill}"
    done = [text for text in changes(server, first) if record not in text]
    assert [text.split("/")[-1] for text in done[:4]] == ["configmaps", "services", "deployments", "web"]
    first = len(server.requests)
    INJECTOR.revert(intent, soon())
    order = [text for text in changes(server, first) if record not in text and "replicasets" not in text]
    assert order[0] == "PATCH services/web"
    assert [text for text in order if text.startswith("DELETE") and "pods" not in text] == [
        f"DELETE deployments/{marker}", f"DELETE services/{marker}",
    ]  # fmt: skip


def test_clients_reach_the_proxy_and_the_proxy_the_pods(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    shop.server.patch(shop.path("Service", "web"), {"spec": {"publishNotReadyAddresses": True}}, {})
    intent = applied(stand_in)
    assert shop.get("Service", intent.marker)["spec"]["publishNotReadyAddresses"]
    template = shop.get("Deployment", intent.marker)["spec"]["template"]
    assert selector(shop).items() <= template["metadata"]["labels"].items()
    assert selector(shop, intent.marker) == {"app": "web"} and template["metadata"]["labels"]["app"] != "web"
    container = template["spec"]["containers"][0]
    assert {"name": "GAMEDAY_UPSTREAM_HOST", "value": "10.0.0.99"} in container["env"]
    assert "latency" not in str(template), "it is encoded"
    assert container["imagePullPolicy"] == "IfNotPresent" and container["securityContext"]["readOnlyRootFilesystem"]


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        ({"clusterIP": "None"}, "service/web is headless"),
        ({"type": "ExternalName", "selector": None}, "is only an alias of an external name"),
        ({"selector": None}, "service/web has no selector"),
        ({"ports": [{"port": 53, "protocol": "UDP"}]}, "service/web has a UDP port"),
        ({"ports": [{"port": 80}, {"port": 5, "protocol": "SCTP"}]}, "service/web has a SCTP port"),
        ({"ipFamilies": ["IPv4", "IPv6"]}, "service/web has IPv6 addresses"),
        ({"internalTrafficPolicy": "Local"}, "on their own node only (internalTrafficPolicy: Local)"),
        ({"selector": {"app": "none"}}, "no pod behind service/web is ready"),
    ],
)
def test_service_that_cannot_have_a_proxy(
    stand_in: KubernetesTarget, shop: StandInNamespace, spec: dict[str, Any], wrong: str
) -> None:
    shop.server.patch(shop.path("Service", "web"), {"spec": spec}, {})
    assert wrong in stand_in.refusal("latency", **DELAY)


@pytest.mark.parametrize(
    ("place", "key", "value", "mesh"),
    [
        ("labels", "istio-injection", "enabled", "Istio"), ("labels", "istio.io/rev", "1-20", "Istio"),
        ("annotations", "linkerd.io/inject", "enabled", "Linkerd"), ("labels", "istio-injection", "disabled", ""),
        ("annotations", "linkerd.io/inject", "disabled", ""),
    ],
)  # fmt: skip
def test_mesh_is_refused(
    server: ApiServer, stand_in: KubernetesTarget, place: str, key: str, value: str, mesh: str
) -> None:
    namespace = f"/api/v1/namespaces/{stand_in.namespace.name}"
    server.patch(namespace, {"metadata": {place: {key: value}}}, {})
    if mesh:
        assert f"belong to a service mesh ({mesh})" in stand_in.refusal("latency", **DELAY)
    else:
        stand_in.plan("latency", **DELAY)


def test_pods_with_a_sidecar_of_a_mesh_are_refused(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    for path, pod in shop.server.objects.items():
        if f"/{shop.name}/pods/" in path:
            pod["spec"]["initContainers"] = [{"name": "istio-proxy"}]
    assert "service mesh (Istio)" in stand_in.refusal("timeout")


@pytest.mark.parametrize(
    "policy", [{"podSelector": {}}, {"podSelector": {"matchLabels": {"x": "y"}}, "policyTypes": ["Egress"]}]
)
def test_policy_that_could_block_clients_is_refused(
    server: ApiServer, stand_in: KubernetesTarget, policy: dict[str, Any]
) -> None:
    root = f"/apis/networking.k8s.io/v1/namespaces/{stand_in.namespace.name}/networkpolicies"
    server.create(root, {"metadata": {"name": "deny"}, "spec": policy})
    assert "NetworkPolicy deny could keep clients from the proxy" in stand_in.refusal("latency", **DELAY)


def test_target_without_image_is_refused(stand_in: KubernetesTarget) -> None:
    stand_in.without = ("proxy_image",)
    assert "reset requires proxy_image on the target" in stand_in.refusal("reset")


@pytest.mark.parametrize("lacks", ["create deployments", "delete services", "list endpointslices"])
def test_missing_right_is_named(server: ApiServer, stand_in: KubernetesTarget, lacks: str) -> None:
    server.denied = {lacks}
    assert lacks in missing_rights(stand_in.plan("latency", **DELAY))


def test_proxy_that_does_not_become_ready_is_removed_and_the_fault_refused(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    before = shop.shown()
    stand_in.more["proxy_image"] = "proxy:none"
    intent = stand_in.plan("latency", **DELAY)
    applied = INJECTOR.apply(intent, Deadline.after(3.5))
    assert applied.outcome is ApplyOutcome.REFUSED and "the proxy was not ready within" in applied.reason
    assert shop.shown() == before and INJECTOR.presence(intent, soon()) is Presence.ABSENT


def test_selector_that_cannot_be_turned_leaves_no_proxy(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    before = shop.shown()
    intent = stand_in.plan("latency", **DELAY)

    def refuse(method: str, path: str) -> None:
        if method == "PATCH" and path.endswith("/services/web"):
            raise Failure(403, "admission says no")

    shop.server.hook = refuse
    applied = INJECTOR.apply(intent, soon())
    shop.server.hook = lambda method, path: None
    assert applied.outcome is ApplyOutcome.REFUSED and "admission says no" in applied.reason
    assert shop.shown() == before


def scale_proxy_to_0(shop: StandInNamespace, marker: str) -> None:
    shop.server.patch(shop.path("Deployment", marker), {"spec": {"replicas": 0}}, {})


def delete_shadow(shop: StandInNamespace, marker: str) -> None:
    del shop.server.objects[shop.path("Service", marker)]


def turn_back(shop: StandInNamespace, marker: str) -> None:
    shop.server.patch(shop.path("Service", "web"), {"spec": {"selector": {"app": "web"}}}, {})


def add_key(shop: StandInNamespace, marker: str) -> None:
    shop.server.patch(shop.path("Service", "web"), {"spec": {"selector": {"tier": "front"}}}, {"fieldManager": "edit"})


def strip_labels(shop: StandInNamespace, marker: str) -> None:
    for kind in ("Deployment", "Service"):
        shop.server.patch(shop.path(kind, marker), {"metadata": {"labels": None}}, {})


@pytest.mark.parametrize("change", [scale_proxy_to_0, delete_shadow, turn_back, strip_labels])
def test_foreign_change_shows_and_the_revert_leaves_nothing(
    stand_in: KubernetesTarget, shop: StandInNamespace, change: Callable[[StandInNamespace, str], None]
) -> None:
    before = shop.shown()
    intent = applied(stand_in)
    change(shop, intent.marker)
    seen = Presence.PRESENT if change is strip_labels else Presence.MODIFIED
    assert INJECTOR.presence(intent, soon()) is seen
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    after = shop.shown()
    assert [path for path in before if path not in after] == [] and len(after) == len(before)
    assert selector(shop) == {"app": "web"}


def test_key_that_somebody_added_to_the_selector_is_kept_and_the_pods_match_again(
    stand_in: KubernetesTarget, shop: StandInNamespace
) -> None:
    intent = applied(stand_in)
    add_key(shop, intent.marker)
    reverted = INJECTOR.revert(intent, soon())
    assert reverted.outcome is RevertOutcome.KEPT and "spec.selector of service/web was changed" in reverted.reason
    assert selector(shop) == {"app": "web", "tier": "front"}


def test_sweep_without_the_record_restores_everything(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    before = shop.shown()
    intent = applied(stand_in)
    for path in shop.records():
        del shop.server.objects[path]
    [leftover] = stand_in.leftovers()
    assert leftover == intent
    assert KubernetesInjector().revert(leftover, soon()).outcome is RevertOutcome.REVERTED
    assert shop.shown() == before


def test_adjusted_fault_has_a_proxy_of_its_own_to_the_pods(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    before = shop.shown()
    first = applied(stand_in)
    second = applied(stand_in)
    assert INJECTOR.revert(first, soon()).outcome is RevertOutcome.REVERTED
    assert INJECTOR.presence(second, soon()) is Presence.PRESENT
    assert selector(shop, second.marker) == {"app": "web"}
    assert INJECTOR.revert(second, soon()).outcome is RevertOutcome.REVERTED
    assert shop.shown() == before


def test_second_fault_on_the_same_service_is_refused(stand_in: KubernetesTarget) -> None:
    applied(stand_in)
    marker = f"{stand_in.drill}00112233"
    with pytest.raises(Exception, match="fault f of this drill already changes the selector of its Service"):
        INJECTOR.plan(Fault("g", "reset", "web", {}), stand_in.binding, marker, soon())


def test_plan_says_who_is_not_affected(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    shop.server.patch(shop.path("Service", "web"), {"spec": {"sessionAffinity": "ClientIP"}}, {})
    intent = stand_in.plan("latency", **DELAY)
    texts = " ".join(INJECTOR.interference_warnings(intent, soon()))
    assert "open ones, such as those of a connection pool" in texts and "session affinity" in texts
    assert "through a proxy with the image proxy:1" in intent.apply_text
