"""Less of the machine for a container: a value in its cgroup, written and put back by a side container.

The engine's own way (`docker update`) is not taken: it cannot put back that there was no limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.docker import preconditions
from gameday.injectors.docker.discovery import ContainerSnapshot
from gameday.injectors.docker.faults.base import Inspected, SidecarFaultKind
from gameday.injectors.docker.sandbox import HostOptions, isolated_with_mount
from gameday.injectors.docker.sidecar_script import Script
from gameday.model import Json
from gameday.plugins.parameters import MainParameter, Parameter, integer_parameter, percentage_parameter, size_parameter

_MEMORY_STEP = 65536
"""Memory limits are multiples of it, and so of any page size: what is written is then what is read."""
_PAGE = 4096
_PERIOD = 100_000
"""Microseconds: the kernel's and the engine's own."""


class Limit(SidecarFaultKind):
    """`file`: where the value stands, in cgroup v1 (with its controller) and v2."""

    __slots__ = ()
    controller: ClassVar[str]
    v1: ClassVar[str]
    v2: ClassVar[str]

    unlimited_values: ClassVar[tuple[str, str]] = ("-1", "max")
    """What is written for no limit."""

    def fault_values(self, was: ContainerSnapshot) -> tuple[str, str]:
        """What the fault writes, in v1 and v2."""
        raise NotImplementedError

    def original_values(self, was: ContainerSnapshot) -> tuple[str, str]:
        """What was there, as the engine was told; empty for no limit."""
        raise NotImplementedError

    @override
    def script(self, marker: str, was: ContainerSnapshot) -> Script:
        del marker
        ours, theirs = self.fault_values(was), self.original_values(was)
        turned = " ".join(f"'{one}'" for one in was.superseded_markers)
        return Script(
            before=f"""\
if [ -d /cg/{self.controller} ]; then # into a link too: systemd makes cpu one, to cpu,cpuacct
  root=/cg/{self.controller}/ file={self.v1} ours='{ours[0]}' theirs='{theirs[0]}' none='{self.unlimited_values[0]}'
else
  root=/cg/ file={self.v2} ours='{ours[1]}' theirs='{theirs[1]}' none='{self.unlimited_values[1]}'
fi
found=$(find $root -maxdepth 8 -type d -name '*{was.id}*' 2>/dev/null | head -n 1)
file=$found/$file
unlimited() {{ case $1 in max*|-1|9[0-9]??????????????*) : ;; *) false ;; esac; }}
""",
            shows="""\
[ -n "$found" ] || return 1
value=$(cat "$file") || { [ -e "$file" ] && return 2; return 1; }
[ "$value" = "$ours" ] && return 0
return 1""",
            put_back="""\
shows && echo "${theirs:-$none}" >"$file\"""",
            apply=f"""\
[ -n "$found" ] || {{ echo "its cgroup is not to be found below /sys/fs/cgroup"; return 1; }}
value=$(cat "$file") || return 1
if [ -n "$theirs" ]; then [ "$value" = "$theirs" ]; else unlimited "$value"; fi || case " {turned} " in
  *"'$value'"*) : ;;
  *) echo "$file holds $value, which the engine does not know of: it could not be put back"; return 1 ;;
esac
echo "$ours" >"$file" && return 0
echo "the kernel refuses $ours in $file: it uses more than that now, or another limit forbids it"
return 1""",
        )

    @override
    def markers(self, marker: str, was: ContainerSnapshot) -> list[Json]:
        del marker
        return list(self.fault_values(was))

    @override
    def sandbox(self, was: ContainerSnapshot) -> HostOptions:
        del was
        return isolated_with_mount("/sys/fs/cgroup", "/cg")

    @override
    def describe_revert(self) -> str:
        return f"write what was in {self.v1} (v2: {self.v2}) before, while it holds our value"


@dataclass(frozen=True, slots=True)
class Cpu(Limit):
    """It gets so much of one processor, 100% being one."""

    kind = "cpu"
    main = MainParameter(
        "limit", "How much of a processor is left to it?", "20%", "With {amount} of a core for the {target}"
    )
    effect = "It gets so much of one processor."
    note = "What was in its cgroup before."

    limit: float
    parameters: ClassVar[Mapping[str, Parameter]] = {"limit": percentage_parameter("1%", "6400%")}
    controller, v1, v2 = "cpu", "cpu.cfs_quota_us", "cpu.max"
    unlimited_values = ("-1", f"max {_PERIOD}")

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        host = now["HostConfig"]
        period = int(host.get("CpuPeriod") or _PERIOD)
        nano = int(host.get("NanoCpus") or 0)
        quota = nano * _PERIOD // 1_000_000_000 if nano else max(0, int(host.get("CpuQuota") or 0))
        return {"period": period, "quota": quota}

    @override
    def fault_values(self, was: ContainerSnapshot) -> tuple[str, str]:
        period = int(str(was.saved_state["period"]))
        quota = max(1000, round(self.limit * period))
        return str(quota), f"{quota} {period}"

    @override
    def original_values(self, was: ContainerSnapshot) -> tuple[str, str]:
        quota = was.saved_state["quota"]
        return (str(quota), f"{quota} {was.saved_state['period']}") if quota else ("", "")


@dataclass(frozen=True, slots=True)
class Memory(Limit):
    """It gets so much memory; what it needs beyond is refused, or ends it (the kernel's choice)."""

    kind = "memory"
    main = MainParameter("limit", "How much memory is left to it?", "64MB", "With {amount} of memory for the {target}")
    effect = "It gets so much memory; what it needs beyond is refused, or ends it."
    note = "What was in its cgroup before."

    limit: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"limit": size_parameter("6MB", "1000GB")}
    controller, v1, v2 = "memory", "memory.limit_in_bytes", "memory.max"
    may_kill_target = True

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        preconditions.require_no_auto_remove(now)
        return {"bytes": int(now["HostConfig"].get("Memory") or 0)}

    @override
    def fault_values(self, was: ContainerSnapshot) -> tuple[str, str]:
        del was
        value = str(self.limit // _MEMORY_STEP * _MEMORY_STEP)
        return value, value

    @override
    def original_values(self, was: ContainerSnapshot) -> tuple[str, str]:
        value = str(int(str(was.saved_state["bytes"])) // _PAGE * _PAGE or "")
        return value, value


@dataclass(frozen=True, slots=True)
class Pids(Limit):
    """It gets so many processes and threads; one more is refused."""

    kind = "pids"
    effect = "It gets so many processes and threads."
    note = "What was in its cgroup before."

    limit: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"limit": integer_parameter(1, 4_000_000)}
    controller, v1, v2 = "pids", "pids.max", "pids.max"
    unlimited_values = ("max", "max")
    may_kill_target = True

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        preconditions.require_no_auto_remove(now)
        return {"most": max(0, int(now["HostConfig"].get("PidsLimit") or 0))}

    @override
    def fault_values(self, was: ContainerSnapshot) -> tuple[str, str]:
        del was
        return str(self.limit), str(self.limit)

    @override
    def original_values(self, was: ContainerSnapshot) -> tuple[str, str]:
        value = str(was.saved_state["most"] or "")
        return value, value
