"""Faults that act again while they are present: further kills, and evictions that a budget refused at first."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from support.api_server import ApiServer
from support.api_server_objects import Failure
from support.kubernetes import eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon

from gameday.clients.kubernetes import ClusterError
from gameday.injectors.kubernetes import KubernetesInjector, injector
from gameday.injectors.kubernetes.fault_repetitions import Repetitions
from gameday.injectors.kubernetes.faults import drain
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.plugins.types import ApplyOutcome, Intent, Presence, RevertOutcome


def kept_acting(repeated: Callable[[], None]) -> Repetitions:
    repetitions = Repetitions()
    repetitions.start("gd-abcd00000000", 0.001, repeated)
    return repetitions


def test_stop_waits_for_the_repetition_under_way() -> None:
    begun, release, finished = threading.Event(), threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        release.wait()
        finished.set()

    repetitions = kept_acting(act)
    assert begun.wait(10)
    threading.Timer(0.05, release.set).start()
    repetitions.stop("gd-abcd00000000", 10)
    assert finished.is_set()
    finished.clear()
    repetitions.stop("gd-abcd00000000", 10)
    assert not finished.is_set(), "nothing is left to stop"


def test_repetition_survives_a_server_that_is_away() -> None:
    calls: list[int] = []

    def act() -> None:
        calls.append(1)
        raise ClusterError("no API server responds")

    repetitions = kept_acting(act)
    eventually(lambda: len(calls) > 2)
    repetitions.stop("gd-abcd00000000", 10)


def test_kill_again_ends_the_replacement_too(stand_in: KubernetesTarget) -> None:
    before = set(stand_in.namespace.pods().values())
    intent = stand_in.plan("kill", again="1s")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    after = set(stand_in.namespace.pods().values())
    assert len(before & after) == 2
    eventually(lambda: set(stand_in.namespace.pods().values()) != after, "the second kill")
    assert len(stand_in.namespace.pods()) == 3
    assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_fault_that_another_process_reverted_is_not_repeated(
    stand_in: KubernetesTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: list[Intent] = []
    repeat = injector.repeat_fault

    def repeat_and_note(intent: Intent) -> None:
        repeat(intent)
        acts.append(intent)

    monkeypatch.setattr(injector, "repeat_fault", repeat_and_note)
    intent = stand_in.plan("kill", again="1s")
    INJECTOR.apply(intent, soon())
    KubernetesInjector().revert(intent, soon())
    pods = stand_in.namespace.pods()
    eventually(lambda: acts, "the next repetition")
    assert stand_in.namespace.pods() == pods
    INJECTOR.revert(intent, soon())


def test_drain_evicts_later_what_a_budget_protects_at_first(
    server: ApiServer, stand_in: KubernetesTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "_RETRY_S", 0.01)
    server.patch(f"/apis/apps/v1/namespaces/{stand_in.namespace.name}/deployments/edge", {"spec": {"replicas": 2}}, {})
    intent = stand_in.plan("drain")
    first, second = Snapshot.of(intent).extra["evicted"]
    assert f"evicts pod/{first}, pod/{second}" in intent.apply_text

    def protect(method: str, path: str) -> None:
        if path.endswith(f"{second}/eviction"):
            raise Failure(429, "Cannot evict pod as it would violate the pod's disruption budget edge.")

    server.hook = protect
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    path = f"/api/v1/namespaces/{stand_in.namespace.name}/pods"
    assert f"{path}/{first}" not in server.objects and f"{path}/{second}" in server.objects
    server.hook = lambda method, path: None
    eventually(lambda: f"{path}/{second}" not in server.objects, "the second eviction")
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_drain_that_cannot_evict_anything_is_not_active(server: ApiServer, stand_in: KubernetesTarget) -> None:
    intent = stand_in.plan("drain")

    def protect(method: str, path: str) -> None:
        if path.endswith("/eviction"):
            raise Failure(429, "Cannot evict pod as it would violate the pod's disruption budget edge.")

    server.hook = protect
    applied = INJECTOR.apply(intent, soon())
    assert applied.outcome is ApplyOutcome.UNKNOWN and "disruption budget edge" in applied.reason
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
