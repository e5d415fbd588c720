"""Trials of the network: what `outage` and `partition` promise is measured before them, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.api_server import ApiServer
from support.api_server_objects import Failure
from support.kubernetes import Namespace, cluster_here, eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, missing_rights
from support.kubernetes_traffic import OpenConnection, add_client, add_echo, request
from support.proxy_image import proxy_image

from gameday.injectors.kubernetes.network_trials import known_result
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.model import Json
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, RevertOutcome

SEEN = {"ConnectionRefusedError": "refused", "TimeoutError": "silent"}
"""What the tests' own client sees, in the words of the scenario."""


def check(intent: Intent) -> str:
    return INJECTOR.check_capability(intent, Deadline.after(25.0))


CUT: dict[str, Json] = {"cut_connections": True, "max_percent": 100}


@pytest.mark.parametrize(
    ("network", "seen_as", "more", "wrong"),
    [
        ({"new": "refused"}, "refused", CUT, ""),
        ({"new": "silent"}, "silent", CUT, ""),
        ({"new": "refused"}, "new-refused", {}, ""),
        ({"new": "silent"}, "refused", CUT, "Service without endpoints were left without an answer. Leave seen_as out"),
        ({"new": "refused"}, "silent", CUT, "new connections to a Service without endpoints were refused."),
        ({"new": "mixed"}, "new-refused", {}, "were at times refused, at times left without an answer"),
        ({"error": "db port 1: unknown"}, "silent", CUT, "the trial of the network failed: db port 1: unknown"),
        ({}, "silent", CUT, "ended with exit code 1: has the image this version of gameday?"),
    ],
)
def test_what_clients_of_an_outage_see_is_measured_in_preflight(
    server: ApiServer, stand_in: KubernetesTarget, network: Any, seen_as: str, more: Any, wrong: str
) -> None:
    server.network, stand_in.more = network, {**stand_in.more, **more}
    before = stand_in.namespace.shown()
    text = check(stand_in.plan("outage", seen_as=seen_as))
    assert wrong in text and bool(text) is bool(wrong), text
    assert stand_in.namespace.shown() == before
    assert not [path for path in server.objects if "/jobs/" in path or path.endswith("-0")]


@pytest.mark.parametrize(
    ("network", "params", "wrong"),
    [
        ({"new": "silent", "open": "open"}, {}, ""),
        ({"new": "refused", "open": "cut"}, {"existing": "cut"}, ""),
        ({"new": "silent", "open": "open"}, {"existing": "cut"}, "an open connection continued under a NetworkPolicy"),
        ({"new": "connected", "open": "open"}, {}, "this cluster's network does not enforce NetworkPolicies"),
    ],
)
def test_what_a_policy_does_to_connections_is_measured_in_preflight(
    server: ApiServer, stand_in: KubernetesTarget, network: Any, params: Any, wrong: str
) -> None:
    server.network = network
    before = stand_in.namespace.shown()
    text = check(stand_in.plan("partition", peer="cache", **params))
    assert wrong in text and bool(text) is bool(wrong), text
    assert stand_in.namespace.shown() == before


def test_trial_needs_its_rights_only_where_it_is_made(server: ApiServer, stand_in: KubernetesTarget) -> None:
    server.denied = {"create jobs"}
    for kind, params in (("outage", {"seen_as": "new-refused"}), ("partition", {"peer": "cache"})):
        assert "create jobs" in missing_rights(stand_in.plan(kind, **params))
    assert check(stand_in.plan("outage")) == ""
    stand_in.without = ("proxy_image",)
    assert check(stand_in.plan("partition", peer="cache")) == ""
    assert not [each for each in server.requests if "/jobs" in each]


@pytest.mark.parametrize(
    ("kind", "params", "more", "wrong"),
    [
        (
            "outage",
            {"seen_as": "refused"},
            {},
            "seen_as: refused requires cut_connections: true (open connections would survive)",
        ),
        (
            "outage",
            {"seen_as": "new-refused"},
            CUT,
            "seen_as: new-refused requires cut_connections: false",
        ),
        ("outage", {"seen_as": "silent"}, {**CUT, "proxy_image": ""}, "proxy_image is required to measure it"),
        ("partition", {"peer": "cache", "existing": "cut"}, {"proxy_image": ""}, "proxy_image is required to measure"),
    ],
)
def test_promise_that_could_not_be_measured_or_kept(
    stand_in: KubernetesTarget, kind: str, params: dict[str, Json], more: dict[str, Json], wrong: str
) -> None:
    stand_in.more = {key: value for key, value in {**stand_in.more, **more}.items() if value}
    assert wrong in stand_in.refusal(kind, **params)


