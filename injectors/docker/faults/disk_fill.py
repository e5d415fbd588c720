"""Fault that fills a container's volume with one file of bounded size."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.docker import container_preconditions
from gameday.injectors.docker.faults.base import Inspected, SidecarFaultKind
from gameday.injectors.docker.sidecar_script import HostOptions, SidecarScript, sandbox_with_mount
from gameday.injectors.docker.target_containers import ContainerSnapshot, name_in_inspection
from gameday.model import Json
from gameday.plugins.parameters import Parameter, size_parameter, text_parameter
from gameday.plugins.types import ParamProblem

MAX_DEPTH = 3
"""Depth to which a volume is searched for the file: some volumes hold millions."""
RESERVED_KB = 1_000_000
"""Kilobytes that stay free on the engine's own disk: a full one would affect more than the target."""
_DF = """\
free_kb() { set -- $(df -Pk "$1" | tail -n 1); echo $(($4 * 1024 / 1000)); }
total_blocks() { set -- $(df -Pk "$1" | tail -n 1); echo "$2"; }
"""
"""df counts in blocks of 1024 bytes. A filesystem as large as the engine's own disk is taken to be that disk."""
_SMALLEST_KB = 64
"""Kilobytes of the smallest file that could be ours under another name."""
_MAX_CANDIDATES = 200
"""Most files that are searched for a smaller file of the fault: a database has thousands of files."""
_OWN_FILES = """\
is_own() {{ [ ! -s "$1" ] || [ "$(head -c 15 "$1" 2>/dev/null | tr -d '\\000')" = {marker} ]; }}
own_files() {{ while read -r name; do is_own "$name" && echo "$name"; done; }}
"""
"""Our file begins with its marker: so it is known under another name, and another file under its name is not ours."""


@dataclass(frozen=True, slots=True)
class DiskFull(SidecarFaultKind):
    """Fault that takes `size` of the free space at `path`, or all where there is less.

    The path is on a volume or a mounted folder: a sidecar cannot reach the container's own layer."""

    kind = "disk-full"
    effect = "A file fills this much of a volume or mounted folder, or all of it if less is free."
    note = "The file is removed."

    path: str
    size: int
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "path": text_parameter("a path in the container, such as /var/lib/postgresql/data"),
        "size": size_parameter("1MB", "100GB"),
    }
    gone_when_target_stops = False
    may_be_renamed = True
    may_kill_target = True

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or ".." in PurePosixPath(self.path).parts:
            raise ParamProblem("path", f"{self.path!r} is not an absolute path in the container")

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        container_preconditions.require_no_auto_remove(now)
        path = PurePosixPath(self.path)
        mounts = [mount for mount in now["Mounts"] if mount["Type"] in ("volume", "bind")]
        candidates = [mount for mount in mounts if path.is_relative_to(mount["Destination"])]
        if not candidates:
            mounted = ", ".join(sorted(mount["Destination"] for mount in mounts))
            raise Refused(
                f"{self.path} is not on a volume of container {name_in_inspection(now)}",
                f"Use a path on one of its volumes: {mounted}." if mounted else "The container has no volumes.",
            )
        mount = max(candidates, key=lambda mount: len(mount["Destination"]))
        if not mount["RW"]:
            raise Refused(f"{mount['Destination']} of container {name_in_inspection(now)} is mounted read-only")
        source = mount["Name"] if mount["Type"] == "volume" else mount["Source"]
        return {"source": source, "below": str(path.relative_to(mount["Destination"]))}

    @override
    def filled_volume(self, snapshot: ContainerSnapshot) -> str:
        return str(snapshot.saved_state["source"])

    @override
    def sandbox(self, snapshot: ContainerSnapshot) -> HostOptions:
        return sandbox_with_mount(str(snapshot.saved_state["source"]), "/volume")

    @override
    def script(self, marker: str, snapshot: ContainerSnapshot) -> SidecarScript:
        below = PurePosixPath(str(snapshot.saved_state["below"]))
        folder = shlex.quote(str(PurePosixPath("/volume") / below))
        file, named = f"{folder}/.{marker}", shlex.quote(self.path)
        depth = max(len(below.parts), MAX_DEPTH) + 1
        # also in a folder that somebody renamed
        moved = f"find /volume -xdev -maxdepth {depth} -type f \\( -name .{marker} -o -name .{marker}.part \\)"
        sized = f"find /volume -xdev -maxdepth {depth} -type f -size"
        renamed = f"{{ {sized} {self.size // 1000}000c; {sized} +{_SMALLEST_KB}k | head -n {_MAX_CANDIDATES}; }}"
        left = f'"on the volume of" {named} "and was left there"'
        return SidecarScript(
            before=f"{_DF}{_OWN_FILES.format(marker=marker)}",
            check_presence=f"""\
[ -e {file} ] && is_own {file} && return 0
[ -n "$({moved} | own_files | head -n 1)" ] && return 2
name=$({renamed} | own_files | head -n 1)
[ -n "$name" ] && echo "its file was renamed by someone else to $name" {left} && return 4
name=$({moved} | head -n 1)
[ -n "$name" ] && echo "its file was replaced by someone else: $name is" {left} && return 4
return 1""",
            revert_fault=f'{moved} | own_files | while read -r own; do rm -f "$own"; done',
            apply_fault=f"""\
[ -d {folder} ] || {{ echo {named} "is not a folder"; return 1; }}
case $(cd {folder} && pwd -P)/ in /volume/*) ;; *) echo {named} "is outside the volume"; return 1 ;; esac
size={self.size // 1000} free=$(free_kb {folder})
[ "$size" -gt "$free" ] && size=$free
if [ "$(total_blocks /)" = "$(total_blocks {folder})" ] && [ $((free - size)) -lt {RESERVED_KB} ]; then
  echo {named} "is on the engine's own disk, which would have less than 1 GB free: choose a smaller size"
  return 1
fi
[ -e {file} ] && return 0
{{ echo {marker} >{file}.part; }} 2>/dev/null || : >{file}.part || return 1
fallocate -l "${{size}}000" {file}.part 2>/dev/null ||
  dd if=/dev/zero of={file}.part bs=1000 seek=1 count="$size" conv=notrunc 2>/dev/null ||
  [ "$(free_kb {folder})" -lt 64 ] || return 1
mv {file}.part {file}""",
        )

    @override
    def describe_revert(self) -> str:
        return "remove the file"
