"""A namespace is reserved for one drill by a Lease, and an occurrence of a schedule for one starter by a ConfigMap."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.api_server import ApiServer
from support.kubernetes import eventually
from support.kubernetes_target import INJECTOR, KubernetesTarget, missing_rights, soon

from gameday.drill.reservations import holder_name, is_dead_here
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef
from gameday.injectors.kubernetes.target_settings import read_settings
from gameday.plugins.reservation import AlreadyReserved, Reservation

TUESDAY = 1_796_119_200.0
EITHER = pytest.mark.parametrize("place", ["stand_in", pytest.param("target", marks=pytest.mark.engine("kubernetes"))])


@pytest.fixture
def shared(place: str, request: pytest.FixtureRequest) -> Iterator[KubernetesTarget]:
    """Return the target of two machines, on the stand-in or on a real cluster."""
    target: KubernetesTarget = request.getfixturevalue(place)
    yield target
    for kind, name in (("lease", "gameday"), ("configmap", "gameday-occurrences")):
        cluster, ref = _cluster(target), ObjectRef(kind, target.namespace.name, name)
        if (document := cluster.find(ref)) is not None:
            cluster.delete(ref, uid=str(document["metadata"]["uid"]))


def _cluster(target: KubernetesTarget) -> Cluster:
    return Cluster(read_settings(target.binding).address, soon())


def lease(target: KubernetesTarget) -> dict[str, Any] | None:
    """Return the spec of the namespace's Lease; None without one."""
    document = _cluster(target).find(ObjectRef("lease", target.namespace.name, "gameday"))
    return None if document is None else dict(document["spec"])


def reserve(target: KubernetesTarget, holder: str, seconds: float = 30.0) -> Reservation:
    return INJECTOR.reserve(target.binding, holder, seconds, is_dead_here, soon())


@EITHER
def test_one_drill_has_the_namespace_until_it_ends(shared: KubernetesTarget) -> None:
    held = reserve(shared, "gd-0001/ana-laptop/1")
    spec = lease(shared)
    assert spec is not None and (spec["holderIdentity"], spec["leaseTransitions"]) == ("gd-0001/ana-laptop/1", 0)
    with pytest.raises(AlreadyReserved, match=r"already held by drill gd-0001 on ana-laptop"):
        reserve(shared, "gd-0002/bo-laptop/1")
    assert reserve(shared, "gd-0001/ana-laptop/1") == held, "the answer to the first request was lost"
    assert INJECTOR.renew_reservation(held, soon())
    INJECTOR.release_reservation(held, soon())
    assert lease(shared) is None
    INJECTOR.release_reservation(held, soon())
    later = reserve(shared, "gd-0002/bo-laptop/1")
    assert not INJECTOR.renew_reservation(held, soon()), "it was released"
    INJECTOR.release_reservation(held, soon())
    assert INJECTOR.renew_reservation(later, soon()), "another drill's reservation is not removed"


@EITHER
def test_a_reservation_expires_by_the_server_s_clock_and_its_owner_is_fenced(shared: KubernetesTarget) -> None:
    dead = reserve(shared, "gd-0001/ana-laptop/1", seconds=1.0)
    taken: list[Reservation] = []

    def is_expired() -> bool:
        try:
            taken.append(reserve(shared, "gd-0002/bo-laptop/1"))
        except AlreadyReserved:
            return False
        return True

    eventually(is_expired, "the end of the reservation")
    assert taken[0].epoch == dead.epoch + 1
    assert not INJECTOR.renew_reservation(dead, soon()), "the machine that woke up has an old epoch"
    assert INJECTOR.renew_reservation(taken[0], soon())


@EITHER
def test_of_two_machines_that_come_at_once_one_gets_it(shared: KubernetesTarget) -> None:
    def come(number: int) -> Reservation | None:
        try:
            return reserve(shared, f"gd-{number:04}/machine-{number}/1")
        except AlreadyReserved:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert sum(held is not None for held in pool.map(come, range(4))) == 1
        answers = list(pool.map(lambda number: claim(shared, TUESDAY, f"machine-{number}"), range(4)))
        assert answers.count("") == 1 and len(set(answers)) == 2


def claim(target: KubernetesTarget, scheduled: float, holder: str, schedule: str = "weekly") -> str:
    return INJECTOR.claim_occurrence(target.binding, schedule, scheduled, holder, soon())


@EITHER
def test_an_occurrence_is_started_once(shared: KubernetesTarget) -> None:
    assert claim(shared, TUESDAY, "ana-laptop") == ""
    assert claim(shared, TUESDAY, "bo-laptop") == "ana-laptop"
    assert claim(shared, TUESDAY, "ana-laptop") == "", "the answer to the first request was lost"
    assert claim(shared, TUESDAY, "bo-laptop", schedule="monthly") == ""
    assert claim(shared, TUESDAY + 7 * 86400, "bo-laptop") == ""
    assert claim(shared, TUESDAY, "ana-laptop") == "bo-laptop", "a later one was started already"


def test_a_process_of_this_machine_that_ended_is_replaced_at_once(stand_in: KubernetesTarget) -> None:
    script = "from gameday.drill.reservations import holder_name; print(holder_name('gd-0001'))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert is_dead_here(ended) and not is_dead_here(holder_name("gd-0002"))
    assert not is_dead_here(ended.replace("pid:", "other-pid:")), "another container: its processes are not seen here"
    assert not is_dead_here("somebody")
    reserve(stand_in, ended)
    assert reserve(stand_in, holder_name("gd-0002")).epoch == 1


@pytest.mark.parametrize(
    "call",
    [lambda target: reserve(target, "gd-0001/a/1"), lambda target: claim(target, TUESDAY, "a")],
)
def test_a_namespace_that_allows_no_drills_gets_neither(
    server: ApiServer, stand_in: KubernetesTarget, call: Callable[[KubernetesTarget], object]
) -> None:
    namespace = server.objects[f"/api/v1/namespaces/{stand_in.namespace.name}"]
    namespace["metadata"]["annotations"] = {}
    before = set(server.objects)
    with pytest.raises(Refused, match="does not allow drills"):
        call(stand_in)
    assert set(server.objects) == before


def test_an_account_without_the_right_is_told_before_the_drill(server: ApiServer, stand_in: KubernetesTarget) -> None:
    server.denied = {"create leases"}
    assert "create leases" in missing_rights(stand_in.plan("scale", replicas=0))


def test_a_server_that_is_away_confirms_nothing(server: ApiServer, stand_in: KubernetesTarget) -> None:
    held = reserve(stand_in, "gd-0001/a/1")
    server.is_away = True
    with pytest.raises(Refused):
        INJECTOR.renew_reservation(held, soon())


def test_targets_in_one_namespace_are_one_place(stand_in: KubernetesTarget, tmp_path: Path) -> None:
    other = replace(stand_in, more={"workload": "deployment/cache"})
    assert INJECTOR.reservation_place(other.binding) == INJECTOR.reservation_place(stand_in.binding)
    elsewhere = replace(stand_in, more={"namespace": "billing"})
    assert INJECTOR.reservation_place(elsewhere.binding) != INJECTOR.reservation_place(stand_in.binding)
    assert json.dumps(INJECTOR.reservation_place(elsewhere.binding)).count("billing") == 1
