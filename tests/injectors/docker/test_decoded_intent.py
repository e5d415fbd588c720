"""Presence of a fault on one of many containers, inspected in batches."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from gameday.injectors.common.concurrency import MAX_WORKERS
from gameday.injectors.docker.decoded_intent import DecodedIntent
from gameday.injectors.docker.target_containers import ContainerSnapshot

WERE = tuple(ContainerSnapshot(str(number), f"web-{number}", "then", {}) for number in range(3 * MAX_WORKERS + 1))
NONE: Any = None


class Asked:
    """Engine that answers for all containers and records which were inspected."""

    def __init__(self, yes: set[str]) -> None:
        self._yes, self._lock = yes, threading.Lock()
        self.names: list[str] = []

    def __call__(self, was: ContainerSnapshot) -> bool:
        with self._lock:
            self.names.append(was.id)
        return was.id in self._yes


def target() -> DecodedIntent:
    return DecodedIntent(NONE, NONE, NONE, NONE, WERE, "", "", "", NONE)


@pytest.mark.parametrize("where", [0, MAX_WORKERS - 1, MAX_WORKERS, len(WERE) - 1])
def test_match_is_found_at_any_position(where: int) -> None:
    assert target().any_container(WERE, Asked({WERE[where].id}))


def test_without_a_match_each_container_is_inspected_once() -> None:
    asked = Asked(set())
    assert not target().any_container(WERE, asked)
    assert sorted(asked.names) == sorted(was.id for was in WERE)


def test_search_stops_at_the_first_match() -> None:
    asked = Asked({WERE[0].id})
    assert target().any_container(WERE, asked)
    assert len(asked.names) <= MAX_WORKERS
