"""What an engine that cannot be asked, or says no, comes to."""

from __future__ import annotations

from gameday.injectors.docker.unreachable import ConnectionFailure


class EngineError(Exception):
    """The engine cannot be asked, or said no. `todo`: what a person could do about it."""

    def __init__(self, why: str, *, todo: str = "") -> None:
        super().__init__(why)
        self.todo = todo


class NotFound(EngineError):
    """No such container, network, image or volume."""


class Conflict(EngineError):
    """The engine refuses in this state: taken name, paused, not running, already so."""


def engine_error(found: ConnectionFailure) -> EngineError:
    return EngineError(found.why, todo=found.todo)
