"""A fault on many objects: they are read by one listing, and one by one where the account may not list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.api_server_objects import Failure
from support.api_server_shop import StandInNamespace
from support.kubernetes_target import INJECTOR, KubernetesTarget, exercise_fault, soon

from gameday.injectors.kubernetes.operation import LIST_FROM
from gameday.plugins.types import ApplyOutcome, Presence, RevertOutcome

COUNT = LIST_FROM + 2


@pytest.fixture
def many(stand_in: KubernetesTarget) -> Iterator[KubernetesTarget]:
    """Return a target of many Deployments."""
    shop = namespace_of(stand_in)
    for number in range(COUNT):
        name = f"one-{number}"
        template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": []}}
        spec = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
        metadata = {"name": name, "labels": {"set": "many"}}
        collection = shop.path("Deployment", name).rpartition("/")[0]
        shop.server.create(collection, {"metadata": metadata, "spec": spec}, {"fieldManager": "helm"})
    stand_in.more |= {
        "workload": "deployment",
        "labels": {"set": "many"},
        "count": COUNT,
        "max_pods": COUNT,
        "max_percent": 100,
    }
    yield stand_in


def namespace_of(target: KubernetesTarget) -> StandInNamespace:
    assert isinstance(target.namespace, StandInNamespace)
    return target.namespace


def test_fault_on_many_objects_is_present_and_reverted(many: KubernetesTarget) -> None:
    exercise_fault(many, "scale", {"replicas": 0})


def test_many_objects_are_read_by_one_request(many: KubernetesTarget) -> None:
    server = namespace_of(many).server
    intent = many.plan("scale", replicas=0)
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    server.requests.clear()
    assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    assert len(server.requests) == 1, server.requests
    server.requests.clear()
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not [request for request in server.requests if request.startswith("GET") and "/deployments/" in request]


def test_account_that_may_not_list_reverts_many_objects(many: KubernetesTarget) -> None:
    shop = namespace_of(many)
    before = shop.shown()
    intent = many.plan("scale", replicas=0)
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED

    def refuse(method: str, path: str) -> None:
        if method == "GET" and path.endswith("/deployments"):
            raise Failure(403, "deployments is forbidden: cannot list")

    shop.server.hook = refuse
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
    assert shop.shown() == before


def test_object_that_was_recreated_among_many_is_left_alone(many: KubernetesTarget) -> None:
    shop = namespace_of(many)
    intent = many.plan("scale", replicas=0)
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    with shop.server.lock:
        shop.get("Deployment", "one-3")["metadata"]["uid"] = "another"
    result = INJECTOR.revert(intent, soon())
    assert result.outcome is RevertOutcome.KEPT and result.reason == "deployment/one-3 was deleted by someone else"
    assert shop.get("Deployment", "one-3")["spec"]["replicas"] == 0
