"""Where the demo's containers are not made: on another machine, on one of another kind, at a port that is taken."""

from __future__ import annotations

import platform
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from gameday.demo.containers import host_checks
from gameday.demo.containers.services import Service
from gameday.errors import Refused


def engine(*holders: str, **told: str) -> Any:
    """As far as it is asked."""
    named = [SimpleNamespace(name=name) for name in holders]
    return SimpleNamespace(info=lambda: told, containers=SimpleNamespace(list=lambda filters: named))


@pytest.mark.parametrize("url", ["tcp://192.0.2.7:2375", "ssh://me@localhost", "https://docker.example:2376"])
def test_an_engine_of_another_machine_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="is on another machine"):
        host_checks.refuse_elsewhere(url)


@pytest.mark.parametrize("url", ["unix:///var/run/docker.sock", "tcp://127.0.0.1:2375", "tcp://localhost:2375"])
def test_one_of_this_machine_is_not(url: str) -> None:
    host_checks.refuse_elsewhere(url)


def test_an_engine_of_another_kind_is_refused() -> None:
    host_checks.refuse_other_kind(engine(Architecture=platform.machine(), OSType="linux"))
    for told in ({"Architecture": "s390x", "OSType": "linux"}, {"Architecture": "amd64", "OSType": "windows"}):
        with pytest.raises(Refused, match=f"runs {told['OSType']} on"):
            host_checks.refuse_other_kind(engine(**told))


def test_a_port_that_is_taken_is_named_with_who_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        monkeypatch.setattr(host_checks, "SERVICES", (Service("shop", ((port, 80),)),))
        with pytest.raises(Refused, match=f"port {port} .* demo's shop would be, is taken by the container theirs"):
            host_checks.refuse_taken(engine("theirs"))
        with pytest.raises(Refused, match="is taken") as refused:
            host_checks.refuse_taken(engine())
        assert refused.value.wrong.endswith("is taken") and f"sport = :{port}" in refused.value.todo
    host_checks.refuse_taken(engine())
