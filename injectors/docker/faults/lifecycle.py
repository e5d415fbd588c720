"""A container that is paused, stopped, killed or started again: the engine is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.docker import container_preconditions
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import Conflict, EngineError
from gameday.injectors.docker.faults.base import (
    EngineFaultKind,
    ForeignChange,
    Inspected,
    restore_obstacle,
)
from gameday.injectors.docker.guardian_container import GuardianRecipe, all_texts_test, post_request
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.model import Json
from gameday.plugins.parameters import MainParameter, Parameter, duration_parameter

_TRIES, _NOT_FROZEN = 3, "unable to freeze"
"""A busy kernel does not freeze all processes of a container at the first try, and says so."""
_GRACE = duration_parameter("1s", highest="4s", finest="1s")
"""The engine counts whole seconds."""


@dataclass(frozen=True, slots=True)
class Pause(EngineFaultKind):
    """Pause of all processes: connections stay open, and nothing answers."""

    kind = "pause"
    effect = "All its processes are frozen: connections stay open and nothing responds."
    note = "It is unpaused."

    revert_is_idempotent = True
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def apply(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        for left in reversed(range(_TRIES)):
            try:
                engine.pause(snapshot.id)
            except Conflict:
                if not engine.inspect(snapshot.id)["State"]["Paused"]:
                    raise
            except EngineError as error:
                if not left or _NOT_FROZEN not in str(error):
                    raise
                continue
            return

    @override
    def is_present(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot) -> bool:
        del engine
        return bool(now["State"]["Paused"]) and not snapshot.was_restarted(now)

    @override
    def needs_revert(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot, *, has_marker: bool) -> bool:
        """Return True while it is paused and the marker exists, also if it was restarted just before the pause."""
        return bool(now["State"]["Paused"]) and (has_marker or self.is_present(engine, now, snapshot))

    @override
    def may_be_present(self, state: str) -> bool:
        return state == "paused"

    @override
    def revert_container(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        engine.unpause(snapshot.id)

    @override
    def guardian_recipes(self, snapshot: ContainerSnapshot) -> list[GuardianRecipe]:
        test = all_texts_test(snapshot.id, '"Paused":true')
        return [GuardianRecipe(test, post_request(f"/containers/{snapshot.id}/unpause"))]

    @override
    def describe_revert(self) -> str:
        return "unpause it"


class _StoppedFault(EngineFaultKind):
    """Fault that stops the container until it is started, with its networks, names and addresses."""

    __slots__ = ()
    affects_network = True
    revert_starts_container = True

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        container_preconditions.require_no_auto_remove(now)
        container_preconditions.require_fixed_ports(now, "after a restart")
        return {}

    @override
    def is_present(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot) -> bool:
        del engine
        return not now["State"]["Running"] and not snapshot.was_restarted(now)

    @staticmethod
    def require_not_restarted(engine: EngineApi, snapshot: ContainerSnapshot) -> Inspected:
        """Inspect a container, and raise EngineError if it was started again since the plan.

        Otherwise its start could not be told from somebody's restart afterwards."""
        now = engine.inspect(snapshot.id)
        if snapshot.was_restarted(now):
            raise EngineError(f"{snapshot.name} was restarted after planning, so it is left alone")
        return now

    @override
    def revert_container(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        try:
            engine.start(snapshot.id)
        except EngineError as error:
            if why := restore_obstacle(error):
                raise ForeignChange(f"cannot start {snapshot.name}: {why} ({error})") from None
            raise

    @override
    def guardian_recipes(self, snapshot: ContainerSnapshot) -> list[GuardianRecipe]:
        test = all_texts_test(snapshot.id, '"Running":false', f'"StartedAt":"{snapshot.started}"')
        return [GuardianRecipe(test, post_request(f"/containers/{snapshot.id}/start"))]

    @override
    def describe_revert(self) -> str:
        return "start it"


@dataclass(frozen=True, slots=True)
class Stop(_StoppedFault):
    """Stop: the container is asked to end, and killed after `grace`."""

    kind = "stop"
    main = MainParameter("grace", "How long may it take to stop before it is killed?", "1s", "With {target} stopped")
    effect = "It receives SIGTERM, and SIGKILL after `grace`."
    note = "It is started, in its networks, with its aliases, links and fixed addresses."

    grace: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"grace": _GRACE}

    @override
    def apply(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        self.require_not_restarted(engine, snapshot)
        engine.stop(snapshot.id, self.grace)


@dataclass(frozen=True, slots=True)
class Kill(_StoppedFault):
    """Kill, as by kill -9."""

    kind = "kill"
    effect = "It receives SIGKILL."
    note = "Like `stop`."

    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def apply(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        if self.require_not_restarted(engine, snapshot)["State"]["Running"]:
            engine.kill(snapshot.id)


@dataclass(frozen=True, slots=True)
class Restart(_StoppedFault):
    """Restart: connections break, memory is lost, and it takes time to be ready again.

    It happens once; there is nothing to revert, unless it was interrupted while the container was stopped."""

    kind = "restart"
    main = MainParameter("grace", "How long may it take to stop before it is killed?", "1s", "With {target} restarted")
    effect = "It is stopped and started again."
    note = "Nothing; it is started if the restart was interrupted."

    grace: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"grace": _GRACE}

    @override
    def apply(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        if not snapshot.was_restarted(engine.inspect(snapshot.id)):
            engine.restart(snapshot.id, self.grace)

    @override
    def is_present(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot) -> bool:
        del engine
        return snapshot.was_restarted(now)

    @override
    def needs_revert(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot, *, has_marker: bool) -> bool:
        del has_marker
        return _StoppedFault.is_present(self, engine, now, snapshot)

    @override
    def foreign_change(self, now: Inspected, snapshot: ContainerSnapshot) -> str:
        """Return that it does not run; a start is the fault's own."""
        return snapshot.stopped_note(now)

    @override
    def describe_revert(self) -> str:
        return "start it, if it is not running again"
