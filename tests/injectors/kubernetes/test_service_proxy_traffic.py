"""A proxy in the path of a Service on a real cluster: what clients see before, during and after each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.kubernetes import Namespace, cluster_here, eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon
from support.kubernetes_traffic import NAMED_PORTS, OpenConnection, add_client, add_echo, request
from support.proxy_image import proxy_image

from gameday.plugins.types import ApplyOutcome, Intent, Presence, RevertOutcome

pytestmark = pytest.mark.engine("kubernetes")
EACH_PORT = (80, 8080)
"""Port that the Service maps by name, and one that it maps by number."""


@pytest.fixture(scope="module")
def image() -> str:
    return proxy_image(cluster_here())


@pytest.fixture(scope="module")
def place(image: str) -> Iterator[Namespace]:
    namespace = Namespace(cluster_here(), shop="")
    add_echo(namespace, image, NAMED_PORTS)
    add_client(namespace, image)
    eventually(lambda: request(namespace).get("whole"), "an answer")
    yield namespace
    namespace.remove()


@pytest.fixture
def echo(place: Namespace, image: str) -> KubernetesTarget:
    settings: dict[str, Any] = {"workload": "deployment/echo", "service": "echo", "proxy_image": image}
    return KubernetesTarget(place, place.kubectl.kubeconfig, place.kubectl.context, settings, ("configmap", "count"))


def apply(target: KubernetesTarget, kind: str, **params: Any) -> Intent:
    intent = target.plan(kind, **params)
    assert INJECTOR.check_capability(intent, soon()) == ""
    applied = INJECTOR.apply(intent, soon())
    assert applied.outcome is ApplyOutcome.APPLIED, applied
    assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    return intent


def revert(intent: Intent) -> None:
    eventually(lambda: INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED, "the revert")
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT


def objects(place: Namespace) -> dict[str, Any]:
    """Return the objects of the namespace; other tests cordon nodes meanwhile."""
    return {key: value for key, value in place.shown().items() if key != "cordoned"}


def wait_for(seen: Callable[[dict[str, Any]], bool], place: Namespace, port: int, count: int) -> None:
    eventually(lambda: seen(request(place, port, count, timeout=2.0)), f"the fault at port {port}")


@pytest.mark.parametrize(
    ("kind", "params", "count", "seen"),
    [
        ("latency", {"delay": "400ms"}, 1, lambda answer: answer.get("whole") and answer["first"] >= 0.4),
        ("jitter", {"delay": "400ms"}, 1, lambda answer: answer["whole"]),
        ("bandwidth", {"rate": "20KB/s"}, 2000, lambda answer: answer.get("whole") and answer["seconds"] >= 0.5),
        ("reset", {}, 1, lambda answer: answer.get("error") == "ConnectionResetError"),
        ("timeout", {"after": "500ms"}, 1, lambda answer: answer.get("bytes") == 0 and answer["seconds"] >= 0.5),
        ("timeout", {}, 1, lambda answer: answer.get("error") == "TimeoutError"),
    ],
)
def test_clients_see_the_fault_and_nothing_of_it_before_and_after(
    place: Namespace, echo: KubernetesTarget, kind: str, params: dict[str, Any], count: int, seen: Any
) -> None:
    before = objects(place)
    healthy = [request(place, port, count) for port in EACH_PORT]
    intent = apply(echo, kind, **params)
    for port in EACH_PORT:  # the nodes follow the endpoints a moment later
        wait_for(seen, place, port, count)
    during = [request(place, port, count, timeout=2.0) for port in EACH_PORT]
    revert(intent)
    after = [request(place, port, count) for port in EACH_PORT]
    assert all(map(seen, during)), during
    assert all(answer["whole"] for answer in healthy + after), (healthy, after)
    if kind == "latency":
        assert not any(map(seen, healthy + after)), (healthy, after)
    assert objects(place) == before


def test_open_connections_stay_direct_and_those_of_the_fault_are_passed_on_after_it(
    place: Namespace, echo: KubernetesTarget
) -> None:
    with OpenConnection(place) as older:
        intent = apply(echo, "latency", delay="700ms")
        with OpenConnection(place) as newer:
            assert older.ask() < 0.7 <= newer.ask()
            with ThreadPoolExecutor(1) as pool:
                reverting = pool.submit(INJECTOR.revert, intent, soon())
                eventually(lambda: newer.ask() < 0.7, "an answer without the delay")
            assert reverting.result().outcome is RevertOutcome.REVERTED
            assert newer.is_closed(), "it is closed before the proxy is removed"
        assert older.ask() < 0.7


def test_open_connections_can_be_cut(place: Namespace, echo: KubernetesTarget) -> None:
    echo.more |= {"cut_connections": True, "max_percent": 100}
    with OpenConnection(place) as older:
        intent = apply(echo, "latency", delay="400ms")
        eventually(older.is_closed, "the end of the connection")
        eventually(lambda: request(place).get("whole"), "the new pods")
        assert request(place)["first"] >= 0.4
    revert(intent)
    eventually(lambda: INJECTOR.find_unsettled(intent, soon()) == "", "recovery")


def test_proxy_that_restarts_comes_back_with_its_fault(place: Namespace, echo: KubernetesTarget) -> None:
    intent = apply(echo, "latency", delay="400ms")
    place("delete", "pod", "-l", f"gameday/marker={intent.marker}", "--wait=false")
    eventually(lambda: INJECTOR.presence(intent, soon()) is Presence.PRESENT, "the new pod")
    assert request(place)["first"] >= 0.4
    revert(intent)


def test_image_that_cannot_be_pulled_is_told_and_leaves_the_service_alone(
    place: Namespace, echo: KubernetesTarget
) -> None:
    before = objects(place)
    echo.more["proxy_image"] = "127.0.0.1:1/none:1"
    applied = INJECTOR.apply(echo.plan("latency", delay="400ms"), soon())
    assert applied.outcome is ApplyOutcome.REFUSED
    assert "ErrImagePull" in applied.reason or "ImagePullBackOff" in applied.reason, applied
    eventually(lambda: objects(place) == before, "the state before")
    assert request(place)["whole"]


POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: clients-only}
spec: {podSelector: {matchLabels: {app: echo}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]}
"""


def test_policy_that_keeps_the_proxy_from_the_pods_is_told_before_clients_are_sent_there(
    place: Namespace, echo: KubernetesTarget
) -> None:
    place.apply(POLICY)
    eventually(lambda: request(place).get("whole"), "an answer under the policy")
    try:
        applied = INJECTOR.apply(echo.plan("latency", delay="400ms"), soon())
        assert applied.outcome is ApplyOutcome.REFUSED and "does a NetworkPolicy forbid it?" in applied.reason
        assert request(place)["whole"]
    finally:
        place("delete", "networkpolicy", "clients-only")
