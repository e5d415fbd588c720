"""The kubernetes probe, on the stand-in for an API server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.api_server import TOKEN, ApiServer
from support.api_server_shop import StandInNamespace
from support.kubernetes import Namespace, cluster_here, eventually

from gameday.errors import BadArguments
from gameday.model import Json, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.probe_registry import open_probe


@pytest.fixture
def server() -> Iterator[ApiServer]:
    server = ApiServer()
    yield server
    server.close()


@pytest.fixture
def cluster(server: ApiServer, tmp_path: Path) -> dict[str, Json]:
    shop = StandInNamespace(server)
    return {"kubeconfig": str(server.write_kubeconfig(tmp_path)), "context": "test", "namespace": shop.name}


@contextmanager
def opened(settings: dict[str, Json]) -> Iterator[Callable[[], Measurement]]:
    """Open a probe once; yield what reads it."""
    probe = open_probe(SignalBinding("bad", SignalKind.COUNT, "kubernetes", settings))
    yield lambda: asyncio.run(probe.read())
    asyncio.run(probe.close())


def read(settings: dict[str, Json], kind: SignalKind = SignalKind.COUNT) -> Measurement:
    async def once() -> Measurement:
        probe = open_probe(SignalBinding("ready", kind, "kubernetes", settings))
        try:
            return await probe.read()
        finally:
            await probe.close()

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("settings", "ready"), [({"workload": "deployment/web"}, 3), ({"service": "web"}, 1), ({"service": "none"}, 0)]
)
def test_ready_pods_and_endpoints_are_counted(
    cluster: dict[str, Json], settings: dict[str, Json], ready: float
) -> None:
    assert read({**cluster, **settings}) == Measurement(ready, 1)


def test_restarts_count_from_the_first_reading_on_also_of_pods_that_are_replaced(
    server: ApiServer, cluster: dict[str, Json]
) -> None:
    first, second, *_ = (each for path, each in server.objects.items() if "/pods/web-" in path)
    set_restarts(first, 7)
    with opened({**cluster, "workload": "deployment/web", "value": "restarts"}) as read_again:
        assert read_again() == Measurement(0, 1)
        set_restarts(first, 9)
        set_restarts(second, 1)
        assert read_again() == Measurement(3, 1)
        path = next(path for path, each in server.objects.items() if each is first)
        del server.objects[path]
        assert read_again() == Measurement(3, 1)


def test_restarts_count_on_the_workloads_own_pods_alone(server: ApiServer, cluster: dict[str, Json]) -> None:
    """Its selector may have expressions only."""
    path = next(path for path in server.objects if path.endswith("/deployments/web"))
    expression = {"key": "app", "operator": "In", "values": ["web"]}
    server.objects[path]["spec"]["selector"] = {"matchExpressions": [expression]}
    other = next(each for path, each in server.objects.items() if "/pods/cache-" in path)
    with opened({**cluster, "workload": "deployment/web", "value": "restarts"}) as read_again:
        assert read_again() == Measurement(0, 1)
        set_restarts(other, 5)
        assert read_again() == Measurement(0, 1)
        set_restarts(next(each for path, each in server.objects.items() if "/pods/web-" in path), 2)
        assert read_again() == Measurement(2, 1)


def set_restarts(pod: dict[str, Any], count: int) -> None:
    pod["status"]["containerStatuses"] = [{"name": "main", "restartCount": count}]


@pytest.mark.parametrize(
    ("more", "added"),
    [
        ({}, 4), ({"reason": "BackOff"}, 3), ({"workload": "deployment/web"}, 3),
        ({"workload": "deployment/we", "reason": "BackOff"}, 0),
    ],
)  # fmt: skip
def test_warning_events_count_from_the_first_reading_on(
    server: ApiServer, cluster: dict[str, Json], more: dict[str, Json], added: int
) -> None:
    add_event(server, cluster, "old", "BackOff", "web-1", count=5)
    with opened({**cluster, "value": "events", **more}) as read_again:
        assert read_again() == Measurement(0, 1)
        add_event(server, cluster, "new", "BackOff", "web-2", series={"count": 3})
        add_event(server, cluster, "other", "Unhealthy", "cache-1")
        add_event(server, cluster, "normal", "Pulled", "web-2", type="Normal")
        assert read_again() == Measurement(added, 1)


def add_event(server: ApiServer, cluster: dict[str, Json], name: str, reason: str, of: str, **more: Any) -> None:
    content = {"metadata": {"name": name}, "type": "Warning", "reason": reason, "involvedObject": {"name": of}, **more}
    server.create(f"/api/v1/namespaces/{cluster['namespace']}/events", content)


@pytest.mark.engine("kubernetes")
def test_events_of_a_real_cluster_show_pods_that_cannot_be_scheduled() -> None:
    namespace = Namespace(cluster_here())
    at: dict[str, Json] = {"kubeconfig": str(namespace.kubectl.kubeconfig), "context": namespace.kubectl.context}
    at |= {"namespace": namespace.name, "workload": "deployment/web"}
    try:
        with (
            opened({**at, "value": "events", "reason": "FailedScheduling"}) as events,
            opened({**at, "value": "restarts"}) as restarts,
        ):
            assert (events(), restarts()) == (Measurement(0, 1), Measurement(0, 1))
            namespace("set", "resources", "deployment/web", "--requests=cpu=1000000")
            eventually(lambda: (events().value or 0) > 0, "the event")
            assert restarts() == Measurement(0, 1)
    finally:
        namespace.remove()


def test_unreadable_object_is_unknown_and_leaks_no_secret(server: ApiServer, cluster: dict[str, Json]) -> None:
    missing = read({**cluster, "workload": "deployment/db"})
    assert missing.value is None and "not found" in missing.error
    server.is_away = True
    away = read({**cluster, "workload": "deployment/web"})
    assert away.value is None and "broke" in away.error and TOKEN not in away.error


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({}, "set either `workload` or `service`"),
        ({"workload": "deployment/web", "service": "web"}, "set either `workload` or `service`"),
        ({"workload": "web"}, "must be deployment/NAME"),
        ({"service": "web", "context": ""}, "missing key `context`"),
        ({"service": "web", "value": "restarts"}, "is counted on a workload, not on a Service"),
    ],
)
def test_wrong_settings_are_named(cluster: dict[str, Json], settings: dict[str, Json], wrong: str) -> None:
    with pytest.raises(BadArguments, match=wrong):
        read({**cluster, **settings})


def test_kind_of_the_signal_is_count(cluster: dict[str, Json]) -> None:
    with pytest.raises(BadArguments, match="must be count"):
        read({**cluster, "service": "web"}, SignalKind.RATIO)
