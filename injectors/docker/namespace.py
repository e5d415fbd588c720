"""The network namespace of a container, which a side container of ours shares."""

from __future__ import annotations

from typing_extensions import override

from gameday.injectors.docker import refusals
from gameday.injectors.docker.found import Was
from gameday.injectors.docker.kind import BySide, Inspected
from gameday.injectors.docker.room import Room, in_network
from gameday.model import Json


class InNetwork(BySide):
    """Made in the container's network by a side container that may administer that network, and nothing else."""

    __slots__ = ()
    of_network = True

    @override
    def before(self, now: Inspected) -> dict[str, Json]:
        refusals.without_network(now)
        return {}

    @override
    def room(self, was: Was) -> Room:
        return in_network(f"container:{was.id}")

    @override
    def instead(self) -> str:
        return "the injector toxiproxy can do it, on a proxy before the target"

    @override
    def reverts(self) -> str:
        return "remove ours from the container's network"
