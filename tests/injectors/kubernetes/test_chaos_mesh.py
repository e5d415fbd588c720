"""Faults through Chaos Mesh, with a stand-in for its controller: on a real API server and on the stand-in for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.api_server import ApiServer
from support.api_server_objects import Failure
from support.api_server_shop import StandInNamespace
from support.chaos_mesh import DEFINITION, NAME, ChaosMeshController
from support.kubernetes import cluster_here, eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, exercise_fault, missing_rights, soon

from gameday.injectors.kubernetes import KubernetesInjector
from gameday.injectors.kubernetes.faults import CHAOS_MESH_KINDS, find_class
from gameday.injectors.kubernetes.target_settings import read_settings
from gameday.model import Fault, Json
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence, RevertOutcome

CASES: dict[str, dict[str, Json]] = {
    "latency": {"delay": "300ms", "jitter": "50ms"}, "jitter": {"delay": "300ms"}, "bandwidth": {"rate": "20KB/s"},
}  # fmt: skip
THROUGH: dict[str, Json] = {"through": "chaos-mesh"}
EACH_KIND = pytest.mark.parametrize("kind", CASES)


@pytest.fixture
def shop_target(stand_in: KubernetesTarget) -> KubernetesTarget:
    stand_in.more |= THROUGH
    return stand_in


@pytest.fixture
def controller(shop_target: KubernetesTarget) -> Iterator[ChaosMeshController]:
    with ChaosMeshController(shop_target.kubeconfig, shop_target.context, shop_target.namespace.name) as controller:
        yield controller


@pytest.fixture(scope="module")
def resource() -> None:
    """Install the resource on the cluster, which other processes may use too."""
    cluster = cluster_here()
    cluster.apply(json.dumps(DEFINITION))
    cluster("wait", "--for=condition=Established", f"customresourcedefinition/{NAME}", "--timeout=30s")


@pytest.fixture
def cluster_target(target: KubernetesTarget) -> Iterator[KubernetesTarget]:
    """Return the shop on the real cluster, with a controller of its own."""
    with ChaosMeshController(target.kubeconfig, target.context, target.namespace.name):
        yield replace(target, more={**target.more, **THROUGH})


def test_cases_cover_every_kind() -> None:
    assert set(CASES) == set(CHAOS_MESH_KINDS)


@EACH_KIND
@pytest.mark.usefixtures("controller")
def test_fault_is_present_found_by_scan_and_reverted(shop_target: KubernetesTarget, kind: str) -> None:
    exercise_fault(shop_target, kind, CASES[kind])


@EACH_KIND
@pytest.mark.engine("kubernetes")
@pytest.mark.usefixtures("resource")
def test_fault_on_an_api_server_is_present_found_by_scan_and_reverted(
    cluster_target: KubernetesTarget, kind: str
) -> None:
    exercise_fault(cluster_target, kind, CASES[kind])


def created(intent: Intent) -> dict[str, Any]:
    undo: dict[str, Any] = dict(intent.undo)
    return dict(undo["created"][0]["manifest"]["spec"])


def test_object_names_the_drawn_pods_and_always_carries_an_end(shop_target: KubernetesTarget) -> None:
    intent = shop_target.plan("latency", delay="300ms")
    [pod] = (name.removeprefix("pod/") for name in intent.member_names)
    spec = created(intent)
    assert spec["selector"]["pods"] == {shop_target.namespace.name: [pod]}
    assert (spec["mode"], spec["direction"], spec["duration"]) == ("all", "to", "3600000ms")
    assert "by Chaos Mesh, which ends it by itself after 1 h" in intent.apply_text
    fault = Fault("f", "latency", "web", {"delay": "300ms"}, lasts=90.0)
    assert created(INJECTOR.plan(fault, shop_target.binding, "gd-abcd00000001", soon()))["duration"] == "150000ms"


def test_everything_that_the_pods_send_is_affected_and_plan_says_so(shop_target: KubernetesTarget) -> None:
    warnings = INJECTOR.interference_warnings(shop_target.plan("latency", delay="300ms"), soon())
    assert "also on their own requests to others and to DNS" in warnings[0]
    assert "pods that replace them during the fault are not affected" in warnings[1]


def test_kinds_beside_connections_are_as_ever(shop_target: KubernetesTarget) -> None:
    settings = read_settings(shop_target.binding)
    assert find_class("kill", settings).__name__ == "Kill"
    assert (
        shop_target.refusal("timeout")
        == "target web: Chaos Mesh cannot do timeout (it can do latency, jitter, bandwidth)"
    )


def test_cluster_without_chaos_mesh_is_refused(server: ApiServer, shop_target: KubernetesTarget) -> None:
    def hide(method: str, path: str) -> None:
        if "chaos-mesh.org" in path:
            raise Failure(404, "404 page not found")

    server.hook = hide
    assert "Chaos Mesh is not installed (no networkchaos.chaos-mesh.org in context test" in shop_target.refusal(
        "latency", delay="300ms"
    )
    assert shop_target.leftovers() == []


@pytest.mark.parametrize("verb", ["create", "delete"])
def test_missing_right_is_refused(server: ApiServer, shop_target: KubernetesTarget, verb: str) -> None:
    server.denied = {f"{verb} networkchaos"}
    missing = missing_rights(shop_target.plan("latency", delay="300ms"))
    assert missing.endswith(f"that the fault requires: {verb} networkchaos")
    guardian, deleter = KubernetesInjector(), KubernetesInjector()
    deleter.restrict_to_deletes()
    for each in (guardian, deleter):
        lacks = each.missing_revert_rights(shop_target.binding, (), soon())
        assert ("delete networkchaos" in lacks) == (verb == "delete")


def test_refusal_of_its_webhook_shows_in_the_dry_run(server: ApiServer, shop_target: KubernetesTarget) -> None:
    intent = shop_target.plan("latency", delay="300ms")

    def refuse(method: str, path: str) -> None:
        if method == "POST" and path.endswith("/networkchaos"):
            raise Failure(403, 'admission webhook "vauth.kb.io" denied the request: you are forbidden on namespace x')

    server.hook = refuse
    assert "vauth.kb.io" in INJECTOR.check_capability(intent, soon())


def test_pod_on_its_nodes_network_is_refused(shop_target: KubernetesTarget) -> None:
    assert isinstance(shop_target.namespace, StandInNamespace)
    for path, each in shop_target.namespace.server.objects.items():
        if "/pods/web-" in path:
            each["spec"]["hostNetwork"] = True
    assert "the fault would affect the whole node" in shop_target.refusal("latency", delay="300ms")


@pytest.mark.parametrize("reason", ["tc is missing", ""])
def test_fault_that_is_not_injected_is_removed_and_refused(
    shop_target: KubernetesTarget, controller: ChaosMeshController, reason: str
) -> None:
    controller.apply_error, controller.selects = reason, bool(reason)
    intent = shop_target.plan("latency", delay="300ms")
    applied = INJECTOR.apply(intent, Deadline.after(5.0))
    assert applied.outcome is ApplyOutcome.REFUSED, applied
    assert (reason or "it selected no pod. Check that it runs") in applied.reason
    assert not controller.objects() and not shop_target.namespace.records()


def test_pod_that_is_not_recovered_keeps_the_fault_outstanding(
    shop_target: KubernetesTarget, controller: ChaosMeshController
) -> None:
    intent = shop_target.plan("latency", delay="300ms")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    controller.recover_error = "the daemon does not respond"
    for _ in range(2):
        reverted = INJECTOR.revert(intent, Deadline.after(1.5))
        assert reverted.outcome is RevertOutcome.PENDING
        pod = intent.member_names[0].removeprefix("pod/")
        name = shop_target.namespace.name
        assert f"has not recovered every pod: pod {name}/{pod} (the daemon does not respond)" in reverted.reason
        command = f"kubectl --context test -n {name} annotate networkchaos/{intent.marker} "
        assert f"`{command}chaos-mesh.chaos-mesh.org/cleanFinalizer=forced`" in reverted.reason
        assert INJECTOR.presence(intent, soon()) is Presence.MODIFIED
        assert shop_target.leftovers() == [intent]
    controller.recover_error = ""
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT


def test_fault_that_chaos_mesh_ended_is_no_longer_present(
    shop_target: KubernetesTarget, controller: ChaosMeshController
) -> None:
    intent = INJECTOR.plan(
        Fault("f", "latency", "web", {"delay": "300ms"}, lasts=-58.0), shop_target.binding, "gd-abcd00000002", soon()
    )
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    eventually(lambda: INJECTOR.presence(intent, soon()) is Presence.MODIFIED, "the end by its duration")
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not controller.objects()


@pytest.mark.usefixtures("controller")
def test_replaced_pod_ends_the_effect(server: ApiServer, shop_target: KubernetesTarget) -> None:
    intent = shop_target.plan("latency", delay="300ms")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    pod = intent.member_names[0].removeprefix("pod/")
    server.respond("DELETE", f"/api/v1/namespaces/{shop_target.namespace.name}/pods/{pod}", {}, "")
    assert INJECTOR.presence(intent, soon()) is Presence.MODIFIED
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_guardian_that_only_deletes_waits_for_chaos_mesh(
    shop_target: KubernetesTarget, controller: ChaosMeshController
) -> None:
    intent = shop_target.plan("latency", delay="300ms")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    INJECTOR._heartbeats.stop(intent)  # as if its process were dead
    guardian = KubernetesInjector()
    guardian.restrict_to_deletes()
    controller.recover_error = "the daemon does not respond"
    pending = guardian.revert(intent, soon())
    assert pending.outcome is RevertOutcome.PENDING and "a finalizer keeps it" in pending.reason
    assert guardian.presence(intent, soon()) is Presence.PRESENT and shop_target.namespace.records()
    controller.recover_error = ""
    eventually(lambda: guardian.revert(intent, soon()).outcome is RevertOutcome.REVERTED, "the revert")
    assert not shop_target.namespace.records()


@pytest.mark.usefixtures("controller")
@pytest.mark.parametrize(("kind", "params"), [("latency", CASES["latency"]), ("partition", {"peer": "cache"})])
def test_object_whose_record_was_removed_is_found_and_deleted(
    server: ApiServer, shop_target: KubernetesTarget, kind: str, params: dict[str, Json]
) -> None:
    intent = shop_target.plan(kind, **params)
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    INJECTOR._heartbeats.stop(intent)
    with server.lock:
        for path in [path for path in server.objects if "/configmaps/gd-" in path]:
            del server.objects[path]
    [leftover] = shop_target.leftovers()
    assert leftover.marker == intent.marker
    assert KubernetesInjector().presence(leftover, soon()) is Presence.PRESENT
    assert KubernetesInjector().revert(leftover, soon()).outcome is RevertOutcome.REVERTED
    assert shop_target.leftovers() == []
