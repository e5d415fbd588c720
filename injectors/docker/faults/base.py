"""What every kind of fault on a container has, and the two ways of making one.

*By the engine*: the engine itself is told (pause, stop, disconnect). It cannot take such a thing back by itself, so
a guardian container may stand beside the target with a recipe. *By a side container*: what makes the fault holds a
lease and takes it back at its end (rules in the target's network, values in its cgroup, a file on its volume).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gameday.injectors.docker.discovery import ContainerSnapshot
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.sandbox import HostOptions
from gameday.injectors.docker.sidecar_script import Script
from gameday.model import Json
from gameday.plugins.parameters import Params


class ForeignChange(Exception):
    """What cannot be put back because of what somebody did meanwhile; says what."""


_TAKEN = "its port or address is in use now"
_RESTORE_OBSTACLES = {
    ("port is already allocated",): _TAKEN, ("address already in use",): _TAKEN,
    ("cannot link to",): "what it is linked to is gone, or does not run",
    ("bind source path",): "a folder of its is gone", ("network ", "not found"): "a network of its is gone",
}  # fmt: skip
"""By the engine's words, all of them, what somebody did meanwhile."""


def restore_obstacle(trouble: EngineError) -> str:
    """What of somebody's keeps a container from being as it was; empty for a trouble that may pass."""
    said = str(trouble).lower()
    return next((why for words, why in _RESTORE_OBSTACLES.items() if all(one in said for one in words)), "")


Inspected = Mapping[str, Any]
"""What the engine says of one container, as `docker inspect` shows it."""


class FaultKind(Params):
    """One kind of fault."""

    __slots__ = ()
    affects_network: ClassVar[bool] = False
    """Whether it hits whatever shares the container's network."""

    def capture_state(self, now: Inspected) -> dict[str, Json]:
        """What putting it back will need. Raises Refused where that would not be possible."""
        del now
        return {}

    def filled_volume(self, was: ContainerSnapshot) -> str:
        """The volume, or the path of the engine's machine, that it fills; empty for none."""
        del was
        return ""

    def describe_revert(self) -> str:
        """How it is taken back, for a person."""
        raise NotImplementedError

    def trial_script(self) -> Script | None:
        """What shows, in a network of its own, whether a kernel can do it; `apply` fails where it cannot. None where
        every kernel can."""
        return None

    def alternative(self) -> str:
        """What could be used where the kernel cannot."""
        return ""


@dataclass(frozen=True, slots=True)
class GuardianRecipe:
    """For a guardian container, in its shell: `test` ends as `shows` does, `undo` puts back while it ends with 0."""

    test: str
    undo: str


class EngineFaultKind(FaultKind):
    """The engine is told. All calls raise EngineTrouble."""

    __slots__ = ()
    revert_starts_container: ClassVar[bool] = False
    """Whether undoing starts the container: then who started it is not told by the container alone."""
    revert_is_idempotent: ClassVar[bool] = False
    """Whether the engine refuses to undo what does not stand, and nothing is changed: then nobody need look first."""

    def apply(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        raise NotImplementedError

    def is_present(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot) -> bool:
        """Whether the container is as the fault made it."""
        raise NotImplementedError

    def may_be_present(self, state: str) -> bool:
        """Whether it may, by the one word that the engine's list has for the container (running, paused, exited)."""
        del state
        return True

    def needs_revert(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot, *, noted: bool) -> bool:
        """Whether there is something to put back. `noted`: whether our note still says so."""
        del noted
        return self.is_present(engine, now, was)

    def is_unobservable(self) -> bool:
        """Whether only our note tells that it stands: where somebody removed that, it is undone unasked."""
        return False

    def revert_container(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        """Raises Theirs too."""
        raise NotImplementedError

    def foreign_change(self, now: Inspected, was: ContainerSnapshot) -> str:
        """What somebody else did meanwhile, which is theirs; empty when nothing."""
        return was.foreign_change(now) or was.stopped_note(now)

    def guardian_recipes(self, was: ContainerSnapshot) -> list[GuardianRecipe]:
        """For a guardian container."""
        raise NotImplementedError


class SidecarFaultKind(FaultKind):
    """A side container makes it, one for each container of the target."""

    __slots__ = ()
    gone_when_target_stops: ClassVar[bool] = True
    """Whether nothing is left of it once the target has stopped."""
    may_kill_target: ClassVar[bool] = False
    """Whether the target may end of it; then it is started again."""

    def script(self, marker: str, was: ContainerSnapshot) -> Script:
        raise NotImplementedError

    def sandbox(self, was: ContainerSnapshot) -> HostOptions:
        """What the side container is let into."""
        raise NotImplementedError

    def markers(self, marker: str, was: ContainerSnapshot) -> list[Json]:
        """What is found there while it stands, so that a turn of the dial may write over it."""
        del marker, was
        return []
