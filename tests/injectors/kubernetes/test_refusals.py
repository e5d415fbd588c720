"""Faults that are refused before anything is touched, each with the reason, on the stand-in for an API server."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from support.api_server import TOKEN, ApiServer
from support.api_server_objects import Failure
from support.api_server_shop import StandInNamespace
from support.kubernetes_target import INJECTOR, KubernetesTarget, missing_rights, soon

from gameday.errors import Refused
from gameday.model import Json
from gameday.plugins.types import Presence, RevertOutcome


def namespace_of(target: KubernetesTarget) -> StandInNamespace:
    assert isinstance(target.namespace, StandInNamespace)
    return target.namespace


@pytest.mark.parametrize(
    ("allowed", "wrong"), [(None, "does not allow drills"), ("production", "names environment production")]
)
def test_namespace_that_does_not_name_the_environment(
    server: ApiServer, stand_in: KubernetesTarget, allowed: str | None, wrong: str
) -> None:
    annotations = {"gameday/environment": allowed} if allowed else {}
    server.objects[f"/api/v1/namespaces/{stand_in.namespace.name}"]["metadata"]["annotations"] = annotations
    assert wrong in stand_in.refusal("scale", replicas=0)


@pytest.mark.parametrize(
    ("collection", "content"),
    [
        ("admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {"webhooks": [{}]}),
        ("apiregistration.k8s.io/v1/apiservices", {"spec": {}}),
        ("apiextensions.k8s.io/v1/customresourcedefinitions", {"spec": {"conversion": {"webhook": {}}}}),
    ],
)
def test_namespace_that_serves_the_api_server(
    server: ApiServer, stand_in: KubernetesTarget, collection: str, content: dict[str, Any]
) -> None:
    call = {"service": {"namespace": stand_in.namespace.name, "name": "web"}}
    content = copy.deepcopy(content)
    if "webhooks" in content:
        content["webhooks"][0]["clientConfig"] = call
    elif "conversion" in content["spec"]:
        content["spec"]["conversion"]["webhook"]["clientConfig"] = call
    else:
        content["spec"] = call
    server.create(f"/apis/{collection}", {"metadata": {"name": "check"}, **content})
    wrong = stand_in.refusal("scale", replicas=0)
    assert "check; if that fails, the API server may refuse writes" in wrong


@pytest.mark.parametrize(
    ("more", "kind", "params", "wrong"),
    [
        ({"namespace": "nowhere"}, "scale", {"replicas": 0}, "no namespace nowhere"),
        ({"workload": "deployment/db"}, "scale", {"replicas": 0}, "no deployment/db in namespace"),
        ({}, "scale", {"replicas": 3}, "spec.replicas of deployment/web is already 3"),
        ({}, "scale", {"replicas": 20}, "17 pods would be added, but at most 10 are allowed"),
        ({"count": 3}, "kill", {}, "3 of 3 pods would be affected, but at most 1 is allowed"),
        ({"cut_connections": True}, "outage", {}, "3 of 3 pods would be affected, but at most 1 is allowed"),
        ({"count": 4}, "kill", {}, "count is 4, and only 3 match"),
        ({}, "config", {"key": "speed", "value": "1"}, "configmap/web has no key speed"),
        ({}, "bad-rollout", {"env": "SPEED=1"}, "container main has no environment variable SPEED"),
        ({}, "bad-rollout", {"image": "x", "container": "side"}, "web has no container side"),
        ({}, "partition", {"peer": "db"}, "there is no other target 'db'"),
        ({"service": "db"}, "half-dead", {}, "no service/db in namespace"),
    ],
)
def test_target_that_cannot_carry_the_fault(
    stand_in: KubernetesTarget, more: dict[str, Json], kind: str, params: dict[str, Json], wrong: str
) -> None:
    stand_in.more.update(more)
    assert wrong in stand_in.refusal(kind, **params)


def test_nodes_are_in_no_namespace(stand_in: KubernetesTarget) -> None:
    stand_in.more["node_labels"], stand_in.without = {"gameday/drain": "allowed"}, ("node",)
    assert stand_in.refusal("drain") == "target web: no node matches"


@pytest.mark.parametrize(("kind", "lacks"), [("scale", "workload"), ("outage", "service"), ("cordon", "node")])
def test_target_without_what_the_kind_needs(stand_in: KubernetesTarget, kind: str, lacks: str) -> None:
    stand_in.without = (lacks,)
    params: dict[str, Json] = {"replicas": 0} if kind == "scale" else {}
    assert f"{kind} requires {lacks}" in stand_in.refusal(kind, **params)


def test_objects_in_a_state_that_the_fault_cannot_use(stand_in: KubernetesTarget) -> None:
    shop = namespace_of(stand_in)
    shop.get("ConfigMap", "web")["immutable"] = True
    assert "is immutable" in stand_in.refusal("config", key="rate", value="1")
    shop.get("Service", "web")["spec"]["clusterIP"] = "None"
    assert "is headless" in stand_in.refusal("outage")
    shop.get("Deployment", "web")["spec"]["paused"] = True
    assert "is paused" in stand_in.refusal("bad-rollout", image="shop:none")
    shop.server.objects[f"/api/v1/nodes/{shop.node}"]["spec"]["unschedulable"] = True
    assert "is already cordoned" in stand_in.refusal("cordon")


def test_node_without_pods_of_the_namespace(stand_in: KubernetesTarget) -> None:
    namespace_of(stand_in).get("Deployment", "edge")["spec"]["replicas"] = 0
    namespace_of(stand_in).set_image("shop:2")  # the controllers act on the next change
    assert f"no pod of namespace {stand_in.namespace.name} runs on" in stand_in.refusal("drain")


def test_drain_of_too_many_pods_asks_for_no_smaller_number_of_nodes(stand_in: KubernetesTarget) -> None:
    shop = namespace_of(stand_in)
    for path, pod in shop.server.objects.items():
        if "/pods/" in path:
            pod["spec"]["nodeName"] = shop.node
    stand_in.more.update(count=1, max_percent=20)
    with pytest.raises(
        Refused, match=r"running pods of namespace .* would be affected, but at most 1 is allowed"
    ) as error:
        stand_in.plan("drain")
    assert error.value.todo == "Choose a node with fewer pods, or raise max_percent, of the target in gameday.yaml."


def test_variable_from_a_secret(stand_in: KubernetesTarget) -> None:
    [container] = namespace_of(stand_in).get("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    container["env"] = [{"name": "MODE", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    assert "MODE comes from a ConfigMap or Secret" in stand_in.refusal("bad-rollout", env="MODE=slow")


def test_autoscaler_that_would_overrule_the_fault(server: ApiServer, stand_in: KubernetesTarget) -> None:
    root = f"/apis/autoscaling/v2/namespaces/{stand_in.namespace.name}/horizontalpodautoscalers"
    reference = {"kind": "Deployment", "name": "web"}
    server.create(root, {"metadata": {"name": "peak"}, "spec": {"scaleTargetRef": reference}})
    assert "autoscaler peak sets the replicas of web" in stand_in.refusal("scale", replicas=1)
    assert stand_in.plan("scale", replicas=0), "an autoscaler leaves 0 alone"


def test_policy_that_selects_the_same_pods(server: ApiServer, stand_in: KubernetesTarget) -> None:
    root = f"/apis/networking.k8s.io/v1/namespaces/{stand_in.namespace.name}/networkpolicies"
    selector = {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["front"]}]}
    server.create(root, {"metadata": {"name": "allow"}, "spec": {"podSelector": selector}})
    assert "NetworkPolicy allow also selects its pods" in stand_in.refusal("partition", peer="cache")


def test_pod_that_nothing_would_replace(server: ApiServer, stand_in: KubernetesTarget) -> None:
    root = f"/api/v1/namespaces/{stand_in.namespace.name}/pods"
    metadata = {"name": "alone", "labels": {"app": "alone"}}
    server.create(root, {"metadata": metadata, "spec": {}, "status": {"phase": "Running"}})
    stand_in.more, stand_in.without = {"labels": {"app": "alone"}}, ("workload",)
    assert "pod alone has no controller" in stand_in.refusal("kill")


@pytest.mark.parametrize(("kind", "params"), [("kill", {}), ("scale", {"replicas": 0}), ("outage", {}), ("drain", {})])
def test_guardian_is_never_a_target(
    server: ApiServer, stand_in: KubernetesTarget, kind: str, params: dict[str, Json]
) -> None:
    name = "edge" if kind == "drain" else "web"
    spec = copy.deepcopy(namespace_of(stand_in).get("Deployment", name)["spec"])
    spec["template"]["spec"]["containers"][0] |= {"image": "registry/gameday:1", "args": ["guardian", "--env", "x"]}
    server.patch(namespace_of(stand_in).path("Deployment", name), {"spec": spec}, {})
    assert "is a guardian: it reverts faults, so it is never a target" in stand_in.refusal(kind, **params)


def test_fault_of_another_drill_on_the_same_object(stand_in: KubernetesTarget) -> None:
    intent = stand_in.plan("scale", replicas=0)
    INJECTOR.apply(intent, soon())
    stand_in.drill = "gd-0123"
    assert f"{intent.marker} of another drill is present on deployment/web" in stand_in.refusal("scale", replicas=5)
    assert stand_in.plan("config", key="rate", value="1"), "another object is free"


@pytest.mark.parametrize(
    ("kind", "params", "denied"),
    [
        ("scale", {"replicas": 0}, "patch deployments"), ("config", {"key": "rate", "value": "1"}, "patch configmaps"),
        ("outage", {}, "patch services"), ("kill", {}, "delete pods"), ("evict", {}, "create pods/eviction"),
        ("half-dead", {}, "create endpointslices"), ("partition", {"peer": "cache"}, "create networkpolicies"),
        ("cordon", {}, "patch nodes"), ("drain", {}, "create pods/eviction"),
        ("bad-rollout", {"image": "x"}, "delete replicasets"),
        ("kill", {}, "create configmaps"), ("crash-loop", {}, "create pods/exec"), ("crash-loop", {}, "get pods/exec"),
    ],
)  # fmt: skip
def test_missing_right_is_named_in_preflight(
    server: ApiServer, stand_in: KubernetesTarget, kind: str, params: dict[str, Json], denied: str
) -> None:
    server.denied = {denied}
    before = stand_in.namespace.shown()
    assert denied in missing_rights(stand_in.plan(kind, **params))
    assert stand_in.namespace.shown() == before


def test_right_to_cut_connections_is_needed_only_where_they_are_cut(
    server: ApiServer, stand_in: KubernetesTarget
) -> None:
    server.denied = {"delete pods"}
    assert INJECTOR.check_capability(stand_in.plan("outage"), soon()) == ""
    stand_in.more |= {"cut_connections": True, "max_percent": 100}
    assert "delete pods" in missing_rights(stand_in.plan("outage"))


@pytest.mark.parametrize(("kind", "params"), [("scale", {"replicas": 0}), ("evict", {}), ("half-dead", {})])
def test_refusal_of_a_dry_run_is_told_in_preflight(
    server: ApiServer, stand_in: KubernetesTarget, kind: str, params: dict[str, Json]
) -> None:
    intent = stand_in.plan(kind, **params)

    def refuse(method: str, path: str) -> None:
        if method != "GET" and "reviews" not in path:
            raise Failure(429, "Cannot evict pod as it would violate the pod's disruption budget web.")

    server.hook = refuse
    assert "disruption budget web" in INJECTOR.check_capability(intent, soon())


@pytest.mark.parametrize(
    ("status", "message", "wrong"),
    [
        (401, "Unauthorized", "rejects the credentials of this context"),
        (403, 'deployments.apps "web" is forbidden', "the API server refused the request: deployments.apps"),
        (
            403,
            'admission webhook "check.example" denied the request: frozen',
            "admission refuses it: admission",
        ),
        (422, "ValidatingAdmissionPolicy 'freeze' with binding 'b' denied request: no", "admission refuses it: Valid"),
        (500, 'failed calling webhook "check.example"', "an admission webhook does not respond"),
        (503, "etcd leader changed", "the API server responded with 503"),
    ],
)
def test_error_of_the_server_leaves_the_outcome_to_the_revert(
    server: ApiServer, stand_in: KubernetesTarget, status: int, message: str, wrong: str
) -> None:
    intent = stand_in.plan("scale", replicas=0)
    INJECTOR.apply(intent, soon())

    def fail(method: str, path: str) -> None:
        raise Failure(status, message)

    server.hook = fail
    reverted = INJECTOR.revert(intent, soon())
    assert reverted.outcome is RevertOutcome.PENDING and wrong in reverted.reason
    assert INJECTOR.presence(intent, soon()) is Presence.UNKNOWN
    server.hook = lambda method, path: None
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_no_token_in_intent_record_or_error(server: ApiServer, stand_in: KubernetesTarget) -> None:
    texts: list[Any] = []
    intent = stand_in.plan("scale", replicas=0)
    INJECTOR.apply(intent, soon())
    texts += [intent.encode(), stand_in.leftovers()[0].encode(), server.objects]
    server.is_away = True
    texts += [INJECTOR.revert(intent, soon()), INJECTOR.check_target(stand_in.binding, soon())]
    assert TOKEN not in str(texts)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("bad-rollout", {"image": "x"}),
        ("kill", {}),
        ("evict", {}),
        ("crash-loop", {}),
        ("half-dead", {}),
        ("cordon", {}),
        ("drain", {}),
    ],
)
def test_plan_and_checks_change_nothing(
    server: ApiServer, stand_in: KubernetesTarget, kind: str, params: dict[str, Json]
) -> None:
    before, pods = stand_in.namespace.shown(), stand_in.namespace.pods()
    intent = stand_in.plan(kind, **params)
    for check in (
        INJECTOR.check_capability,
        INJECTOR.interference_warnings,
        INJECTOR.find_unsettled,
        INJECTOR.presence,
    ):
        check(intent, soon())
    writes = [each for each in server.requests if not each.startswith("GET") and "accessreviews" not in each]
    assert writes and all(each.endswith(" dry") for each in writes)
    assert (stand_in.namespace.shown(), stand_in.namespace.pods()) == (before, pods)


@pytest.mark.parametrize(("kind", "params"), [("scale", {"replicas": 0}), ("bad-rollout", {"image": "shop:none"})])
def test_workloads_and_their_pods_are_capped(stand_in: KubernetesTarget, kind: str, params: dict[str, Any]) -> None:
    stand_in.more["max_pods"] = 2
    assert "3 pods would be affected, but at most 2 are allowed (max_pods)" in stand_in.refusal(kind, **params)
    collection = f"/apis/apps/v1/namespaces/{stand_in.namespace.name}/deployments"
    for name in ("one", "two"):
        containers = [{"name": "main", "image": "shop:1"}]
        template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": containers}}
        spec = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
        content = {"metadata": {"name": name, "labels": {"set": "many"}}, "spec": spec}
        namespace_of(stand_in).server.create(collection, content, {"fieldManager": "helm"})
    stand_in.more |= {"workload": "deployment", "labels": {"set": "many"}, "max_pods": 10}
    stand_in.without = ("count",)
    assert "2 of 2 workloads would be affected, but at most 1" in stand_in.refusal(kind, **params)
    stand_in.more["max_percent"] = 100
    assert len(stand_in.plan(kind, **params).member_names) == 2


@pytest.mark.parametrize(
    ("key", "name", "wrong"),
    [
        ("configmap", "../secrets/db", "'../secrets/db' is not the name of an object"),
        ("service", "../../other/services/web", "is not the name of an object"),
        ("workload", "deployment/web/scale", "'web/scale' is not the name of an object"),
        ("namespace", "shop?x=1", "'shop?x=1' is not the name of an object"),
        ("configmap", "gd-77aa", "gd-77aa belongs to gameday or to the cluster"),
        ("configmap", "kube-root-ca.crt", "belongs to gameday or to the cluster"),
    ],
)
def test_name_that_is_none_or_is_protected(stand_in: KubernetesTarget, key: str, name: str, wrong: str) -> None:
    stand_in.more[key] = name
    kind, params = ("config", {"key": "rate", "value": "1"}) if key == "configmap" else ("scale", {"replicas": 0})
    assert wrong in stand_in.refusal(kind, **params)


@pytest.mark.parametrize("variable", ["DB_PASSWORD", "API_KEY", "authToken", "ClientSecret"])
def test_variable_with_the_name_of_a_secret(stand_in: KubernetesTarget, variable: str) -> None:
    """The undo record would store its value."""
    refusal = stand_in.refusal("bad-rollout", env=f"{variable}=wrong")
    assert f"variable {variable} may be a secret by its name" in refusal
    assert "may be a secret by its name" in stand_in.refusal("config", key=variable, value="wrong")
