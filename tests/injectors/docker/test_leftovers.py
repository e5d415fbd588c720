"""Leftovers that a sweep must find, and objects of others that it must not remove."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.docker import PLAIN
from support.docker_target import INJECTOR, Box, soon

from gameday.model import Fault, Json
from gameday.plugins.types import Presence, RevertOutcome

pytestmark = pytest.mark.engine("docker")


def test_partial_file_of_a_killed_sidecar_is_removed(make: Callable[..., Box]) -> None:
    box = make()
    intent = box.plan("disk-full", path="/data", size="3MB")
    INJECTOR.apply(intent, soon())
    file = f"/data/.{intent.marker}"
    box.docker("kill", intent.marker)
    box.docker("exec", box.name, "mv", file, f"{file}.part")
    assert INJECTOR.presence(intent, soon()) is not Presence.ABSENT
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert box.docker("exec", box.name, "ls", "-A", "/data") == ""


@pytest.mark.parametrize(("by", "back"), [("kill", "start"), ("pause", "unpause")])
def test_exec_is_not_absent_while_it_cannot_be_checked(make: Callable[..., Box], by: str, back: str) -> None:
    box = make()
    done: dict[str, Json] = {
        "run": ["touch", "/broken"], "revert": ["rm", "-f", "/broken"], "check": ["test", "-e", "/broken"],
    }  # fmt: skip
    intent = box.plan("exec", **done)
    INJECTOR.apply(intent, soon())
    box.docker(by, box.name)
    assert INJECTOR.presence(intent, soon()) is Presence.UNKNOWN
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.PENDING
    box.docker(back, box.name)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    box.docker("exec", box.name, "test", "!", "-e", "/broken")


def test_container_with_marker_but_no_intent_is_foreign(make: Callable[..., Box]) -> None:
    box = make()
    intent = box.plan("pause")
    INJECTOR.apply(intent, soon())
    decoy = box.docker("create", "--label", f"gameday.marker={intent.marker}", PLAIN)
    try:
        assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert box.docker("inspect", "-f", "{{.State.Status}}", decoy) == "created"
    finally:
        box.docker("rm", "-f", decoy)


def test_preflight_trial_is_no_fault_of_a_target(make: Callable[..., Box]) -> None:
    """A runner that was killed in preflight leaves its trial container."""
    box = make()
    intent = box.plan("pause")
    INJECTOR.apply(intent, soon())
    box.docker("rename", intent.marker, f"{intent.marker}-0a1b")
    box.docker("unpause", box.name)
    other = INJECTOR.plan(Fault("f", "outage", "web", {}), box.binding, "gd-ef0100000001", soon())
    assert other.drill != intent.drill
    INJECTOR.revert(intent, soon())
