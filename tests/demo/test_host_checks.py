"""The demo's containers are refused on a remote engine, on another platform, and at a port in use."""

from __future__ import annotations

import platform
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from gameday.demo.containers import host_checks
from gameday.demo.containers.services import Service
from gameday.errors import Refused


def fake_engine(*holders: str, **info: str) -> Any:
    """Return an engine that answers `info`, and lists `holders` as its containers."""
    containers = [SimpleNamespace(name=name) for name in holders]
    return SimpleNamespace(info=lambda: info, containers=SimpleNamespace(list=lambda filters: containers))


@pytest.mark.parametrize("url", ["tcp://192.0.2.7:2375", "ssh://me@localhost", "https://docker.example:2376"])
def test_a_remote_engine_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="is on another machine"):
        host_checks.require_local_engine(url)


@pytest.mark.parametrize("url", ["unix:///var/run/docker.sock", "tcp://127.0.0.1:2375", "tcp://localhost:2375"])
def test_a_local_engine_is_accepted(url: str) -> None:
    host_checks.require_local_engine(url)


def test_an_engine_of_another_platform_is_refused() -> None:
    host_checks.require_same_platform(fake_engine(Architecture=platform.machine(), OSType="linux"))
    for info in ({"Architecture": "s390x", "OSType": "linux"}, {"Architecture": "amd64", "OSType": "windows"}):
        with pytest.raises(Refused, match=f"runs {info['OSType']} on"):
            host_checks.require_same_platform(fake_engine(**info))


def test_a_port_in_use_is_refused_naming_its_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        monkeypatch.setattr(host_checks, "SERVICES", (Service("shop", ((port, 80),)),))
        with pytest.raises(Refused, match=f"port 127.0.0.1:{port} .*demo's shop.* is in use by container theirs"):
            host_checks.require_free_ports(fake_engine("theirs"))
        with pytest.raises(Refused, match="is in use") as refused:
            host_checks.require_free_ports(fake_engine())
        assert refused.value.wrong.endswith("is in use") and f"sport = :{port}" in refused.value.todo
    host_checks.require_free_ports(fake_engine())
