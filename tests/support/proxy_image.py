"""The image of a proxy in the path of a Service, on the real node of a cluster; and pods that serve real traffic."""

from __future__ import annotations

import functools
import io
import os
import subprocess
import tarfile
from contextlib import suppress

import pytest
from support.kubernetes import Kubectl

from gameday.demo.containers.image import PYTHON, build_context, source_digest

_LOAD_TIMEOUT_S = 300.0


def require_real_node(kubectl: Kubectl) -> None:
    """Skip where every node is simulated: no pod of theirs carries traffic."""
    nodes = [node["metadata"]["labels"] for node in kubectl.items("nodes")]
    if not any(labels.get("kubernetes.io/os") == "linux" for labels in nodes):
        pytest.skip("the cluster has no node that runs containers")


def proxy_image(kubectl: Kubectl) -> str:
    """Return an image with gameday that the node has: GAMEDAY_TEST_PROXY_IMAGE, else one from this machine's Python."""
    require_real_node(kubectl)
    if named := os.environ.get("GAMEDAY_TEST_PROXY_IMAGE"):
        return named
    socket = kubectl.kubeconfig.parent / "containerd.sock"
    if not socket.exists():
        pytest.skip(f"no containerd at {socket}: name an image that the nodes have with GAMEDAY_TEST_PROXY_IMAGE")
    return _load_image(str(socket))


@functools.cache
def _load_image(socket: str) -> str:
    """Build the image, unless the node has it already; return its name."""
    name = "/".join(("docker.io", "library", f"gameday-test-proxy:{source_digest()}"))
    containerd = ["ctr", "-a", socket, "-n", "k8s.io", "images"]
    if name in _run(*containerd, "ls", "-q"):
        return name
    docker, docker_errors = pytest.importorskip("docker").from_env(), pytest.importorskip("docker.errors")
    base = f"gameday-test-proxy-base:{source_digest()}"
    docker.images.build(fileobj=io.BytesIO(build_context()), custom_context=True, tag=base, rm=True)
    docker.images.build(fileobj=_context(base), custom_context=True, tag=name, rm=True)
    try:
        content = b"".join(docker.images.get(name).save(named=True))
        subprocess.run([*containerd, "import", "-"], input=content, check=True, timeout=_LOAD_TIMEOUT_S)
    finally:
        for image in (name, base):
            with suppress(docker_errors.ImageNotFound):  # another process built and removed it at the same time
                docker.images.remove(image, force=True)
    return name


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=_LOAD_TIMEOUT_S).stdout


def _context(base: str) -> io.BytesIO:
    """Return a context that adds `python` to the base, as images of the Python project have it."""
    buffer = io.BytesIO()
    dockerfile = f"FROM {base}\nADD links.tar /\nENTRYPOINT []\n".encode()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in (("Dockerfile", dockerfile), ("links.tar", _links())):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    buffer.seek(0)
    return buffer


def _links() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo("bin/python")
        entry.type, entry.linkname = tarfile.SYMTYPE, str(PYTHON)
        tar.addfile(entry)
    return buffer.getvalue()
