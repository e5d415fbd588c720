"""Changes of a container by somebody outside the drill, and the drill's own faults, which are none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.docker import Containers
from support.docker_target import INJECTOR, Box, soon

pytestmark = pytest.mark.engine("docker")

CHANGES: dict[str, tuple[tuple[str, ...], str]] = {
    "pause": (("pause",), "it was paused"),
    "stop": (("stop", "-t", "0"), "it was stopped"),
    "kill": (("kill",), "it was stopped"),
    "memory": (("update", "--memory", "32m", "--memory-swap", "32m"), "its memory limit was lowered"),
    "pids": (("update", "--pids-limit", "50"), "its process limit was lowered"),
    "cpu": (("update", "--cpus", "0.1"), "its CPU limit was lowered"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_change_by_hand_is_named(box: Box, change: str) -> None:
    intent = box.plan("refuse", port=80)
    before = INJECTOR.read_state(intent, [], soon())
    assert INJECTOR.list_impairments(before, before) == frozenset()
    command, clause = CHANGES[change]
    box.docker(*command, box.name)
    now = INJECTOR.read_state(intent, [], soon())
    assert INJECTOR.list_impairments(before, now) == {f"container {box.name}: {clause}"}


def test_disconnected_network_is_named(make: Callable[..., Box], containers: Containers, network: str) -> None:
    box = make()
    box.docker("network", "connect", network, box.name)
    intent = box.plan("refuse", port=80)
    before = INJECTOR.read_state(intent, [], soon())
    box.docker("network", "disconnect", network, box.name)
    now = INJECTOR.read_state(intent, [], soon())
    assert INJECTOR.list_impairments(before, now) == {
        f"container {box.name}: it was disconnected from network {network}"
    }


def test_raised_limit_and_a_program_that_fails_are_no_change_from_outside(make: Callable[..., Box]) -> None:
    box = make({"pids_limit": 50})
    intent = box.plan("refuse", port=80)
    before = INJECTOR.read_state(intent, [], soon())
    box.docker("update", "--pids-limit", "100", box.name)
    box.docker("exec", box.name, "sh", "-c", "kill 1 2>/dev/null; kill -9 -1", code=None)
    assert INJECTOR.list_impairments(before, INJECTOR.read_state(intent, [], soon())) == frozenset()


@pytest.mark.parametrize("kind", ["pause", "stop", "kill"])
def test_own_fault_is_no_change_from_outside(box: Box, kind: str) -> None:
    watched, own = box.plan("refuse", port=80), box.plan(kind)
    before = INJECTOR.read_state(watched, [watched], soon())
    INJECTOR.apply(own, soon())
    try:
        now = INJECTOR.read_state(watched, [watched, own], soon())
        assert INJECTOR.list_impairments(before, now) == frozenset()
    finally:
        INJECTOR.revert(own, soon())
