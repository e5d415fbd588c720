"""Where the stack can be made: on an engine of this machine and of its kind, with the ports free that it publishes.

The image is made of this machine's own files, and the shop's ports are published on the engine's own 127.0.0.1.
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

_SAME = {"amd64": "x86_64", "arm64": "aarch64"}
_COMPOSE = "Use examples/compose there with `docker compose`, or name an engine of this machine with DOCKER_HOST."


def refuse_elsewhere(url: str) -> None:
    """Raises Refused for an engine on another machine: there is no shop at this one's ports then."""
    parts = urlsplit(url)
    if parts.scheme not in ("tcp", "http", "https", "ssh"):
        return  # a socket of this machine's, or nothing that leads anywhere
    here = ("localhost", "127.0.0.1", "::1", socket.gethostname().casefold())
    if parts.scheme == "ssh" or (parts.hostname or "") not in here:
        raise Refused(f"the engine at {url} is on another machine, and the demo is made of this one's files", _COMPOSE)


def refuse_other_kind(engine: docker.DockerClient) -> None:
    """Raises Refused for an engine whose containers could not run this machine's programs."""
    told = engine.info()
    theirs, ours = (_SAME.get(one, one) for one in (str(told.get("Architecture", "")), platform.machine()))
    system = str(told.get("OSType") or "linux")
    if system != "linux" or (theirs and theirs != ours):
        raise Refused(
            f"the engine runs {system} on {theirs}, and the demo is made of this machine's programs, for {ours}",
            _COMPOSE,
        )


def refuse_taken(engine: docker.DockerClient) -> None:
    """Raises Refused where somebody listens at a port of the stack's."""
    for service in SERVICES:
        for port, _ in service.ports:
            if _taken(port):
                raise _by_whom(engine, service, port)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that is closed already is nobody's
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _by_whom(engine: docker.DockerClient, service: Service, port: int) -> Refused:
    holders = [str(one.name) for one in engine.containers.list(filters={"publish": str(port)})]
    wrong = f"port {port} of 127.0.0.1, at which the demo's {service.name} would be, is taken"
    if holders:
        named = " ".join(holders)
        return Refused(f"{wrong} by the container {named}", f"Stop it (docker stop {named}), then the same again.")
    return Refused(wrong, f"See who listens there (ss -ltnp 'sport = :{port}'), end that, then the same again.")
