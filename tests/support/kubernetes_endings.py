"""Endings of a drill on a cluster in bad luck: second writers, lost answers, rights, webhooks, and objects that go."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping

from support.api_server_objects import Failure
from support.drill_endings import standing
from support.drill_folder import assert_stays, eventually
from support.kubernetes_drill import ClusterPlace
from support.run_process import Run

from gameday.errors import Exit

AWAY_S = 20.0 if os.environ.get("GAMEDAY_MATRIX") else 3.0
"""Seconds without an API server."""
CLEAN = (Exit.HELD, Exit.NOT_HELD, Exit.HALTED)


def is_write(method: str, path: str) -> bool:
    """Return True for a request that may change something."""
    return method != "GET" and "reviews" not in path


class SecondWriter:
    """Another writer of every object that `gameday` patches: the first patch fails its tests, each second is late."""

    def __init__(self, place: ClusterPlace) -> None:
        self._place, self._patches = place, Counter[str]()

    def __call__(self, method: str, path: str) -> None:
        is_record = "/configmaps/gd-" in path
        if is_record and method == "DELETE":
            self._patches[path] += 1
        if method != "PATCH" or is_record or "/leases/" in path:
            return
        self._patches[path] += 1
        if self._patches[path] == 1:
            raise Failure(422, "the server rejected our request due to an error in our request")
        if self._patches[path] % 2:
            self._place.namespace.write_as_another(path)


def by_a_second_writer(place: ClusterPlace, kind: str) -> None:
    """Let another writer change each object between read and write, at the fault and at the revert."""
    place.api.hook = SecondWriter(place)
    run = standing(place, kind, stands="1s")
    assert run.code() in CLEAN, run.describe()


def by_lost_answers(place: ClusterPlace, kind: str) -> None:
    """Lose the answer to the first write to each object during the revert."""
    run, lost = standing(place, kind), set[tuple[str, str]]()

    def is_lost(method: str, path: str) -> bool:
        is_new = is_write(method, path) and (method, path) not in lost
        lost.add((method, path))
        return is_new

    place.api.loses_response = is_lost
    run.signal(signal.SIGINT)
    assert run.code() == Exit.HALTED and lost, run.describe()


def by_an_expired_token(place: ClusterPlace, kind: str) -> None:
    """Let the token expire: the revert waits, says so, and goes on with a new one."""
    run = standing(place, kind)

    def refuse(method: str, path: str) -> None:
        raise Failure(401, "Unauthorized")

    place.api.hook = refuse
    run.signal(signal.SIGINT)
    wait_for_reason(run, "rejects the credentials of this context")
    place.api.hook = lambda method, path: None
    assert run.code() == Exit.HALTED, run.describe()


def by_a_webhook_that_is_down(place: ClusterPlace, kind: str) -> None:
    """Let every write be refused by a webhook that is down: the revert names it, and goes on when it is back."""
    run = standing(place, kind)
    repair = place.namespace.break_webhook()
    run.signal(signal.SIGINT)
    wait_for_reason(run, "an admission webhook does not respond: ")
    wait_for_reason(run, "failed calling webhook")
    repair()
    assert run.code() == Exit.HALTED, run.describe()


def by_an_api_server_that_is_away(place: ClusterPlace, kind: str) -> None:
    """Let the API server be away during the revert: the drill waits for it."""
    run = standing(place, kind)
    place.api.is_away = True
    run.signal(signal.SIGINT)
    assert_stays(lambda: run.process.poll() is None, AWAY_S, "the wait for the API server")
    place.api.is_away = False
    assert run.code() == Exit.HALTED, run.describe()


def by_a_paused_rollout(place: ClusterPlace, kind: str) -> None:
    """Pause the rollout of the workload: a bad version is restored, and its pods are awaited until it is resumed."""
    run = standing(place, kind)
    resume = place.namespace.pause_rollout(place.workload)
    run.signal(signal.SIGINT)
    if kind == "bad-rollout":
        wait_for_reason(run, "held by a pause")
        resume()
    assert run.code() == Exit.HALTED, run.describe()
    resume()


def by_a_guardian_without_rights(place: ClusterPlace, kind: str) -> None:
    """Kill runner and guardian while that of the environment has lost its rights: it says so, and reverts with them."""
    standing(place, kind).kill_all()

    def refuse(method: str, path: str) -> None:
        if is_write(method, path):
            raise Failure(403, "forbidden: the RoleBinding is gone")

    place.api.hook = refuse
    looked = place.gameday("guardian", "--env", place.name, "--once")
    assert looked.code == Exit.DIRTY and "the RoleBinding is gone" in looked.err, looked
    assert place.ours()
    place.api.hook = lambda method, path: None
    with place.guardian():
        eventually(lambda: not place.ours(), "the revert")


def wait_for_reason(run: Run, reason: str) -> None:
    """Wait until the drill says why its revert waits."""
    run.until(lambda: reason in run.out + run.err, f"a revert that waits: {reason}")


def by_objects_that_are_recreated(place: ClusterPlace, kind: str) -> None:
    """Delete and recreate the objects of the fault: nothing of the new ones is touched."""
    run = standing(place, kind, stands="5s")
    place.namespace.recreate_shop()
    place.ignores_identity = True
    assert run.code() in CLEAN, run.describe()


def by_a_deleted_namespace(place: ClusterPlace, kind: str) -> None:
    """Delete the namespace: the drill ends clean, and what is outside of it is restored."""
    run = standing(place, kind, stands="5s")
    place.namespace.begin_deletion()
    assert run.code() in CLEAN, run.describe()
    place.before = place.namespace.wait_deleted(place.before)


BAD_LUCK: Mapping[str, Callable[[ClusterPlace, str], None]] = {
    "second-writer": by_a_second_writer, "answers-lost": by_lost_answers, "token-expired": by_an_expired_token,
    "webhook-down": by_a_webhook_that_is_down, "recreated": by_objects_that_are_recreated,
    "namespace-deleted": by_a_deleted_namespace, "api-away": by_an_api_server_that_is_away,
    "rollout-paused": by_a_paused_rollout, "guardian-lost-rights": by_a_guardian_without_rights,
}  # fmt: skip
"""Endings by name, in the order of the table."""
