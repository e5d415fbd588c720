"""The example image: its flags start the server, and testcontainers' Toxiproxy module works with it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from support.available_engines import go_module, require_marker
from support.proxy import PATIENCE

from gameday.demo.containers.image import PYTHON, build_context

DOCKERFILE = Path(__file__).parents[2] / "examples/proxy/Dockerfile"
MODULE = Path(__file__).parent / "testcontainers_module"
BUILDING = 400.0
"""Seconds; the first build of the module on a busy machine."""


def command_of(dockerfile: str) -> list[str]:
    """Return the entry point with the default arguments."""
    joined = dockerfile.replace("\\\n", "")
    return [word for key in ("ENTRYPOINT", "CMD") for word in json.loads(_line(joined, key))]


def test_command_of_image_starts_server_that_other_machines_reach() -> None:
    _python, *arguments = command_of(DOCKERFILE.read_text())
    line = [sys.executable, *arguments, "-port", "0"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        assert url.startswith("http://0.0.0.0:")
        host = {"Host": "toxiproxy:8474"}
        answer = httpx.get(url.replace("0.0.0.0", "127.0.0.1") + "/version", headers=host, timeout=PATIENCE)
        assert answer.json()["gameday"] is True
        process.terminate()
        assert process.wait(PATIENCE) == 0


@pytest.fixture
def image() -> Iterator[str]:
    """Build the example image on a base of this machine's own Python: no registry is needed."""
    require_marker("docker")
    docker = pytest.importorskip("docker").from_env()
    base, name = f"gameday-proxy-base:{uuid4().hex[:8]}", f"gameday-proxy:{uuid4().hex[:8]}"
    instructions = DOCKERFILE.read_text().partition("\nUSER ")[2].replace('"python"', f'"{PYTHON}"')
    docker.images.build(fileobj=io.BytesIO(build_context()), custom_context=True, tag=base, rm=True)
    try:
        context = _context(f"FROM {base}\nUSER {instructions}")
        docker.images.build(fileobj=context, custom_context=True, tag=name, rm=True)
        yield name
    finally:
        for tag in (name, base):
            if docker.images.list(tag):
                docker.images.remove(tag, force=True)


@pytest.mark.engine("docker")
@pytest.mark.engine("go")
def test_testcontainers_module_works_unchanged(image: str) -> None:
    go = go_module(MODULE)
    environment = {
        "GAMEDAY_PROXY_IMAGE": image,
        "TESTCONTAINERS_RYUK_DISABLED": "true",
        "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1",
    }
    ran = subprocess.run(
        [go, "test", "-count=1", "./..."], cwd=MODULE, env={**os.environ, **environment}, capture_output=True,
        text=True, timeout=BUILDING, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "no test files" not in ran.stdout


def _line(dockerfile: str, key: str) -> str:
    [found] = re.findall(rf"^{key} (.*)$", dockerfile, re.MULTILINE)
    return str(found)


def _context(dockerfile: str) -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(dockerfile)
        tar.addfile(entry, io.BytesIO(dockerfile.encode()))
    buffer.seek(0)
    return buffer
