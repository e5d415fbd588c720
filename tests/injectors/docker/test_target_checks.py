"""Containers that are not ready after a revert, and what could restart them, are named."""

from __future__ import annotations

from typing import Any, cast

import pytest

from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import NotFound
from gameday.injectors.docker.target_checks import interference_warnings, unsettled_containers
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.model import Json
from gameday.plugins.types import Intent, RevertGuarantee


class FakeEngine:
    """Engine whose containers are these inspections, by id."""

    def __init__(self, **containers: dict[str, Any]) -> None:
        self._containers = containers

    def inspect(self, container: str) -> dict[str, Any]:
        if container not in self._containers:
            raise NotFound("no such container")
        return self._containers[container]


def inspection(status: str = "running", health: str = "", policy: str = "no", **labels: str) -> dict[str, Any]:
    return {
        "Name": "/web", "State": {"Status": status, **({"Health": {"Status": health}} if health else {})},
        "Config": {"Labels": {key.replace("_", "."): value for key, value in labels.items()}},
        "HostConfig": {"RestartPolicy": {"Name": policy, "MaximumRetryCount": 0}},
    }  # fmt: skip


def intent_on(kind: str = "pause", **params: Json) -> Intent:
    undo: dict[str, Json] = {"containers": [ContainerSnapshot("a", "web", "", {}).encode()]}
    return Intent(
        "gd-abcd00000001", "gd-abcd", "f", kind, "docker", "test", "web",
        {"engine": "unix:///x", "containers": ["web"]}, params, undo,
        "container web", "unpause it", RevertGuarantee.GUARDIAN,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (inspection(), ""),
        (inspection(health="healthy"), ""),
        (inspection(health="starting"), "health check of container web: starting"),
        (inspection(health="unhealthy"), "health check of container web: unhealthy"),
        (inspection(status="paused"), "container web is paused"),
        (inspection(status="exited", health="unhealthy"), "container web is exited"),
    ],
)
def test_a_container_is_settled_when_it_runs_and_is_healthy(now: dict[str, Any], text: str) -> None:
    assert unsettled_containers(intent_on(), cast("EngineApi", FakeEngine(a=now))) == text


def test_a_container_that_somebody_removed_is_not_waited_for() -> None:
    gone = cast("EngineApi", FakeEngine())
    assert unsettled_containers(intent_on(), gone) == "" and interference_warnings(intent_on(), gone) == []


@pytest.mark.parametrize(
    ("now", "kind", "params", "warnings"),
    [
        (inspection(), "pause", {}, []),
        (inspection(policy="always"), "pause", {}, []),
        (
            inspection(policy="always"), "memory", {"limit": "64MB"},
            ["the engine restarts container web if the fault kills it (restart policy always)"],
        ),
        (
            inspection(io_kubernetes_pod_name="web-0"), "stop", {},
            ["Kubernetes (pod web-0) runs container web, and may restart or replace it"],
        ),
        (inspection(autoheal="true"), "pause", {}, ["autoheal restarts container web when it is unhealthy"]),
    ],
)  # fmt: skip
def test_what_restarts_or_replaces_a_container_is_a_warning(
    now: dict[str, Any], kind: str, params: dict[str, Json], warnings: list[str]
) -> None:
    assert interference_warnings(intent_on(kind, **params), cast("EngineApi", FakeEngine(a=now))) == warnings
