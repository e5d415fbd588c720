"""A container that is paused, stopped, killed or started again: the engine is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.docker import preconditions
from gameday.injectors.docker.discovery import ContainerSnapshot
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import Conflict, EngineError
from gameday.injectors.docker.faults.base import (
    EngineFaultKind,
    ForeignChange,
    GuardianRecipe,
    Inspected,
    restore_obstacle,
)
from gameday.injectors.docker.guardian_shell import has_all_texts, post_request
from gameday.model import Json
from gameday.plugins.parameters import MainParameter, Parameter, duration_parameter

_TRIES, _NOT_FROZEN = 3, "unable to freeze"
"""A busy kernel does not freeze all processes of a container at the first try, and says so."""
_GRACE = duration_parameter("1s", highest="4s", finest="1s")
"""The engine waits whole seconds."""


@dataclass(frozen=True, slots=True)
class Pause(EngineFaultKind):
    """Its processes stand still: connections stay open, and nobody answers."""

    kind = "pause"
    effect = "Its processes stand still: connections stay open, nobody answers."
    note = "It goes on."

    revert_is_idempotent = True
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def apply(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        for left in reversed(range(_TRIES)):
            try:
                engine.pause(was.id)
            except Conflict:
                if not engine.inspect(was.id)["State"]["Paused"]:
                    raise
            except EngineError as trouble:
                if not left or _NOT_FROZEN not in str(trouble):
                    raise
                continue
            return

    @override
    def is_present(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot) -> bool:
        del engine
        return bool(now["State"]["Paused"]) and not was.was_restarted(now)

    @override
    def needs_revert(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot, *, noted: bool) -> bool:
        """While our note stands, also of one that was started again just before we paused it."""
        return bool(now["State"]["Paused"]) and (noted or self.is_present(engine, now, was))

    @override
    def may_be_present(self, state: str) -> bool:
        return state == "paused"

    @override
    def revert_container(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        engine.unpause(was.id)

    @override
    def guardian_recipes(self, was: ContainerSnapshot) -> list[GuardianRecipe]:
        test = has_all_texts(was.id, '"Paused":true')
        return [GuardianRecipe(test, post_request(f"/containers/{was.id}/unpause"))]

    @override
    def describe_revert(self) -> str:
        return "unpause it"


class _StoppedFault(EngineFaultKind):
    """It does not run until it is started again, in the same networks, with its names and fixed addresses."""

    __slots__ = ()
    affects_network = True
    revert_starts_container = True

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        preconditions.require_no_auto_remove(now)
        preconditions.require_fixed_ports(now, "started again")
        return {}

    @override
    def is_present(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot) -> bool:
        del engine
        return not now["State"]["Running"] and not was.was_restarted(now)

    @staticmethod
    def require_not_restarted(engine: EngineApi, was: ContainerSnapshot) -> Inspected:
        """Asked right before it is ended: what was started again meanwhile could not be told from somebody's restart
        afterwards. Raises EngineTrouble."""
        now = engine.inspect(was.id)
        if was.was_restarted(now):
            raise EngineError(f"{was.name} was started again since it was planned: it is left alone")
        return now

    @override
    def revert_container(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        try:
            engine.start(was.id)
        except EngineError as trouble:
            if why := restore_obstacle(trouble):
                raise ForeignChange(f"{was.name} cannot be started: {why} ({trouble})") from None
            raise

    @override
    def guardian_recipes(self, was: ContainerSnapshot) -> list[GuardianRecipe]:
        test = has_all_texts(was.id, '"Running":false', f'"StartedAt":"{was.started}"')
        return [GuardianRecipe(test, post_request(f"/containers/{was.id}/start"))]

    @override
    def describe_revert(self) -> str:
        return "start it again"


@dataclass(frozen=True, slots=True)
class Stop(_StoppedFault):
    """It is asked to end, and killed after `grace`."""

    kind = "stop"
    main = MainParameter(
        "grace", "How long may it take to end, before it is killed?", "1s", "With the {target} stopped"
    )
    effect = "It is asked to end, and killed after `grace`."
    note = "It is started, in its networks, with its aliases, links and fixed addresses."

    grace: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"grace": _GRACE}

    @override
    def apply(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        self.require_not_restarted(engine, was)
        engine.stop(was.id, self.grace)


@dataclass(frozen=True, slots=True)
class Kill(_StoppedFault):
    """It is killed, as by kill -9."""

    kind = "kill"
    effect = "It is killed at once."
    note = "As `stop`."

    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def apply(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        if self.require_not_restarted(engine, was)["State"]["Running"]:
            engine.kill(was.id)


@dataclass(frozen=True, slots=True)
class Restart(_StoppedFault):
    """It ends and begins again: connections break, what it kept in memory is lost, and it takes its time to be back.
    Done once; nothing of it is left to put back, unless it was cut off in the middle."""

    kind = "restart"
    main = MainParameter(
        "grace", "How long may it take to end, before it is killed?", "1s", "With the {target} restarted"
    )
    effect = "It ends and begins again."
    note = "Nothing; it is started if it was cut off in between."

    grace: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"grace": _GRACE}

    @override
    def apply(self, engine: EngineApi, was: ContainerSnapshot) -> None:
        if not was.was_restarted(engine.inspect(was.id)):
            engine.restart(was.id, self.grace)

    @override
    def is_present(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot) -> bool:
        del engine
        return was.was_restarted(now)

    @override
    def needs_revert(self, engine: EngineApi, now: Inspected, was: ContainerSnapshot, *, noted: bool) -> bool:
        del noted
        return _StoppedFault.is_present(self, engine, now, was)

    @override
    def foreign_change(self, now: Inspected, was: ContainerSnapshot) -> str:
        """It was started again by us."""
        return was.stopped_note(now)

    @override
    def describe_revert(self) -> str:
        return "nothing: it runs again; started if it does not"
