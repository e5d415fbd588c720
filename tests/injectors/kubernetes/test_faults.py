"""Each kind of fault: what it changes, that it is found from the cluster alone, and that it goes.

On the stand-in for an API server, and on a real cluster where there is one."""

from __future__ import annotations

from typing import Any

import pytest
from support.api_server_shop import StandInNamespace
from support.kubernetes_target import INJECTOR, KubernetesTarget, exercise_fault, soon

from gameday.injectors.kubernetes.faults import KINDS
from gameday.injectors.kubernetes.quantities import canonical_quantity
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.model import Json
from gameday.plugins.types import ParamProblem

CASES: list[tuple[str, dict[str, Any]]] = [
    ("scale", {"replicas": 0}), ("scale", {"replicas": 5}), ("config", {"key": "app.conf", "value": "mode: slow"}),
    ("outage", {}), ("kill", {}), ("evict", {}), ("half-dead", {}), ("partition", {"peer": "cache"}), ("cordon", {}),
    ("drain", {}), ("kill", {"again": "1s"}),
    ("bad-rollout", {"image": "shop:none"}), ("bad-rollout", {"env": "MODE=slow"}),
    ("bad-rollout", {"command": ["/bin/false"]}), ("bad-rollout", {"probe": "readiness"}),
    ("bad-rollout", {"probe": "liveness"}), ("bad-rollout", {"resources": "requests.cpu=1000000"}),
    ("bad-rollout", {"resources": "limits.memory=1024Mi"}),
]  # fmt: skip
PROXY_CASES: list[tuple[str, dict[str, Any]]] = [
    ("latency", {"delay": "300ms"}), ("jitter", {"delay": "300ms"}), ("bandwidth", {"rate": "20KB/s"}), ("reset", {}),
    ("timeout", {"after": "1s"}),
]  # fmt: skip
"""Kinds by a proxy: on a cluster, test_service_proxy_traffic.py has them with real traffic."""
CRASH_CASES: list[tuple[str, dict[str, Any]]] = [("crash-loop", {}), ("crash-loop", {"signal": "INT", "after": "3s"})]
"""Kinds that need real containers: on a cluster, test_crash_loop.py has them."""
EACH_KIND = pytest.mark.parametrize(("kind", "params"), CASES)


def test_cases_cover_every_kind() -> None:
    assert {kind for kind, _ in [*CASES, *PROXY_CASES, *CRASH_CASES]} == set(KINDS)


@pytest.mark.parametrize(("kind", "params"), [*CASES, *PROXY_CASES, *CRASH_CASES])
def test_fault_is_present_found_by_scan_and_reverted(
    stand_in: KubernetesTarget, kind: str, params: dict[str, Any]
) -> None:
    exercise_fault(stand_in, kind, params)


@pytest.mark.engine("kubernetes")
@EACH_KIND
def test_fault_on_a_cluster_is_present_found_by_scan_and_reverted(
    target: KubernetesTarget, kind: str, params: dict[str, Any]
) -> None:
    target.more["dead_address"] = "10.88.0.0"
    exercise_fault(target, kind, params)


CUT: dict[str, Json] = {"cut_connections": True, "max_percent": 100}


@pytest.mark.parametrize(("kind", "params"), [("outage", {}), ("latency", {"delay": "300ms"})])
def test_fault_that_cuts_connections_replaces_the_pods(
    stand_in: KubernetesTarget, kind: str, params: dict[str, Any]
) -> None:
    exercise_cut(stand_in, kind, params)


@pytest.mark.engine("kubernetes")
def test_outage_that_cuts_connections_on_a_cluster_replaces_the_pods(target: KubernetesTarget) -> None:
    exercise_cut(target, "outage", {})


def exercise_cut(target: KubernetesTarget, kind: str, params: dict[str, Any]) -> None:
    target.more |= CUT
    before = set(target.namespace.pods().values())
    intent = target.plan(kind, **params)
    assert "to cut open connections" in intent.apply_text
    warnings = INJECTOR.interference_warnings(intent, soon())
    assert not [text for text in warnings if "open connections" in text], "no open connection is left"
    assert set(target.namespace.pods().values()) == before
    exercise_fault(target, kind, params)
    assert not before & set(target.namespace.pods().values())


@pytest.mark.parametrize(
    ("strategy", "loss"),
    [
        ({"type": "RollingUpdate"}, "does not become ready costs no capacity"),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "70%"}}, "ready costs at most 2 of 3 pods"),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}, "ready costs at most 1 of 3 pods"),
        ({"type": "Recreate"}, "web ends all of its 3 pods before new ones start: a bad version costs all capacity"),
    ],
)
@pytest.mark.parametrize("params", [{"image": "shop:none"}, {"probe": "readiness"}])
def test_plan_says_how_much_capacity_a_bad_rollout_costs(
    stand_in: KubernetesTarget, strategy: dict[str, Json], loss: str, params: dict[str, Json]
) -> None:
    assert isinstance(stand_in.namespace, StandInNamespace)
    stand_in.namespace.get("Deployment", "web")["spec"]["strategy"] = strategy
    [text] = INJECTOR.interference_warnings(stand_in.plan("bad-rollout", **params), soon())
    assert text.endswith(loss)
    [text] = INJECTOR.interference_warnings(stand_in.plan("bad-rollout", probe="liveness"), soon())
    assert "the rollout replaces all 3 pods, and each is restarted again and again" in text


@pytest.mark.parametrize(
    ("written", "returned"),
    [
        ("1024Mi", "1Gi"),
        ("1000m", "1"),
        ("1000", "1k"),
        ("1500m", "1500m"),
        ("8Mi", "8Mi"),
        ("1024", "1024"),
        ("0", "0"),
    ],
)
def test_quantity_is_written_as_the_api_server_returns_it(written: str, returned: str) -> None:
    number = written.rstrip("mMi")
    assert canonical_quantity(number, written.removeprefix(number)) == returned


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({}, "exactly one of image, command, env, probe and resources is required"),
        ({"probe": "liveness", "image": "x"}, "exactly one of image, command, env, probe and resources is required"),
        ({"resources": "memory=8Mi"}, "resources must be like limits.memory=8Mi or requests.cpu=1000"),
        ({"resources": "limits.memory=8MB"}, "resources must be like limits.memory=8Mi or requests.cpu=1000"),
    ],
)
def test_bad_rollout_is_one_change(params: dict[str, Json], wrong: str) -> None:
    with pytest.raises(ParamProblem, match=wrong):
        KINDS["bad-rollout"].read(params)


def test_limit_below_the_request_lowers_the_request_too(stand_in: KubernetesTarget) -> None:
    assert isinstance(stand_in.namespace, StandInNamespace)
    [container] = stand_in.namespace.get("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    container["resources"] = {"requests": {"memory": "64Mi", "cpu": "1"}, "limits": {"memory": "128Mi"}}
    changes = Snapshot.of(stand_in.plan("bad-rollout", resources="limits.memory=8Mi")).objects[0].changes
    assert [(change.path[-2:], change.before, change.after) for change in changes] == [
        (("limits", "memory"), ("128Mi",), ("8Mi",)), (("requests", "memory"), ("64Mi",), ("8Mi",)),
    ]  # fmt: skip
