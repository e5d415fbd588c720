"""A real Docker engine for tests, its containers, and an engine of a test's own that may be stopped and restarted."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.available_engines import missing

TOOLS = "gameday-tools:1"
PLAIN = "gameday-test/busybox:1"
_BUILD = Path(__file__).parents[2] / "examples" / "tools" / "build-local"


class Docker:
    """The `docker` command at one engine: not our own client, which is what is tested."""

    def __init__(self, url: str = "") -> None:
        self.url = url or os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        self.socket = self.url.removeprefix("unix://")

    def __call__(self, *words: str, code: int | None = 0) -> str:
        """Return the output; `code` None accepts any exit code."""
        done = subprocess.run(
            ["docker", "-H", self.url, *words], capture_output=True, text=True, timeout=60, check=False
        )
        assert code is None or done.returncode == code, (words, done.stderr)
        return done.stdout.strip()

    def answers(self) -> bool:
        done = subprocess.run(["docker", "-H", self.url, "info"], capture_output=True, timeout=30, check=False)
        return done.returncode == 0


def docker_here() -> Docker:
    """Return the engine at DOCKER_HOST or the usual socket, with the two images loaded; skip or fail without one."""
    docker = Docker()
    if shutil.which("docker") is None or not docker.answers():
        missing("docker", f"no Docker engine answers at {docker.url}")
    images = docker("images", "--format", "{{.Repository}}:{{.Tag}}").split()
    if TOOLS not in images:
        built = subprocess.run([str(_BUILD), TOOLS], capture_output=True, text=True, timeout=120, check=False)
        if built.returncode != 0:
            missing("docker", f"no tools image: {built.stderr.strip()[-300:]}")
    return docker


class OwnEngine:
    """A second dockerd that a test may end, suspend and start again.

    It has a network namespace of its own: two engines in one namespace would delete each other's bridge.
    """

    def __init__(self, images_of: Docker) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gd-e", dir="/tmp"))
        self.docker = Docker(f"unix://{self._folder}/docker.sock")
        self.start()
        saved = subprocess.run(
            ["docker", "-H", images_of.url, "save", TOOLS], capture_output=True, timeout=60, check=True
        )
        subprocess.run(
            ["docker", "-H", self.docker.url, "load"], input=saved.stdout, capture_output=True, timeout=60, check=True
        )

    def start(self) -> None:
        folder, quiet = self._folder, subprocess.DEVNULL
        self.process: subprocess.Popen[Any] = subprocess.Popen(
            ["unshare", "--net", "dockerd", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec",
             "-H", self.docker.url, "--pidfile", f"{folder}/pid", "--bridge", "none", "--iptables=false",
             "--ip-forward=false"],
            stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + 60
        while not self.docker.answers():
            assert self.process.poll() is None and time.monotonic() < until, "no engine of the test's own"
            time.sleep(0.05)

    def restart(self) -> None:
        """As an upgrade does it: its containers end with it, and come back if their policy says so."""
        self.process.terminate()
        self.process.wait(60)
        self.start()

    def stop(self) -> None:
        """Suspend the engine: it does not respond, and its containers keep running."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self.go_on()
        for name in self.docker("ps", "-aq").split():
            self.docker("rm", "-f", name, code=None)
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self._folder, ignore_errors=True)


def own_engine(images_of: Docker) -> OwnEngine:
    """Skips or fails where this machine cannot have one."""
    if shutil.which("dockerd") is None or os.geteuid() != 0:
        missing("docker", "an engine of the test's own needs dockerd, and root")
    return OwnEngine(images_of)


if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # its reaper is an image from a registry
os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
HTTPD = ("httpd", "-f", "-h", "/data")
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
        """Start a container of the tools image and return its name.

        `volumes`: name or path to the mount point, `:ro` for read-only; `options`: those of docker-py, such as
        `network` and `mem_limit`.
        """
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
