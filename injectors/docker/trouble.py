"""What an engine that cannot be asked, or says no, comes to."""

from __future__ import annotations

from gameday.injectors.docker.unreachable import Unreachable


class EngineTrouble(Exception):
    """The engine cannot be asked, or said no. `todo`: what a person could do about it."""

    def __init__(self, why: str, *, todo: str = "") -> None:
        super().__init__(why)
        self.todo = todo


class NotThere(EngineTrouble):
    """No such container, network, image or volume."""


class Conflict(EngineTrouble):
    """The engine refuses in this state: taken name, paused, not running, already so."""


def trouble(found: Unreachable) -> EngineTrouble:
    return EngineTrouble(found.why, todo=found.todo)
