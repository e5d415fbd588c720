"""Containers that end again and again: what is checked before, what happens in them, and how they come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from support.api_server import ApiServer
from support.api_server_objects import Failure
from support.kubernetes import Namespace, cluster_here, eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon
from support.kubernetes_traffic import add_echo
from support.proxy_image import proxy_image

from gameday.clients.kubernetes import KubernetesClient
from gameday.injectors.kubernetes.injector import repeat_fault
from gameday.injectors.kubernetes.snapshots import Snapshot, address_of
from gameday.model import Json
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence, RevertOutcome
from gameday.signals.kubernetes_counters import count_restarts


def pod_of(server: ApiServer, intent: Intent) -> dict[str, Any]:
    """Return the stand-in's pod of a fault."""
    [snapshot] = Snapshot.of(intent).objects
    return server.objects[snapshot.ref.path]


def restart(server: ApiServer, intent: Intent, at: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    """Let the container of a fault run again, as the kubelet does after its back-off; return its status."""
    [status] = pod_of(server, intent)["status"]["containerStatuses"]
    status["state"] = {"running": {"startedAt": at}}
    return dict(status)


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        ({"restartPolicy": "Never"}, "nothing would restart container main"),
        ({"restartPolicy": "OnFailure"}, "nothing would restart container main"),
        ({"shareProcessNamespace": True}, "is not its first one (shareProcessNamespace)"),
        ({"hostPID": True}, "is not its first one (hostPID)"),
    ],
)
def test_pod_in_which_no_container_could_crash(
    server: ApiServer, stand_in: KubernetesTarget, spec: dict[str, Json], wrong: str
) -> None:
    for path, document in server.objects.items():
        if "/pods/" in path:
            document["spec"] |= spec
    assert wrong in stand_in.refusal("crash-loop")


def test_container_that_does_not_exist_or_does_not_run(server: ApiServer, stand_in: KubernetesTarget) -> None:
    assert "has no container side" in stand_in.refusal("crash-loop", container="side")
    for path, document in server.objects.items():
        if "/pods/" in path:
            document["status"]["containerStatuses"] = []
    assert "container main of pod web-" in stand_in.refusal("crash-loop")


@pytest.mark.parametrize(
    ("handled", "wrong"),
    [
        ({"INT", "QUIT"}, "has no handler for TERM, so the signal would not reach it. Write `signal: INT`"),
        (set(), "so the signal would not reach it. Use `bad-rollout` with a `command` that fails."),
    ],
)
def test_signal_that_would_not_reach_the_process_is_told_in_preflight_without_sending_it(
    server: ApiServer, stand_in: KubernetesTarget, handled: set[str], wrong: str
) -> None:
    server.containers.handled = handled
    assert wrong in INJECTOR.check_capability(stand_in.plan("crash-loop"), soon())
    server.containers.handled = {"TERM"}
    assert INJECTOR.check_capability(stand_in.plan("crash-loop"), soon()) == ""
    assert not server.containers.signals


def test_container_without_a_shell_or_with_a_process_of_another_user_is_told_in_preflight(
    server: ApiServer, stand_in: KubernetesTarget
) -> None:
    server.containers.may_signal = False
    assert "may not signal its main process" in INJECTOR.check_capability(stand_in.plan("crash-loop"), soon())
    server.containers.failure = 'exec: "sh": executable file not found in $PATH'
    wrong = INJECTOR.check_capability(stand_in.plan("crash-loop"), soon())
    assert "no shell could be run in container main of pod/web-" in wrong and "executable file not found" in wrong


def test_refusal_of_a_command_and_a_silent_server_are_told_in_preflight(
    server: ApiServer, stand_in: KubernetesTarget
) -> None:
    intent, released = stand_in.plan("crash-loop"), threading.Event()

    def refuse(method: str, path: str) -> None:
        if path.endswith("/exec"):
            raise Failure(403, 'admission webhook "no-exec" denied the request: no commands here')

    def wait(method: str, path: str) -> None:
        if path.endswith("/exec"):
            released.wait()

    server.hook = refuse
    wrong = INJECTOR.check_capability(intent, soon())
    assert 'admission refuses it: admission webhook "no-exec" denied the request: no commands here' in wrong
    server.hook = wait
    assert "cannot run a command through http://127.0.0.1" in INJECTOR.check_capability(intent, Deadline.after(1.0))
    released.set()


