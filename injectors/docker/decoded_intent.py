"""Parts of an intent that the two ways of applying a fault need: engine, kind, snapshots, images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gameday.injectors.common.concurrency import MAX_WORKERS, map_concurrently
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import FaultKind, Inspected
from gameday.injectors.docker.sidecars import Sidecars
from gameday.injectors.docker.target_containers import ContainerSnapshot, decode_snapshots
from gameday.plugins.types import Deadline, Intent, RevertOutcome, RevertResult

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DecodedIntent:
    """One fault, for one call.

    `tools`: the image of sidecars; `guardian`: the engine's socket for a guardian container; `image`: an existing
    image for marker containers."""

    intent: Intent
    kind: FaultKind
    engine: EngineApi
    sidecars: Sidecars
    snapshots: tuple[ContainerSnapshot, ...]
    tools: str
    guardian: str
    image: str
    deadline: Deadline

    @classmethod
    def of(cls, intent: Intent, engine: EngineApi, deadline: Deadline) -> DecodedIntent:
        """Read an intent. Raises EngineError for a kind of another version."""
        undo = intent.undo
        if intent.kind not in KINDS:
            raise EngineError(f"{intent.marker} is a {intent.kind}, which this version of gameday does not know")
        return cls(
            intent, KINDS[intent.kind].read(intent.params), engine, Sidecars(engine, intent), decode_snapshots(intent),
            str(undo["tools"]), str(undo["guardian"]), str(undo["image"]), deadline,
        )  # fmt: skip

    def inspect_now(self, snapshot: ContainerSnapshot) -> Inspected | None:
        """Inspect a container; None if it no longer exists."""
        return snapshot.inspect_now(self.engine)

    def for_each_container(self, function: Callable[[int, ContainerSnapshot], T]) -> list[T]:
        """Call a function for all containers at once, with their numbers."""
        return map_concurrently(lambda item: function(*item), enumerate(self.snapshots))

    def revert_result(self, reasons: Sequence[str]) -> RevertResult:
        """Return the result for all containers. `reasons`: why each is left as changed, empty where it is restored."""
        left = [reason for reason in reasons if reason]
        if not left:
            return RevertResult(RevertOutcome.REVERTED)
        restored = ", ".join(
            snapshot.name for snapshot, reason in zip(self.snapshots, reasons, strict=True) if not reason
        )
        return RevertResult(RevertOutcome.KEPT, "; ".join([*left, *([f"restored: {restored}"] if restored else [])]))

    def any_container(
        self, snapshots: Sequence[ContainerSnapshot], predicate: Callable[[ContainerSnapshot], bool]
    ) -> bool:
        """Return True if the predicate holds for any container.

        Asks a batch at a time and stops at the first that does."""
        batches = [snapshots[first : first + MAX_WORKERS] for first in range(0, len(snapshots), MAX_WORKERS)]
        return any(any(map_concurrently(predicate, batch)) for batch in batches)
