"""Limits on what a container gets of the machine: a value in its cgroup, written and restored by a sidecar.

`docker update` is not used: it cannot restore that there was no limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.docker import container_preconditions
from gameday.injectors.docker.faults.base import Inspected, SidecarFaultKind
from gameday.injectors.docker.sidecar_script import HostOptions, SidecarScript, sandbox_with_mount
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.model import Json
from gameday.plugins.parameters import MainParameter, Parameter, integer_parameter, percentage_parameter, size_parameter

_MEMORY_STEP = 65536
"""Limits are multiples of it, and so of any page size: the kernel reads back what was written."""
_PAGE = 4096
_PERIOD = 100_000
"""Microseconds; the default of kernel and engine."""


class CgroupLimit(SidecarFaultKind):
    """Limit in a cgroup. `v1`, `v2`: the file that holds it, in each version of cgroups."""

    __slots__ = ()
    controller: ClassVar[str]
    v1: ClassVar[str]
    v2: ClassVar[str]

    unlimited_values: ClassVar[tuple[str, str]] = ("-1", "max")
    """Values that mean no limit, in v1 and v2."""

    def fault_values(self, snapshot: ContainerSnapshot) -> tuple[str, str]:
        """Return the values of the fault, in v1 and v2."""
        raise NotImplementedError

    def original_values(self, snapshot: ContainerSnapshot) -> tuple[str, str]:
        """Return the values before the fault, as the engine has them; empty for no limit."""
        raise NotImplementedError

    @override
    def script(self, marker: str, snapshot: ContainerSnapshot) -> SidecarScript:
        del marker
        limit, original, none = self.fault_values(snapshot), self.original_values(snapshot), self.unlimited_values
        superseded = " ".join(f"'{value}'" for value in snapshot.superseded_traces)
        return SidecarScript(
            before=f"""\
if [ -d /cg/{self.controller} ]; then # through a link: on systemd, cpu links to cpu,cpuacct
  root=/cg/{self.controller}/ file={self.v1} limit='{limit[0]}' original='{original[0]}' none='{none[0]}'
else
  root=/cg/ file={self.v2} limit='{limit[1]}' original='{original[1]}' none='{none[1]}'
fi
folder=$(find $root -maxdepth 8 -type d -name '*{snapshot.id}*' 2>/dev/null | head -n 1)
file=$folder/$file
is_unlimited() {{ case $1 in max*|-1|9[0-9]??????????????*) : ;; *) false ;; esac; }}
""",
            check_presence="""\
[ -n "$folder" ] || return 1
value=$(cat "$file") || { [ -e "$file" ] && return 2; return 1; }
[ "$value" = "$limit" ] && return 0
return 1""",
            revert_fault="""\
check_presence && echo "${original:-$none}" >"$file\"""",
            apply_fault=f"""\
[ -n "$folder" ] || {{ echo "no cgroup found below /sys/fs/cgroup"; return 1; }}
value=$(cat "$file") || return 1
if [ -n "$original" ]; then [ "$value" = "$original" ]; else is_unlimited "$value"; fi || case " {superseded} " in
  *"'$value'"*) : ;;
  *) echo "$file holds $value, which the engine did not set, so it could not be restored"; return 1 ;;
esac
echo "$limit" >"$file" && return 0
echo "the kernel refuses $limit in $file: more than that is in use, or another limit forbids it"
return 1""",
        )

    @override
    def markers(self, marker: str, snapshot: ContainerSnapshot) -> list[Json]:
        del marker
        return list(self.fault_values(snapshot))

    @override
    def sandbox(self, snapshot: ContainerSnapshot) -> HostOptions:
        del snapshot
        return sandbox_with_mount("/sys/fs/cgroup", "/cg")

    @override
    def describe_revert(self) -> str:
        return f"restore {self.v1} (v2: {self.v2}), unless someone else changed it"


@dataclass(frozen=True, slots=True)
class Cpu(CgroupLimit):
    """Limit of processor time; 100% is one processor."""

    kind = "cpu"
    main = MainParameter(
        "limit", "How much CPU may it use (100% is one processor)?", "20%", "With {target} limited to {amount} of a CPU"
    )
    effect = "Its CPU time is limited; 100% is one processor."
    note = "The previous values in its cgroup."

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
    def fault_values(self, snapshot: ContainerSnapshot) -> tuple[str, str]:
        period = int(str(snapshot.saved_state["period"]))
        quota = max(1000, round(self.limit * period))
        return str(quota), f"{quota} {period}"

    @override
    def original_values(self, snapshot: ContainerSnapshot) -> tuple[str, str]:
        quota = snapshot.saved_state["quota"]
        return (str(quota), f"{quota} {snapshot.saved_state['period']}") if quota else ("", "")


@dataclass(frozen=True, slots=True)
class Memory(CgroupLimit):
    """Limit of memory; beyond it the kernel refuses more, or kills the container."""

    kind = "memory"
    main = MainParameter("limit", "How much memory may it use?", "64MB", "With {target} limited to {amount} of memory")
    effect = "Its memory is limited; an allocation beyond the limit fails or ends the container."
    note = "The previous values in its cgroup."

    limit: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"limit": size_parameter("6MB", "1000GB")}
    controller, v1, v2 = "memory", "memory.limit_in_bytes", "memory.max"
    may_kill_target = True

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        container_preconditions.require_no_auto_remove(now)
        return {"bytes": int(now["HostConfig"].get("Memory") or 0)}

    @override
    def fault_values(self, snapshot: ContainerSnapshot) -> tuple[str, str]:
        del snapshot
        value = str(self.limit // _MEMORY_STEP * _MEMORY_STEP)
        return value, value

    @override
    def original_values(self, snapshot: ContainerSnapshot) -> tuple[str, str]:
        value = str(int(str(snapshot.saved_state["bytes"])) // _PAGE * _PAGE or "")
        return value, value


@dataclass(frozen=True, slots=True)
class Pids(CgroupLimit):
    """Limit of processes and threads; one more is refused."""

    kind = "pids"
    effect = "The number of its processes and threads is limited."
    note = "The previous values in its cgroup."

    limit: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"limit": integer_parameter(1, 4_000_000)}
    controller, v1, v2 = "pids", "pids.max", "pids.max"
    unlimited_values = ("max", "max")
    may_kill_target = True

    @override
    def capture_state(self, now: Inspected) -> dict[str, Json]:
        container_preconditions.require_no_auto_remove(now)
        return {"most": max(0, int(now["HostConfig"].get("PidsLimit") or 0))}

    @override
    def fault_values(self, snapshot: ContainerSnapshot) -> tuple[str, str]:
        del snapshot
        return str(self.limit), str(self.limit)

    @override
    def original_values(self, snapshot: ContainerSnapshot) -> tuple[str, str]:
        value = str(snapshot.saved_state["most"] or "")
        return value, value
