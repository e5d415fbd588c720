"""A container that is paused, stopped, killed or started again: the engine is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.docker import refusals
from gameday.injectors.docker.engine import Engine
from gameday.injectors.docker.found import Was
from gameday.injectors.docker.kind import ByEngine, Inspected, Recipe, Theirs, in_the_way
from gameday.injectors.docker.requests import is_so, post
from gameday.injectors.docker.trouble import Conflict, EngineTrouble
from gameday.injectors.parameters import Parameter, a_time
from gameday.model import Json

_TRIES, _NOT_FROZEN = 3, "unable to freeze"
"""A busy kernel does not freeze all processes of a container at the first try, and says so."""
_GRACE = a_time("1s", highest="4s", finest="1s")
"""The engine waits whole seconds."""


@dataclass(frozen=True, slots=True)
class Pause(ByEngine):
    """Its processes stand still: connections stay open, and nobody answers."""

    undone_unasked = True
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def apply(self, engine: Engine, was: Was) -> None:
        for left in reversed(range(_TRIES)):
            try:
                engine.pause(was.id)
            except Conflict:
                if not engine.inspect(was.id)["State"]["Paused"]:
                    raise
            except EngineTrouble as trouble:
                if not left or _NOT_FROZEN not in str(trouble):
                    raise
                continue
            return

    @override
    def stands(self, engine: Engine, now: Inspected, was: Was) -> bool:
        del engine
        return bool(now["State"]["Paused"]) and not was.restarted(now)

    @override
    def to_undo(self, engine: Engine, now: Inspected, was: Was, *, noted: bool) -> bool:
        """While our note stands, also of one that was started again just before we paused it."""
        return bool(now["State"]["Paused"]) and (noted or self.stands(engine, now, was))

    @override
    def may_stand(self, state: str) -> bool:
        return state == "paused"

    @override
    def undo(self, engine: Engine, was: Was) -> None:
        engine.unpause(was.id)

    @override
    def recipes(self, was: Was) -> list[Recipe]:
        test = is_so(was.id, '"Paused":true')
        return [Recipe(test, post(f"/containers/{was.id}/unpause"))]

    @override
    def reverts(self) -> str:
        return "unpause it"


class _Gone(ByEngine):
    """It does not run until it is started again, in the same networks, with its names and fixed addresses."""

    __slots__ = ()
    of_network = True
    starts = True

    @override
    def before(self, now: Inspected) -> dict[str, Json]:
        refusals.removed_when_it_ends(now)
        refusals.chosen_ports(now, "started again")
        return {}

    @override
    def stands(self, engine: Engine, now: Inspected, was: Was) -> bool:
        del engine
        return not now["State"]["Running"] and not was.restarted(now)

    @staticmethod
    def as_planned(engine: Engine, was: Was) -> Inspected:
        """Asked right before it is ended: what was started again meanwhile could not be told from somebody's restart
        afterwards. Raises EngineTrouble."""
        now = engine.inspect(was.id)
        if was.restarted(now):
            raise EngineTrouble(f"{was.name} was started again since it was planned: it is left alone")
        return now

    @override
    def undo(self, engine: Engine, was: Was) -> None:
        try:
            engine.start(was.id)
        except EngineTrouble as trouble:
            if why := in_the_way(trouble):
                raise Theirs(f"{was.name} cannot be started: {why} ({trouble})") from None
            raise

    @override
    def recipes(self, was: Was) -> list[Recipe]:
        test = is_so(was.id, '"Running":false', f'"StartedAt":"{was.started}"')
        return [Recipe(test, post(f"/containers/{was.id}/start"))]

    @override
    def reverts(self) -> str:
        return "start it again"


@dataclass(frozen=True, slots=True)
class Stop(_Gone):
    """It is asked to end, and killed after `grace`."""

    grace: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"grace": _GRACE}

    @override
    def apply(self, engine: Engine, was: Was) -> None:
        self.as_planned(engine, was)
        engine.stop(was.id, self.grace)


@dataclass(frozen=True, slots=True)
class Kill(_Gone):
    """It is killed, as by kill -9."""

    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def apply(self, engine: Engine, was: Was) -> None:
        if self.as_planned(engine, was)["State"]["Running"]:
            engine.kill(was.id)


@dataclass(frozen=True, slots=True)
class Restart(_Gone):
    """It ends and begins again: connections break, what it kept in memory is lost, and it takes its time to be back.
    Done once; nothing of it is left to put back, unless it was cut off in the middle."""

    grace: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"grace": _GRACE}

    @override
    def apply(self, engine: Engine, was: Was) -> None:
        if not was.restarted(engine.inspect(was.id)):
            engine.restart(was.id, self.grace)

    @override
    def stands(self, engine: Engine, now: Inspected, was: Was) -> bool:
        del engine
        return was.restarted(now)

    @override
    def to_undo(self, engine: Engine, now: Inspected, was: Was, *, noted: bool) -> bool:
        del noted
        return _Gone.stands(self, engine, now, was)

    @override
    def left(self, now: Inspected, was: Was) -> str:
        """It was started again by us."""
        return was.ended(now)

    @override
    def reverts(self) -> str:
        return "nothing: it runs again; started if it does not"
