"""A real Docker engine for tests: the one that is here, and one of a test's own that may be stopped and restarted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

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
        """What it prints; any exit code will do where `code` is None."""
        done = subprocess.run(
            ["docker", "-H", self.url, *words], capture_output=True, text=True, timeout=60, check=False
        )
        assert code is None or done.returncode == code, (words, done.stderr)
        return done.stdout.strip()

    def answers(self) -> bool:
        done = subprocess.run(["docker", "-H", self.url, "info"], capture_output=True, timeout=30, check=False)
        return done.returncode == 0


def docker_here() -> Docker:
    """The engine at DOCKER_HOST or the usual socket, with the two images in it; skips or fails without."""
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
    """A dockerd of the test's own, beside the one that is here: it may be ended, stopped and started again. In a
    network of its own: two of them in one would take each other's bridge away."""

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
        """It answers nobody, and its containers run on."""
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
