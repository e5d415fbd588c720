"""Whether one of many containers shows it: asked by the handful, and found wherever it is."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from gameday.injectors.docker.at_once import AT_ONCE
from gameday.injectors.docker.found import Was
from gameday.injectors.docker.target import Target

WERE = tuple(Was(str(number), f"web-{number}", "then", {}) for number in range(3 * AT_ONCE + 1))
NONE: Any = None


class Asked:
    """Answers for all containers, and keeps whom it was asked of."""

    def __init__(self, yes: set[str]) -> None:
        self._yes, self._lock = yes, threading.Lock()
        self.names: list[str] = []

    def __call__(self, was: Was) -> bool:
        with self._lock:
            self.names.append(was.id)
        return was.id in self._yes


def target() -> Target:
    return Target(NONE, NONE, NONE, NONE, WERE, "", "", "", NONE)


@pytest.mark.parametrize("where", [0, AT_ONCE - 1, AT_ONCE, len(WERE) - 1])
def test_it_is_found_wherever_it_is(where: int) -> None:
    assert target().some(WERE, Asked({WERE[where].id}))


def test_none_is_none_and_all_were_asked_once() -> None:
    asked = Asked(set())
    assert not target().some(WERE, asked)
    assert sorted(asked.names) == sorted(was.id for was in WERE)


def test_once_it_is_found_the_rest_is_not_asked() -> None:
    asked = Asked({WERE[0].id})
    assert target().some(WERE, asked)
    assert len(asked.names) <= AT_ONCE
