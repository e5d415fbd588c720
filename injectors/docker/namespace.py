"""The network namespace of a container, which a side container of ours shares."""

from __future__ import annotations

from gameday.errors import Refused
from gameday.injectors.docker.found import Was, name_of
from gameday.injectors.docker.kind import BySide, Inspected
from gameday.injectors.docker.room import Room, in_network
from gameday.model import Json


class InNetwork(BySide):
    """Made in the container's network by a side container that may administer that network, and nothing else."""

    __slots__ = ()

    def before(self, now: Inspected) -> dict[str, Json]:
        mode = str(now["HostConfig"]["NetworkMode"])
        if mode in ("host", "none") or mode.startswith("container:"):
            raise Refused(
                f"container {name_of(now)} has no network of its own (network mode {mode})",
                "A fault there would hit others too, or nobody.",
            )
        return {}

    def room(self, was: Was) -> Room:
        return in_network(f"container:{was.id}")

    def instead(self) -> str:
        return "the injector toxiproxy can do it, on a proxy before the target"

    def reverts(self) -> str:
        return "remove ours from the container's network"
