"""Containers that a fault ended run again after the revert; containers that people stopped stay stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from support.docker import Containers, Docker, tmpfs_volume
from support.docker_target import INJECTOR, Box, soon
from support.drill_folder import eventually

from gameday.injectors.docker.sidecar_fault import stopped_by_fault
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.plugins.types import ApplyOutcome, Presence, RevertOutcome

pytestmark = pytest.mark.engine("docker")
GREEDY = "until [ -e /go ]; do sleep 0.1; done; x=$(head -c 40000000 /dev/zero | tr '\\0' x); sleep 600"
Make = Callable[..., Box]


@pytest.fixture
def make_of(docker: Docker, containers: Containers) -> Make:
    """Containers that run a shell program, with options of docker-py."""

    def make(program: str, **options: Any) -> Box:
        return Box(docker, containers.start(("sh", "-c", program), **options))

    return make


@pytest.fixture
def greedy(make_of: Make) -> Box:
    """Start a container that allocates 40 MB when it gets a signal."""
    return make_of(GREEDY)


def runs(box: Box) -> bool:
    return box.docker("inspect", "-f", "{{.State.Running}}", box.name) == "true"


def restarts(box: Box) -> str:
    return box.docker("inspect", "-f", "{{.RestartCount}}", box.name)


def test_oom_killed_container_is_restarted(greedy: Box) -> None:
    intent = greedy.plan("memory", limit="10MB")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    greedy.docker("exec", "-d", greedy.name, "touch", "/go")
    eventually(lambda: not runs(greedy), "the end of it", within=30.0)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert runs(greedy)
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT


def test_stop_by_a_responder_is_kept(box: Box) -> None:
    intent = box.plan("pids", limit=20)
    INJECTOR.apply(intent, soon())
    box.docker("stop", "-t", "0", box.name)
    restored = INJECTOR.revert(intent, soon())
    assert restored.outcome is RevertOutcome.KEPT and "has stopped" in restored.reason
    assert not runs(box)


def test_stop_with_an_error_exit_code_is_kept(make_of: Make) -> None:
    box = make_of("trap 'exit 1' TERM; while :; do sleep 0.1; done")
    intent = box.plan("pids", limit=20)
    INJECTOR.apply(intent, soon())
    box.docker("stop", "-t", "20", box.name)
    assert box.docker("inspect", "-f", "{{.State.ExitCode}}", box.name) == "1"
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.KEPT
    assert not runs(box)


def test_harmless_signal_is_no_stop(make_of: Make) -> None:
    box = make_of(f"trap : HUP; {GREEDY}")
    intent = box.plan("memory", limit="10MB")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    box.docker("kill", "-s", "HUP", box.name)
    box.docker("exec", "-d", box.name, "touch", "/go")
    eventually(lambda: not runs(box), "the end of it", within=30.0)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert runs(box)


def test_restart_by_policy_is_no_foreign_start(make_of: Make) -> None:
    box = make_of("[ -e /went ] && sleep 600; touch /went; " + GREEDY, restart_policy={"Name": "always"})
    intent = box.plan("memory", limit="10MB")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    box.docker("exec", "-d", box.name, "touch", "/go")
    eventually(lambda: restarts(box) == "1" and runs(box), "its start by the engine", within=30.0)
    restored = INJECTOR.revert(intent, soon())
    assert (restored.outcome, restored.reason) == (RevertOutcome.REVERTED, ""), "and not left to people"
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT


def test_container_given_up_by_restart_policy_is_restarted(make_of: Make) -> None:
    full = "while sleep 0.2; do dd if=/dev/zero bs=4096 count=1 2>/dev/null >>/data/x || exit 1; done"
    twice = {"Name": "on-failure", "MaximumRetryCount": 2}
    box = make_of(full, restart_policy=twice, mounts=[tmpfs_volume("/data", "8m")])
    intent = box.plan("disk-full", path="/data", size="1GB")
    applied = INJECTOR.apply(intent, soon())
    assert applied.outcome is ApplyOutcome.APPLIED, applied
    eventually(lambda: restarts(box) == "2" and not runs(box), "its last end", within=30.0)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert runs(box)


@pytest.mark.parametrize(
    ("state", "told", "ours"),
    [
        ({"ExitCode": 137, "OOMKilled": True}, set[str](), True), ({"ExitCode": 1}, set[str](), True),
        ({"ExitCode": 137}, set[str](), False), ({"ExitCode": 0}, set[str](), False),
        ({"ExitCode": 137}, {"die", "oom"}, True), ({"ExitCode": 1}, {"die", "kill"}, False),
        ({"ExitCode": 0}, {"die"}, False), ({"ExitCode": 1}, {"die", "stop"}, False),
    ],
)  # fmt: skip
def test_end_is_attributed_by_engine_log_or_exit_code(state: Mapping[str, Any], told: set[str], ours: bool) -> None:
    class Log:
        def exit_events(self, *_: str) -> frozenset[str]:
            return frozenset(told)

    now = {"State": {"Running": False, "StartedAt": "then", "FinishedAt": "now", "OOMKilled": False, **state}}
    log: Any = Log()
    assert stopped_by_fault(log, now, ContainerSnapshot("x", "web", "then", {})) is ours
