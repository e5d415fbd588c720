"""One container as the target of the Docker injector, and what is done to it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.container_drill import look
from support.docker import HTTPD, TOOLS, Containers, Docker, docker_here

from gameday.errors import Refused
from gameday.injectors.docker import DockerInjector
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import Deadline, Intent

INJECTOR = DockerInjector()
DRILL = "gd-abcd"


def soon() -> Deadline:
    return Deadline.after(8.0)


@dataclass
class Box:
    """One container, and what is done to it."""

    docker: Docker
    name: str
    more: dict[str, Json] = field(default_factory=dict)
    without: str = ""

    @property
    def binding(self) -> Binding:
        settings: dict[str, Json] = {"engine": self.docker.url, "tools": TOOLS, "exec": True, **self.more}
        if "labels" not in settings:
            settings["container"] = self.name
        settings.pop(self.without, None)
        return Binding(self.name, "web", "docker", settings, {"web": settings, **self.others})

    others: dict[str, dict[str, Json]] = field(default_factory=dict)

    def plan(self, kind: str, **params: Json) -> Intent:
        return INJECTOR.plan(Fault("f", kind, "web", params), self.binding, DRILL + secrets.token_hex(4), soon())

    def strays(self) -> list[Intent]:
        """Return the leftovers; the deadline is long because each check starts a sidecar."""
        return INJECTOR.leftovers(self.binding, Deadline.after(30.0))

    def ours(self, intent: Intent) -> str:
        """Our containers of it."""
        return self.docker("ps", "-aq", "--filter", f"label=gameday.marker={intent.marker}")

    def shown(self) -> dict[str, Any]:
        return look(self.docker, self.name)

    def refusal(self, kind: str, **params: Json) -> str:
        with pytest.raises(Refused) as refused:
            self.plan(kind, **params)
        return f"{refused.value.wrong} {refused.value.todo}"


@pytest.fixture(scope="session")
def docker() -> Docker:
    return docker_here()


@pytest.fixture
def containers(docker: Docker) -> Iterator[Containers]:
    """Create the other containers of a test, and remove them after it."""
    containers = Containers(docker)
    yield containers
    containers.remove()


@dataclass(frozen=True)
class Subnet:
    """A network with fixed addresses, and one of them."""

    name: str
    address: str


@pytest.fixture
def network(containers: Containers) -> str:
    return containers.add_network()


@pytest.fixture
def subnet(containers: Containers) -> Subnet:
    prefix = f"10.213.{secrets.randbelow(256)}"
    return Subnet(containers.add_network(f"{prefix}.0/24"), f"{prefix}.77")


@pytest.fixture
def make(docker: Docker, containers: Containers) -> Callable[..., Box]:
    """Containers for one test. `options`: those of docker-py; `settings`: those of the target."""

    def make(options: Mapping[str, Any] | None = None, **settings: Json) -> Box:
        name = f"gdt-{secrets.token_hex(4)}"
        given = dict(options or {})
        volumes = {name: "/data", **given.pop("volumes", {})}
        containers.start(HTTPD, name, volumes=volumes, **given)
        return Box(docker, name, settings)

    return make


@pytest.fixture
def box(make: Callable[..., Box]) -> Box:
    return make()
