"""What an intent of this injector holds, read back: the engine, the containers as they were, the kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gameday.contract import Back, Deadline, Intent, Restored
from gameday.injectors.docker.at_once import AT_ONCE, at_once
from gameday.injectors.docker.engine import Engine
from gameday.injectors.docker.found import Was, were_of
from gameday.injectors.docker.kind import Inspected, Kind
from gameday.injectors.docker.kinds import KINDS
from gameday.injectors.docker.sides import Sides
from gameday.injectors.docker.trouble import EngineTrouble

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Target:
    """The containers of one fault, for one call. `tools`: the image of side containers; `guardian`: the engine's
    socket for a guardian container; `image`: one that is there for a note."""

    intent: Intent
    kind: Kind
    engine: Engine
    sides: Sides
    were: tuple[Was, ...]
    tools: str
    guardian: str
    image: str
    deadline: Deadline

    @classmethod
    def of(cls, intent: Intent, engine: Engine, deadline: Deadline) -> Target:
        undo = intent.undo
        if intent.kind not in KINDS:
            raise EngineTrouble(f"{intent.mark} is a {intent.kind}, which this version of gameday does not know")
        return cls(
            intent, KINDS[intent.kind].read(intent.params), engine, Sides(engine, intent), were_of(intent),
            str(undo["tools"]), str(undo["guardian"]), str(undo["image"]), deadline,
        )  # fmt: skip

    def now(self, was: Was) -> Inspected | None:
        return was.now(self.engine)

    def each(self, do: Callable[[int, Was], T]) -> list[T]:
        """For all containers at once, with their numbers."""
        return at_once(lambda one: do(*one), enumerate(self.were))

    def restored(self, whys: Sequence[str]) -> Restored:
        """Of all containers: why each is left as somebody made it, empty where it is as before."""
        left = [why for why in whys if why]
        if not left:
            return Restored(Back.GONE)
        before = ", ".join(was.name for was, why in zip(self.were, whys, strict=True) if not why)
        return Restored(Back.LEFT_TO_PEOPLE, "; ".join([*left, *([f"as before: {before}"] if before else [])]))

    def some(self, weres: Sequence[Was], is_so: Callable[[Was], bool]) -> bool:
        """Whether it is so of at least one: a handful is asked at a time, and nobody more once one says so."""
        handfuls = [weres[first : first + AT_ONCE] for first in range(0, len(weres), AT_ONCE)]
        return any(any(at_once(is_so, handful)) for handful in handfuls)
