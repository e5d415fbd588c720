"""A pause that the kernel does not complete at the first attempt, which a real one does not do on demand."""

from __future__ import annotations

from typing import cast

import pytest

from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults.lifecycle import Pause
from gameday.injectors.docker.target_containers import ContainerSnapshot

WAS = ContainerSnapshot("0a" * 32, "web", "", {})


class Busy:
    """Engine that raises each error once and then pauses."""

    def __init__(self, *said: str) -> None:
        self.said = list(said)
        self.asked = 0

    def pause(self, _: str) -> None:
        self.asked += 1
        if self.said:
            raise EngineError(self.said.pop(0))


@pytest.mark.parametrize(
    ("said", "asked", "fails"),
    [
        (["runc: unable to freeze"] * 2, 3, False),
        (["runc: unable to freeze"] * 3, 3, True),
        (["no space left on device"], 1, True),
        ([], 1, False),
    ],
)
def test_pause_is_retried_while_the_kernel_is_busy(said: list[str], asked: int, fails: bool) -> None:
    engine = Busy(*said)
    if fails:
        with pytest.raises(EngineError):
            Pause.read({}).apply(cast("EngineApi", engine), WAS)
    else:
        Pause.read({}).apply(cast("EngineApi", engine), WAS)
    assert engine.asked == asked
