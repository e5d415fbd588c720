"""Refusals of what could not be restored, or would affect others too. Each raises Refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from gameday.errors import Refused
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.marker_labels import MARKER_LABEL
from gameday.injectors.docker.target_containers import name_in_inspection, name_in_listing

_PAUSE = "Or pause it: kind: pause."


def require_own_network(now: Mapping[str, Any]) -> None:
    """Refuse a container without a network, or with another container's."""
    mode = str(now["HostConfig"]["NetworkMode"])
    if mode in ("host", "none") or mode.startswith("container:"):
        raise Refused(
            f"container {name_in_inspection(now)} does not have its own network (network mode {mode})",
            "A fault there would affect other containers too, or none.",
        )
    if not now["NetworkSettings"]["Networks"]:
        raise Refused(
            f"container {name_in_inspection(now)} is in no network", "Connect it first: see `docker network connect`."
        )


def require_unshared_network(engine: EngineApi, inspections: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a container whose network other containers share (`--network container:NAME`)."""
    listed = engine.containers([])
    for now in inspections:
        mode = f"container:{now['Id']}"
        others = [
            container
            for container in listed
            if container["HostConfig"]["NetworkMode"] == mode and MARKER_LABEL not in container["Labels"]
        ]
        if others:
            names = ", ".join(sorted(name_in_listing(container) for container in others))
            raise Refused(
                f"container {name_in_inspection(now)} shares its network with {names}, which would be affected too",
                _PAUSE,
            )


def require_unshared_volume(engine: EngineApi, sources: Collection[str], but: Collection[str]) -> None:
    """Refuse a volume that other containers mount too. `but`: ids of the target's containers."""
    paths = {str(container["Name"]): _paths_of(container) for container in engine.volumes()}
    for container in engine.containers([]):
        if container["Id"] in but or MARKER_LABEL in container["Labels"]:
            continue
        mounts = [str(mount.get("Name") or mount.get("Source", "")) for mount in container.get("Mounts") or []]
        other_paths = [path for mount in mounts for path in paths.get(mount, (mount,))]
        if shared := [source for source in sources if _paths_overlap(paths.get(source, (source,)), other_paths)]:
            wrong = f"{shared[0]} is also mounted by {name_in_listing(container)} and would be full for both"
            raise Refused(wrong, "Choose a path on a volume that no other container mounts.")


def _paths_of(volume: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where a volume is on the engine's machine: a folder may be a volume under another name."""
    device = str((volume.get("Options") or {}).get("device", ""))
    return (str(volume["Mountpoint"]), *([device] if device.startswith("/") else []))


def _paths_overlap(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return True if a path of one equals, contains or is in a path of the other."""
    pairs = ((PurePosixPath(path), PurePosixPath(other)) for path in first for other in second)
    return any(path.is_relative_to(other) or other.is_relative_to(path) for path, other in pairs)


def require_ipv4_only(now: Mapping[str, Any]) -> None:
    """Refuse a container with an IPv6 address: rules for IPv4 would leave it reachable."""
    if any(net.get("GlobalIPv6Address") for net in now["NetworkSettings"]["Networks"].values()):
        raise Refused(
            f"container {name_in_inspection(now)} has an IPv6 address, and the rules cover IPv4 only",
            f"Disconnect it. {_PAUSE}",
        )


def require_no_auto_remove(now: Mapping[str, Any]) -> None:
    """Refuse a container that was started with --rm."""
    if now["HostConfig"]["AutoRemove"]:
        wrong = f"container {name_in_inspection(now)} is removed when it stops (--rm), so it could not be restored"
        raise Refused(wrong, _PAUSE)


def require_fixed_ports(now: Mapping[str, Any], back: str) -> None:
    """Refuse published ports that would differ afterwards. `back`: what a revert would do."""
    host = now["HostConfig"]
    chosen = [port for port, bound in (host["PortBindings"] or {}).items() if _by_the_engine(bound)]
    if host.get("PublishAllPorts"):
        chosen += [port for port in now["NetworkSettings"]["Ports"] or {} if port not in (host["PortBindings"] or {})]
    if chosen:
        wrong = f"container {name_in_inspection(now)} publishes {', '.join(chosen)} on a port that the engine chose"
        raise Refused(f"{wrong}; {back}, it would get a different one", f"Publish a fixed port. {_PAUSE}")


def _by_the_engine(bound: Sequence[Mapping[str, str]] | None) -> bool:
    """Return True if the engine picks the host port, also from a range."""
    return any(binding.get("HostPort") in ("", "0", None) or "-" in binding["HostPort"] for binding in bound or [])
