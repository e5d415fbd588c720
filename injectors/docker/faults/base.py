"""Base classes of the kinds of fault on a container, for the two ways of applying one.

*By the engine* (pause, stop, disconnect): the engine cannot revert such a fault by itself, so a guardian container may
stand by with a recipe. *By a sidecar*: a container of the drill applies the fault, holds a lease, and reverts it at
the end of the lease (rules in the target's network, values in its cgroup, a file on its volume).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from typing_extensions import override

from gameday.injectors.docker import container_preconditions
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.guardian_container import GuardianRecipe
from gameday.injectors.docker.sidecar_script import HostOptions, SidecarScript, sandbox_in_network
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.model import Json
from gameday.plugins.parameters import Params


class ForeignChange(Exception):
    """Change by somebody else that a revert leaves as it is; the text says what it is."""


_IN_USE = "its port or address is in use now"
_RESTORE_OBSTACLES = {
    ("port is already allocated",): _IN_USE, ("address already in use",): _IN_USE,
    ("cannot link to",): "a container that it is linked to is not running",
    ("bind source path",): "a folder that it mounts no longer exists",
    ("network ", "not found"): "a network that it was in no longer exists",
}  # fmt: skip
"""Changes of others that keep a container from being restored, by words of the engine's error, all of which match."""


def restore_obstacle(error: EngineError) -> str:
    """Return which change of others keeps a container from being restored; empty for an error that may pass."""
    text = str(error).lower()
    return next((reason for words, reason in _RESTORE_OBSTACLES.items() if all(word in text for word in words)), "")


Inspected = Mapping[str, Any]
"""Inspection of a container, as `docker inspect` shows it."""


class FaultKind(Params):
    """One kind of fault on a container."""

    __slots__ = ()
    affects_network: ClassVar[bool] = False
    """True if it affects every container that shares the network."""

    def capture_state(self, now: Inspected) -> dict[str, Json]:
        """Return the state that a revert restores. Raises Refused where it could not be restored."""
        del now
        return {}

    def filled_volume(self, snapshot: ContainerSnapshot) -> str:
        """Return the volume, or path of the engine's machine, that it fills; empty for none."""
        del snapshot
        return ""

    def describe_revert(self) -> str:
        """Return how it is reverted, for a person."""
        raise NotImplementedError

    def trial_script(self) -> SidecarScript | None:
        """Return a script whose `apply_fault` fails where the kernel cannot do this kind; None where every kernel can.

        It runs in a container of its own, with a network of its own."""
        return None

    def alternative(self) -> str:
        """Return what could be used where the kernel cannot do it."""
        return ""


class EngineFaultKind(FaultKind):
    """Fault that the engine applies. All calls raise EngineError."""

    __slots__ = ()
    revert_starts_container: ClassVar[bool] = False
    """True if a revert starts the container: then its start time does not tell who started it."""
    revert_is_idempotent: ClassVar[bool] = False
    """True if the engine refuses to revert an absent fault and changes nothing: then nothing is inspected first."""

    def apply(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        raise NotImplementedError

    def is_present(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot) -> bool:
        """Return True if the container is as the fault left it."""
        raise NotImplementedError

    def may_be_present(self, state: str) -> bool:
        """Return True if a container in this state, as listed (running, paused, exited), could carry the fault."""
        del state
        return True

    def needs_revert(self, engine: EngineApi, now: Inspected, snapshot: ContainerSnapshot, *, has_marker: bool) -> bool:
        """Return True if there is something to revert. `has_marker`: the fault's marker container exists."""
        del has_marker
        return self.is_present(engine, now, snapshot)

    def is_unobservable(self) -> bool:
        """Return True if only the marker container shows the fault; without one it is reverted without checking."""
        return False

    def revert_container(self, engine: EngineApi, snapshot: ContainerSnapshot) -> None:
        """Revert the fault on one container. Raises ForeignChange too."""
        raise NotImplementedError

    def foreign_change(self, now: Inspected, snapshot: ContainerSnapshot) -> str:
        """Return what somebody else changed meanwhile; empty when nothing."""
        return snapshot.foreign_change(now) or snapshot.stopped_note(now)

    def guardian_recipes(self, snapshot: ContainerSnapshot) -> list[GuardianRecipe]:
        """Return what a guardian container tests and does for one container."""
        raise NotImplementedError


def guardian_recipes(
    kind: EngineFaultKind, snapshots: Sequence[ContainerSnapshot], tools: str, socket: str
) -> list[GuardianRecipe]:
    """Return the recipes for all containers; empty where no guardian container is allowed, or has nothing to do."""
    if not tools or not socket:
        return []
    return [recipe for snapshot in snapshots for recipe in kind.guardian_recipes(snapshot)]


class SidecarFaultKind(FaultKind):
    """Fault that sidecars apply, one for each container of the target."""

    __slots__ = ()
    gone_when_target_stops: ClassVar[bool] = True
    """True if nothing is left of it once the target has stopped."""
    may_be_renamed: ClassVar[bool] = False
    """True if somebody may rename or replace what it leaves; a revert then asks for that, and keeps it."""
    may_kill_target: ClassVar[bool] = False
    """True if the target may stop because of it; a revert then starts it again."""

    def script(self, marker: str, snapshot: ContainerSnapshot) -> SidecarScript:
        raise NotImplementedError

    def sandbox(self, snapshot: ContainerSnapshot) -> HostOptions:
        """Return what the sidecar may access."""
        raise NotImplementedError

    def markers(self, marker: str, snapshot: ContainerSnapshot) -> list[Json]:
        """Return what shows the fault on the target, so that an adjusted fault may replace it."""
        del marker, snapshot
        return []


class NetworkFaultKind(SidecarFaultKind):
    """Fault in the container's network, by a sidecar that may administer that network and nothing else."""

    __slots__ = ()
    affects_network = True

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        container_preconditions.require_own_network(now)
        return {}

    @override
    def sandbox(self, snapshot: ContainerSnapshot) -> HostOptions:
        return sandbox_in_network(f"container:{snapshot.id}")

    @override
    def alternative(self) -> str:
        return "use the injector toxiproxy, with a proxy in front of the target"

    @override
    def describe_revert(self) -> str:
        return "remove the drill's rules and queues from the container's network"
