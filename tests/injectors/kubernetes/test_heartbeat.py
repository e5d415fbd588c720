"""A sweep from another machine tells a running drill from a dead one by its heartbeat."""

from __future__ import annotations

import pytest
from support.api_server import ApiServer
from support.kubernetes import eventually
from support.kubernetes_target import KubernetesTarget, soon

from gameday.app import leftover_scan
from gameday.drill.checked_injector import CheckedInjector
from gameday.errors import Refused
from gameday.injectors.kubernetes import KubernetesInjector, heartbeat, undo_records
from gameday.injectors.kubernetes.undo_records import ALIVE_ANNOTATION
from gameday.plugins.types import ApplyOutcome, Intent, RevertOutcome
from gameday.timing import Timing


@pytest.fixture(autouse=True)
def quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "PERIOD_S", 0.05)


def annotation(server: ApiServer, target: KubernetesTarget) -> str:
    [path] = target.namespace.records()
    return str((server.objects[path]["metadata"].get("annotations") or {}).get(ALIVE_ANNOTATION, ""))


def apply(target: KubernetesTarget, injector: KubernetesInjector) -> Intent:
    intent = target.plan("scale", replicas=0)
    assert injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    return intent


def test_fault_of_a_running_drill_belongs_to_it(server: ApiServer, stand_in: KubernetesTarget) -> None:
    runner, colleague = KubernetesInjector(), KubernetesInjector()
    intent = apply(stand_in, runner)
    eventually(lambda: annotation(server, stand_in), "a heartbeat")
    found = colleague.leftovers(stand_in.binding, soon())
    assert colleague.lease_expires_at(found[0], soon()) > 0
    checked = {"kubernetes": CheckedInjector(colleague)}
    assert leftover_scan.wait_for_live_drills(found, checked, print, Timing(lease_watch=0.0)) == {intent.drill}
    assert runner.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not stand_in.namespace.records()


def test_record_shows_the_running_drill_from_its_first_moment(
    server: ApiServer, stand_in: KubernetesTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "PERIOD_S", 600.0)
    apply(stand_in, KubernetesInjector())
    assert annotation(server, stand_in)


def test_fault_of_a_dead_drill_belongs_to_nobody(
    server: ApiServer, stand_in: KubernetesTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_records, "LIFETIME_S", -5)
    intent = apply(stand_in, KubernetesInjector())
    eventually(lambda: annotation(server, stand_in), "a heartbeat")
    assert KubernetesInjector().lease_expires_at(intent, soon()) == 0


def test_beats_end_with_the_last_fault(server: ApiServer, stand_in: KubernetesTarget) -> None:
    runner = KubernetesInjector()
    intent = apply(stand_in, runner)
    eventually(lambda: annotation(server, stand_in), "a heartbeat")
    assert runner.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    eventually(lambda: not runner._heartbeats._markers, "the end of the thread")


def test_record_goes_although_the_drill_beats(
    server: ApiServer, stand_in: KubernetesTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each removal meets a record that has just changed, until the fourth attempt."""
    monkeypatch.setattr(heartbeat, "PERIOD_S", 600.0)
    runner = KubernetesInjector()
    intent = apply(stand_in, runner)
    left = iter(range(3))

    def beat(method: str, path: str) -> None:
        if method == "DELETE" and next(left, None) is not None:
            server.objects[path]["metadata"]["resourceVersion"] += "0"

    server.hook = beat
    assert KubernetesInjector().revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not stand_in.namespace.records()


def test_sign_of_life_of_an_unreachable_server_is_unknown(server: ApiServer, stand_in: KubernetesTarget) -> None:
    intent = apply(stand_in, KubernetesInjector())
    server.is_away = True
    with pytest.raises(Refused, match="broke"):
        KubernetesInjector().lease_expires_at(intent, soon())


def test_heartbeat_beyond_the_clock_of_the_server_counts_for_nothing(
    server: ApiServer, stand_in: KubernetesTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may have written it, and the fault would stay for ever."""
    monkeypatch.setattr(heartbeat, "PERIOD_S", 600.0)
    intent = apply(stand_in, KubernetesInjector())
    eventually(lambda: annotation(server, stand_in), "a heartbeat")
    [path] = stand_in.namespace.records()
    server.objects[path]["metadata"]["annotations"][ALIVE_ANNOTATION] = "99999999999"
    assert KubernetesInjector().lease_expires_at(intent, soon()) == 0


def test_last_record_is_removed_by_one_request(server: ApiServer, stand_in: KubernetesTarget) -> None:
    """A process that is killed between two would leave an empty object that nobody finds."""
    injector = KubernetesInjector()
    intent = apply(stand_in, injector)
    server.requests.clear()
    assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    writes = [request for request in server.requests if "/configmaps/gd-" in request and not request.startswith("GET")]
    assert [write.partition(" ")[0] for write in writes if "PATCH" not in write] == ["DELETE"]
    assert not stand_in.namespace.records()
