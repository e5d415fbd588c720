"""Endings of a drill on a cluster in bad luck: second writers, lost answers, rights, webhooks, and objects that go."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Mapping

from support.api_server_objects import Failure
from support.drill_endings import standing
from support.kubernetes_drill import ClusterPlace
from support.run_process import Run

from gameday.errors import Exit

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
        if method != "PATCH" or is_record:
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
    "namespace-deleted": by_a_deleted_namespace,
}  # fmt: skip
"""Endings by name, in the order of the table."""
