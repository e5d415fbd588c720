"""The kubernetes probe, on the stand-in for an API server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.api_server import TOKEN, ApiServer
from support.api_server_shop import StandInNamespace

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
    ],
)
def test_wrong_settings_are_named(cluster: dict[str, Json], settings: dict[str, Json], wrong: str) -> None:
    with pytest.raises(BadArguments, match=wrong):
        read({**cluster, **settings})


def test_kind_of_the_signal_is_count(cluster: dict[str, Json]) -> None:
    with pytest.raises(BadArguments, match="must be count"):
        read({**cluster, "service": "web"}, SignalKind.RATIO)
