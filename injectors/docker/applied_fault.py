"""What an intent of this injector holds, read back: the engine, the containers as they were, the kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gameday.injectors.common.concurrency import MAX_WORKERS, map_concurrently
from gameday.injectors.docker.discovery import ContainerSnapshot, snapshots_of
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import FaultKind, Inspected
from gameday.injectors.docker.sidecars import Sidecars
from gameday.plugins.types import Deadline, Intent, Reverted, RevertOutcome

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AppliedFault:
    """The containers of one fault, for one call. `tools`: the image of side containers; `guardian`: the engine's
    socket for a guardian container; `image`: one that is there for a note."""

    intent: Intent
    kind: FaultKind
    engine: EngineApi
    sides: Sidecars
    snapshots: tuple[ContainerSnapshot, ...]
    tools: str
    guardian: str
    image: str
    deadline: Deadline

    @classmethod
    def of(cls, intent: Intent, engine: EngineApi, deadline: Deadline) -> AppliedFault:
        undo = intent.undo
        if intent.kind not in KINDS:
            raise EngineError(f"{intent.marker} is a {intent.kind}, which this version of gameday does not know")
        return cls(
            intent, KINDS[intent.kind].read(intent.params), engine, Sidecars(engine, intent), snapshots_of(intent),
            str(undo["tools"]), str(undo["guardian"]), str(undo["image"]), deadline,
        )  # fmt: skip

    def inspect_now(self, was: ContainerSnapshot) -> Inspected | None:
        return was.inspect_now(self.engine)

    def for_each_container(self, do: Callable[[int, ContainerSnapshot], T]) -> list[T]:
        """For all containers at once, with their numbers."""
        return map_concurrently(lambda one: do(*one), enumerate(self.snapshots))

    def revert_result(self, whys: Sequence[str]) -> Reverted:
        """Of all containers: why each is left as somebody made it, empty where it is as before."""
        left = [why for why in whys if why]
        if not left:
            return Reverted(RevertOutcome.REVERTED)
        before = ", ".join(was.name for was, why in zip(self.snapshots, whys, strict=True) if not why)
        return Reverted(RevertOutcome.KEPT, "; ".join([*left, *([f"as before: {before}"] if before else [])]))

    def any_container(self, weres: Sequence[ContainerSnapshot], is_so: Callable[[ContainerSnapshot], bool]) -> bool:
        """Whether it is so of at least one: a handful is asked at a time, and nobody more once one says so."""
        handfuls = [weres[first : first + MAX_WORKERS] for first in range(0, len(weres), MAX_WORKERS)]
        return any(any(map_concurrently(is_so, handful)) for handful in handfuls)