def test_process_that_handles_the_signal_without_ending_is_told(server: ApiServer, stand_in: KubernetesTarget) -> None:
    intent = stand_in.plan("crash-loop")
    server.containers.handled = set()
    applied = INJECTOR.apply(intent, Deadline.after(2.5))
    assert applied.outcome is ApplyOutcome.UNKNOWN and "did not end after TERM" in applied.reason
    pods = stand_in.namespace.pods()
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand_in.namespace.pods() == pods, "a pod whose container never ended is left alone"


def test_container_ends_again_after_each_restart_until_the_revert(
    server: ApiServer, stand_in: KubernetesTarget
) -> None:
    intent = stand_in.plan("crash-loop")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    for count in (2, 3):
        assert restart(server, intent)["restartCount"] == count - 1
        assert INJECTOR.presence(intent, soon()) is Presence.PRESENT, "it runs, and will end again"
        repeat_fault(intent)
        assert pod_of(server, intent)["status"]["containerStatuses"][0]["restartCount"] == count
    old = set(stand_in.namespace.pods().values())
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert len(old - set(stand_in.namespace.pods().values())) == 1, "its pod alone is replaced"
    sent = len(server.containers.signals)
    repeat_fault(intent)
    assert len(server.containers.signals) == sent


def test_container_runs_for_the_time_that_the_scenario_names(server: ApiServer, stand_in: KubernetesTarget) -> None:
    intent = stand_in.plan("crash-loop", after="10m")
    INJECTOR.apply(intent, soon())
    restart(server, intent, "2099-01-01T00:00:00Z")
    repeat_fault(intent)
    assert server.containers.signals == ["TERM"]
    restart(server, intent)
    repeat_fault(intent)
    assert server.containers.signals == ["TERM", "TERM"]
    INJECTOR.revert(intent, soon())


def test_pod_that_a_person_replaced_has_ended_the_fault(server: ApiServer, stand_in: KubernetesTarget) -> None:
    intent = stand_in.plan("crash-loop")
    INJECTOR.apply(intent, soon())
    server.respond("DELETE", Snapshot.of(intent).objects[0].ref.path, {}, "")
    assert INJECTOR.presence(intent, soon()) is Presence.TARGET_GONE
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not stand_in.namespace.records()


@pytest.fixture(scope="module")
def place() -> Iterator[Namespace]:
    kubectl = cluster_here()
    image = proxy_image(kubectl)
    namespace = Namespace(kubectl, shop="")
    add_echo(namespace, image)
    yield namespace
    namespace.remove()


@pytest.fixture
def echo(place: Namespace) -> KubernetesTarget:
    settings: dict[str, Any] = {"workload": "deployment/echo", "service": "echo"}
    return KubernetesTarget(place, place.kubectl.kubeconfig, place.kubectl.context, settings, ("configmap",))


@pytest.mark.engine("kubernetes")
def test_container_on_a_cluster_crashes_again_and_again_and_is_ready_soon_after_the_revert(
    place: Namespace, echo: KubernetesTarget
) -> None:
    before, pods = place.shown(), place.pods("app=echo")
    intent = echo.plan("crash-loop", signal="INT")
    [snapshot] = Snapshot.of(intent).objects
    assert INJECTOR.check_capability(intent, soon()) == ""
    assert restarts(echo) == dict.fromkeys(restarts(echo), 0), "preflight ends nothing"
    applied = INJECTOR.apply(intent, Deadline.after(20))
    assert applied.outcome is ApplyOutcome.APPLIED, applied
    eventually(lambda: sum(restarts(echo).values()) >= 2, "the second crash")
    assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    assert [uid for uid, count in restarts(echo).items() if count] == [f"{snapshot.uid}/main"], "the other pod is whole"
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    eventually(lambda: INJECTOR.find_unsettled(intent, soon()) == "", "ready again", within=30)
    assert len(set(place.pods("app=echo").values()) & set(pods.values())) == 1
    assert place.shown() == before


def restarts(target: KubernetesTarget) -> dict[str, int]:
    """Return the restarts as a signal counts them."""
    client = KubernetesClient(address_of(target.plan("kill")))
    path = f"/apis/apps/v1/namespaces/{target.namespace.name}/deployments/echo"
    return dict(count_restarts(client, path, target.namespace.name, 10.0))


@pytest.mark.engine("kubernetes")
def test_signal_that_would_not_reach_a_real_process_is_told_in_preflight(echo: KubernetesTarget) -> None:
    wrong = INJECTOR.check_capability(echo.plan("crash-loop", signal="TERM"), soon())
    assert "has no handler for TERM" in wrong and "Write `signal: INT`" in wrong
