"""A volume of a container filled up: one file of ours on it, bounded, removed at the end."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from typing_extensions import override

from gameday.errors import Refused
from gameday.injectors.docker import preconditions
from gameday.injectors.docker.discovery import ContainerSnapshot, name_in_inspection
from gameday.injectors.docker.faults.base import Inspected, SidecarFaultKind
from gameday.injectors.docker.sandbox import HostOptions, isolated_with_mount
from gameday.injectors.docker.sidecar_script import Script
from gameday.model import Json
from gameday.plugins.parameters import Parameter, size_parameter, text_parameter
from gameday.plugins.types import ParamProblem

DEEP = 3
"""Folders below where a volume is mounted in which a file is looked for: some volumes hold millions."""
LEFT = 1_000_000
"""Kilobytes that stay free on the engine's own disk: a full one would end more than the target."""
_DF = """\
free() { set -- $(df -Pk "$1" | tail -n 1); echo $(($4 * 1024 / 1000)); }
whole() { set -- $(df -Pk "$1" | tail -n 1); echo "$2"; }
"""
"""Free, in kilobytes (df counts in blocks of 1024 bytes); what is as large as the engine's own disk is taken to be
it."""


@dataclass(frozen=True, slots=True)
class DiskFull(SidecarFaultKind):
    """`size` of what is free at `path` is taken, all of it where there is less. The path lies on a volume or a
    mounted folder: what is in the container's own layer goes with the container, and we could not reach it."""

    kind = "disk-full"
    effect = "So much of a volume or mounted folder is taken, all of it where there is less."
    note = "The file is removed."

    path: str
    size: int
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "path": text_parameter("a path in the container, as /var/lib/postgresql/data"),
        "size": size_parameter("1MB", "100GB"),
    }
    gone_when_target_stops = False
    may_kill_target = True

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or ".." in PurePosixPath(self.path).parts:
            raise ParamProblem("path", f"{self.path!r} is no absolute path in the container")

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        preconditions.require_no_auto_remove(now)
        path = PurePosixPath(self.path)
        kept = [one for one in now["Mounts"] if one["Type"] in ("volume", "bind")]
        fit = [one for one in kept if path.is_relative_to(one["Destination"])]
        if not fit:
            mounted = ", ".join(sorted(one["Destination"] for one in kept))
            raise Refused(
                f"{self.path} is on no volume of container {name_in_inspection(now)}",
                f"Name one of them, or a folder on it: {mounted}." if mounted else "It has none that could be filled.",
            )
        one = max(fit, key=lambda mount: len(mount["Destination"]))
        if not one["RW"]:
            raise Refused(
                f"{one['Destination']} of container {name_in_inspection(now)} is mounted read-only: nothing fills it"
            )
        source = one["Name"] if one["Type"] == "volume" else one["Source"]
        return {"source": source, "below": str(path.relative_to(one["Destination"]))}

    @override
    def filled_volume(self, was: ContainerSnapshot) -> str:
        return str(was.saved_state["source"])

    @override
    def sandbox(self, was: ContainerSnapshot) -> HostOptions:
        return isolated_with_mount(str(was.saved_state["source"]), "/there")

    @override
    def script(self, marker: str, was: ContainerSnapshot) -> Script:
        below = PurePosixPath(str(was.saved_state["below"]))
        folder = shlex.quote(str(PurePosixPath("/there") / below))
        file, named = f"{folder}/.{marker}", shlex.quote(self.path)
        # a folder that somebody renamed has it still, and lies as deep
        named_so = f"\\( -name .{marker} -o -name .{marker}.part \\)"
        moved = f"find /there -xdev -maxdepth {max(len(below.parts), DEEP) + 1} -type f {named_so}"
        return Script(
            before=_DF,
            shows=f'[ -e {file} ] && return 0\n[ -n "$({moved} | head -n 1)" ] && return 2\nreturn 1',
            put_back=f"rm -f {file} {file}.part\n{moved} -exec rm -f {{}} \\;",
            apply=f"""\
[ -d {folder} ] || {{ echo {named} "is no folder there"; return 1; }}
case $(cd {folder} && pwd -P)/ in /there/*) ;; *) echo {named} "leads out of the volume"; return 1 ;; esac
size={self.size // 1000} free=$(free {folder})
[ "$size" -gt "$free" ] && size=$free
if [ "$(whole /)" = "$(whole {folder})" ] && [ $((free - size)) -lt {LEFT} ]; then
  echo {named} "is on the engine's own disk, of which less than 1 GB would be left: choose a smaller size"
  return 1
fi
[ -e {file} ] || fallocate -l "${{size}}000" {file}.part 2>/dev/null ||
  dd if=/dev/zero of={file}.part bs=1000 count="$size" 2>/dev/null || [ "$(free {folder})" -lt 64 ] || return 1
[ -e {file} ] || mv {file}.part {file}""",
        )

    @override
    def describe_revert(self) -> str:
        return "remove the file"
