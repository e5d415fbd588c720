"""The image of examples/kubernetes for tests, made of this machine's Python and packages; nothing is pulled."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from support.docs_pages import ROOT
from support.kubernetes import Kubectl
from support.proxy_image import require_real_node

import gameday
from gameday.demo.containers import image as demo_image

PACKAGES = demo_image.PACKAGES
DOCKERFILE = f"""\
FROM scratch
COPY . /
USER 1000
WORKDIR /project
ENV PYTHONPATH={PACKAGES} PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 PATH=/bin
ENV HOME=/data GAMEDAY_STORE=/data/store
ENTRYPOINT ["{demo_image.PYTHON}", "-m", "gameday"]
"""
_TIMEOUT_S = 300.0


def gameday_image(kubectl: Kubectl) -> str:
    """Build the image and load it into the real node, unless the node has it; return its name. Skip where it cannot."""
    require_real_node(kubectl)
    if named := os.environ.get("GAMEDAY_TEST_IMAGE"):
        return named
    socket = kubectl.kubeconfig.parent / "containerd.sock"
    if not socket.exists():
        pytest.skip(f"no containerd at {socket}: name an image that the nodes have with GAMEDAY_TEST_IMAGE")
    name, containerd = (
        "/".join(("docker.io", "library", f"gameday-test:{_digest()}")),
        ["ctr", "-a", str(socket), "-n", "k8s.io", "images"],
    )
    listed = subprocess.run([*containerd, "ls", "-q"], capture_output=True, text=True, check=True, timeout=_TIMEOUT_S)
    if name not in listed.stdout.split():
        _build(name, containerd)
    return name


def _build(name: str, containerd: list[str]) -> None:
    docker = pytest.importorskip("docker").from_env()
    with tempfile.TemporaryFile() as context:
        _pack(context)
        context.seek(0)
        built, _ = docker.images.build(fileobj=context, custom_context=True, tag=name, rm=True)
    with tempfile.NamedTemporaryFile() as saved:
        for chunk in built.save(named=True):
            saved.write(chunk)
        saved.flush()
        subprocess.run([*containerd, "import", saved.name], check=True, timeout=_TIMEOUT_S, capture_output=True)
    docker.images.remove(name, force=True)


def _pack(context: IO[bytes]) -> None:
    files = dict(_files())
    files |= {library: library for library in demo_image._libraries(files.values())}
    with tarfile.open(fileobj=context, mode="w", dereference=True) as tar:
        for target, path in files.items():
            tar.add(path, str(target).lstrip("/"), recursive=False, filter=demo_image._make_readable)
        for name, text in {"Dockerfile": DOCKERFILE, "etc/passwd": demo_image.PASSWD, **_metadata()}.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o644
            tar.addfile(entry, io.BytesIO(text.encode()))
        for name in ("data", "project", "tmp"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(entry)


def _files() -> Iterator[tuple[Path, Path]]:
    """Yield the path of each file in the image, and its path here."""
    yield demo_image.PYTHON, demo_image.PYTHON
    yield Path("/bin/sh"), Path("/bin/sh").resolve()
    yield from ((path, path) for path in _below(Path(sysconfig.get_path("stdlib"))))
    for distribution in _distributions():
        for file in distribution.files or ():
            path = Path(str(distribution.locate_file(file)))
            if path.exists() and ".." not in file.parts:
                yield PACKAGES / file, path
    yield from _own_files()


def _project() -> dict[str, Any]:
    """Return the table `project` of pyproject.toml: a checkout need not be installed."""
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"])


def _distributions() -> list[importlib.metadata.Distribution]:
    names = [re.split(r"[^\w.-]", need)[0] for need in _project()["dependencies"]]
    return demo_image._closure([*names, "linkify-it-py"])


def _metadata() -> dict[str, str]:
    """Return the files by which plugins are found, as an installed package has them."""
    groups = [
        f"[{group}]\n" + "\n".join(f"{name} = {value}" for name, value in points.items())
        for group, points in _project()["entry-points"].items()
    ]
    folder = f"{PACKAGES}/gameday-0.dist-info".lstrip("/")
    about = "Metadata-Version: 2.1\nName: gameday\nVersion: 0\n"
    return {f"{folder}/entry_points.txt": "\n".join(groups), f"{folder}/METADATA": about}


def _own_files() -> Iterator[tuple[Path, Path]]:
    """Yield the package's files; a checkout has links in it."""
    root = Path(gameday.__file__).parent
    yield from ((PACKAGES / "gameday" / path.relative_to(root), path) for path in _below(root))


def _below(root: Path) -> Iterator[Path]:
    """Yield the files of a folder, with what is compiled already: programs start sooner."""
    for parent, folders, names in os.walk(root, followlinks=True):
        folders[:] = sorted(set(folders) - demo_image.UNUSED | (set(folders) & {"__pycache__"}))
        yield from (Path(parent) / name for name in sorted(names))


def _digest() -> str:
    digest = hashlib.sha256(f"{sys.version}{DOCKERFILE}".encode())
    for distribution in _distributions():
        digest.update(
            f"{distribution.metadata['Name']} {importlib.metadata.version(distribution.metadata['Name'])}".encode()
        )
    for target, path in _own_files():
        digest.update(b"" if path.suffix == ".pyc" else str(target).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