def test_plan_says_what_is_not_measured(stand_in: KubernetesTarget) -> None:
    for kind, params in (("outage", {}), ("partition", {"peer": "cache"})):
        assert any("not measured" in text for text in warnings(stand_in.plan(kind, **params))), kind
    intent = stand_in.plan("partition", peer="cache")
    check(intent)
    assert [text for text in warnings(intent) if "(measured)" in text]


def test_trial_that_cannot_start_says_why_and_is_removed(server: ApiServer, stand_in: KubernetesTarget) -> None:
    def refuse(method: str, path: str) -> None:
        if method == "POST" and path.endswith("/services"):
            raise Failure(403, "exceeded quota: objects")

    server.hook = refuse
    assert "admission refuses it: exceeded quota" in check(stand_in.plan("outage", seen_as="new-refused"))
    assert not [path for path in server.objects if "/jobs/" in path]


def warnings(intent: Intent) -> list[str]:
    return INJECTOR.interference_warnings(intent, Deadline.after(5.0))


@pytest.fixture(scope="module")
def image() -> str:
    return proxy_image(cluster_here())


@pytest.fixture(scope="module")
def place(image: str) -> Iterator[Namespace]:
    namespace = Namespace(cluster_here(), shop="")
    add_echo(namespace, image)
    add_client(namespace, image)
    eventually(lambda: request(namespace).get("whole"), "an answer")
    yield namespace
    namespace.remove()


@pytest.fixture
def echo(place: Namespace, image: str) -> KubernetesTarget:
    settings: dict[str, Any] = {
        "workload": "deployment/echo", "service": "echo", "proxy_image": image, "cut_connections": True,
        "max_percent": 100,
    }  # fmt: skip
    return KubernetesTarget(place, place.kubectl.kubeconfig, place.kubectl.context, settings, ("configmap", "count"))


@pytest.mark.engine("kubernetes")
def test_trial_of_an_outage_says_what_clients_of_the_service_then_see(place: Namespace, echo: KubernetesTarget) -> None:
    before = objects(place)
    texts = {seen: check(echo.plan("outage", seen_as=seen)) for seen in ("refused", "silent")}
    assert objects(place) == before and not place("get", "jobs,pods", "-l", "gameday/marker", "-o", "name")
    [seen] = [seen for seen, text in texts.items() if not text]
    assert all("is not what this cluster does" in text for other, text in texts.items() if other != seen)
    intent = echo.plan("outage", seen_as=seen)
    assert INJECTOR.apply(intent, Deadline.after(15.0)).outcome is ApplyOutcome.APPLIED
    eventually(lambda: "error" in request(place), "the fault")
    assert SEEN[request(place)["error"]] == seen
    assert INJECTOR.revert(intent, Deadline.after(15.0)).outcome is RevertOutcome.REVERTED
    eventually(lambda: INJECTOR.find_unsettled(intent, Deadline.after(5.0)) == "", "recovery")


@pytest.mark.engine("kubernetes")
def test_trial_of_a_policy_says_what_becomes_of_open_connections(place: Namespace, echo: KubernetesTarget) -> None:
    before = objects(place)
    echo.peer = "deployment/client"
    intent = echo.plan("partition", peer="cache")
    assert check(intent) == ""
    assert objects(place) == before and not place("get", "jobs,pods", "-l", "gameday/marker", "-o", "name")
    expected = known_result(Snapshot.of(intent).extra["trial"])["open"]
    assert bool(check(echo.plan("partition", peer="cache", existing="cut"))) is (expected == "open")
    with OpenConnection(place) as connection:
        assert INJECTOR.apply(intent, Deadline.after(15.0)).outcome is ApplyOutcome.APPLIED
        eventually(lambda: "error" in request(place), "the fault")
        assert expected == "open" and connection.ask() < 2.0
    assert warnings(intent) == [
        "open connections continue, so a client with a connection pool may notice nothing (measured)"
    ]
    assert INJECTOR.revert(intent, Deadline.after(15.0)).outcome is RevertOutcome.REVERTED


def objects(place: Namespace) -> dict[str, Any]:
    """Return the objects of the namespace; other tests cordon nodes meanwhile."""
    return {key: value for key, value in place.shown().items() if key != "cordoned"}
