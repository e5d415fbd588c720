"""Containers of a test on a real engine, started by testcontainers and removed with their volumes."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from support.docker import TOOLS, Docker

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # its reaper is an image from a registry
os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
HTTPD = ("httpd", "-f", "-p", "80", "-h", "/data")
SLEEP = ("sleep", "600")


class Containers:
    """The containers and networks of one test on one engine."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker
        self._started: list[DockerContainer] = []
        self._volumes: list[str] = []
        self._networks: list[str] = []

    def start(
        self, command: tuple[str, ...] = SLEEP, name: str = "", *, volumes: Mapping[str, str] | None = None,
        ports: Mapping[str, Any] | None = None, **options: Any,
    ) -> str:  # fmt: skip
        """Start a container of the tools image and return its name. `volumes`: name or path to where it is mounted,
        `:ro` for read-only; `options`: those of docker-py, such as `network` and `mem_limit`."""
        from testcontainers.core.container import DockerContainer

        name = name or f"gdt-{secrets.token_hex(4)}"
        container = DockerContainer(TOOLS, docker_client_kw={"environment": {"DOCKER_HOST": self._docker.url}})
        container.with_name(name).with_command(list(command)).with_kwargs(**options)
        container.ports.update(ports or {})
        for source, mounted in (volumes or {}).items():
            path, _, mode = mounted.partition(":")
            container.with_volume_mapping(source, path, mode or "rw")
            self._volumes += [] if source.startswith("/") else [source]
        self._started.append(container)
        container.start()
        return name

    def add_network(self, subnet: str = "") -> str:
        """Create a network and return its name."""
        name = f"gdt-{secrets.token_hex(4)}"
        self._docker("network", "create", *(["--subnet", subnet] if subnet else []), name)
        self._networks.append(name)
        return name

    def remove(self) -> None:
        """Remove all of it, whatever became of it meanwhile."""
        from docker.errors import APIError

        for container in self._started:
            with suppress(APIError):  # a test may have removed it
                container.stop()
        for volume in self._volumes:
            self._docker("volume", "rm", "-f", volume, code=None)
        for network in self._networks:
            self._docker("network", "rm", network, code=None)


def endpoint(network: str, *, aliases: tuple[str, ...] = (), address: str | None = None) -> dict[str, Any]:
    """Return docker-py's options for a container in `network` with these aliases and this fixed address."""
    from docker.types import EndpointConfig

    config = EndpointConfig("1.40", aliases=list(aliases), ipv4_address=address)
    return {"network": network, "networking_config": {network: config}}


def tmpfs_volume(path: str, size: str) -> Any:
    """Return docker-py's mount of a volume in memory that holds `size`, as in `8m`."""
    from docker.types import DriverConfig, Mount

    return Mount(
        path, None, driver_config=DriverConfig("local", {"type": "tmpfs", "device": "tmpfs", "o": f"size={size}"})
    )
