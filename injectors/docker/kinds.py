"""The faults on a container, by the word that a scenario uses. What a client sees of each: docs/faults.md."""

from __future__ import annotations

from gameday.injectors.docker.command import Exec
from gameday.injectors.docker.disk import DiskFull
from gameday.injectors.docker.kind import FaultKind
from gameday.injectors.docker.limits import Cpu, Memory, Pids
from gameday.injectors.docker.networks import Disconnect
from gameday.injectors.docker.queues import Bandwidth, Latency
from gameday.injectors.docker.rules import Loss, Outage, Partition, Refuse
from gameday.injectors.docker.state import Kill, Pause, Restart, Stop

KINDS: dict[str, type[FaultKind]] = {
    "pause": Pause, "stop": Stop, "kill": Kill, "restart": Restart, "disconnect": Disconnect,
    "outage": Outage, "refuse": Refuse, "loss": Loss, "partition": Partition, "latency": Latency,
    "bandwidth": Bandwidth, "cpu": Cpu, "memory": Memory, "pids": Pids, "disk-full": DiskFull, "exec": Exec,
}  # fmt: skip
