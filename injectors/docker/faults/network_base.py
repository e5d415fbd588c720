"""The network namespace of a container, which a side container of ours shares."""

from __future__ import annotations

from typing_extensions import override

from gameday.injectors.docker import preconditions
from gameday.injectors.docker.discovery import ContainerSnapshot
from gameday.injectors.docker.faults.base import Inspected, SidecarFaultKind
from gameday.injectors.docker.sandbox import HostOptions, in_network_namespace
from gameday.model import Json


class InNetwork(SidecarFaultKind):
    """Made in the container's network by a side container that may administer that network, and nothing else."""

    __slots__ = ()
    affects_network = True

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        preconditions.require_own_network(now)
        return {}

    @override
    def sandbox(self, was: ContainerSnapshot) -> HostOptions:
        return in_network_namespace(f"container:{was.id}")

    @override
    def alternative(self) -> str:
        return "the injector toxiproxy can do it, on a proxy before the target"

    @override
    def describe_revert(self) -> str:
        return "remove ours from the container's network"
