"""Kinds of fault on a container. What each does: docs/reference/containers.md."""

from __future__ import annotations

from gameday.injectors.docker.faults.base import FaultKind
from gameday.injectors.docker.faults.cgroup_limits import Cpu, Memory, Pids
from gameday.injectors.docker.faults.disconnect import Disconnect
from gameday.injectors.docker.faults.disk_fill import DiskFull
from gameday.injectors.docker.faults.exec_command import Exec
from gameday.injectors.docker.faults.iptables_rules import Loss, Outage, Partition, Refuse
from gameday.injectors.docker.faults.lifecycle import Kill, Pause, Restart, Stop
from gameday.injectors.docker.faults.traffic_control import Bandwidth, Latency
from gameday.plugins.parameters import index_classes_by_kind

KINDS: dict[str, type[FaultKind]] = index_classes_by_kind(
    Pause, Stop, Kill, Restart, Disconnect, Outage, Refuse, Loss, Partition, Latency, Bandwidth, Cpu, Memory, Pids,
    DiskFull, Exec,
)  # fmt: skip
