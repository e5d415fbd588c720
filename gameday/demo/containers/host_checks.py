"""Checks before the stack starts: a local engine of the same platform, with the published ports free.

The image is built from this machine's own files, and the ports are published on the engine's own 127.0.0.1.
"""

from __future__ import annotations

import platform
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gameday.demo.containers.services import SERVICES, Service
from gameday.errors import Refused

if TYPE_CHECKING:
    import docker

_ARCHITECTURE_ALIASES = {"amd64": "x86_64", "arm64": "aarch64"}
_USE_COMPOSE = "Use examples/compose there with `docker compose`, or set DOCKER_HOST to a local engine."


def require_local_engine(url: str) -> None:
    """Refuse an engine on another machine, where the shop's ports would not be on this one."""
    parts = urlsplit(url)
    if parts.scheme not in ("tcp", "http", "https", "ssh"):
        return  # a local socket, or an address that the engine client refuses by itself
    local_names = ("localhost", "127.0.0.1", "::1", socket.gethostname().casefold())
    if parts.scheme == "ssh" or (parts.hostname or "") not in local_names:
        raise Refused(
            f"the engine at {url} is on another machine, but the demo image is built from this machine's files",
            _USE_COMPOSE,
        )


def require_same_platform(engine: docker.DockerClient) -> None:
    """Refuse an engine whose containers cannot run this machine's programs."""
    info = engine.info()
    names = (str(info.get("Architecture", "")), platform.machine())
    engine_arch, host_arch = (_ARCHITECTURE_ALIASES.get(name, name) for name in names)
    system = str(info.get("OSType") or "linux")
    if system != "linux" or (engine_arch and engine_arch != host_arch):
        raise Refused(
            f"the engine runs {system} on {engine_arch}, but the demo image is built for {host_arch}",
            _USE_COMPOSE,
        )


def require_free_ports(engine: docker.DockerClient) -> None:
    """Refuse if a port of the stack is in use."""
    for service in SERVICES:
        for port, _ in service.ports:
            if _is_in_use(port):
                raise _port_error(engine, service, port)


def _is_in_use(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection in TIME_WAIT does not hold the port
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _port_error(engine: docker.DockerClient, service: Service, port: int) -> Refused:
    holders = [str(container.name) for container in engine.containers.list(filters={"publish": str(port)})]
    wrong = f"port 127.0.0.1:{port} (for the demo's {service.name}) is in use"
    if holders:
        names = " ".join(holders)
        return Refused(f"{wrong} by container {names}", f"Stop it (docker stop {names}), then try again.")
    return Refused(wrong, f"Find the process (ss -ltnp 'sport = :{port}'), stop it, then try again.")
