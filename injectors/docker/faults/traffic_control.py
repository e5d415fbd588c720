"""Faults on what a container sends: a queue on each of its network devices delays or throttles packets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from gameday.injectors.docker.faults.base import NetworkFaultKind
from gameday.injectors.docker.sidecar_script import SidecarScript
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.markers import created_second
from gameday.model import Json
from gameday.plugins.parameters import MainParameter, Parameter, bandwidth_parameter, duration_parameter
from gameday.plugins.types import ParamProblem

# not the tc of busybox, which its shell prefers: it has neither netem nor tbf
_TC = """\
for tc in /usr/sbin/tc /sbin/tc /usr/bin/tc /bin/tc; do [ -x $tc ] && break; done
devices() { sed -n 's/^ *\\([^:]*\\):.*/\\1/p' /proc/net/dev | grep -v '^lo$'; }
"""


class QueueFaultKind(NetworkFaultKind):
    """Queue whose handle is computed from the marker, so that it can be recognised and removed."""

    __slots__ = ()

    def queue(self) -> str:
        """Return the queue as arguments of tc."""
        raise NotImplementedError

    @override
    def script(self, marker: str, snapshot: ContainerSnapshot) -> SidecarScript:
        """Return the script that adds the queue.

        `add` fails on a device with a queue other than the kernel's default, which the kernel could not restore; an
        adjusted fault replaces the queue of the same drill."""
        number = _number(marker)
        superseded = "|".join([number, *snapshot.superseded_traces])
        name = self.queue().split()[0]
        return SidecarScript(
            before=_TC,
            check_presence=f"""\
present=0; absent=0
for device in $(devices); do
  queues=$($tc qdisc show dev $device) || return 2
  case $queues in *'qdisc {name} {number}: root'*) present=1 ;; *' {number}: root'*) return 2 ;; *) absent=1 ;; esac
done
[ $present -eq 0 ] && return 1
[ $absent -eq 0 ] && return 0
return 2""",
            revert_fault=f"""\
for device in $(devices); do
  case $($tc qdisc show dev $device) in *' {number}: root'*) $tc qdisc del dev $device root ;; esac
done""",
            apply_fault=f"""\
for device in $(devices); do
  action=add
  queues=$($tc qdisc show dev $device | grep ' root')
  echo "$queues" | grep -q -E ' ({superseded}): root' && action=replace
  $tc qdisc $action dev $device root handle {number}: {self.queue()} || return 1
done""",
        )

    @override
    def markers(self, marker: str, snapshot: ContainerSnapshot) -> list[Json]:
        del snapshot
        return [_number(marker)]

    @override
    def trial_script(self) -> SidecarScript | None:
        """Return a script that adds the queue to the loopback device, which every network has."""
        return SidecarScript("return 1", ":", f"$tc qdisc add dev lo root {self.queue()}", before=_TC)


@dataclass(frozen=True, slots=True)
class Latency(QueueFaultKind):
    """Delay of everything the container sends, by `delay` plus or minus `jitter`."""

    kind = "latency"
    main = MainParameter(
        "delay", "By how much are its responses delayed?", "200ms", "With {amount} of added latency on {target}"
    )
    adjustable = ("delay",)
    effect = "All packets that it sends are delayed."
    note = "The queue is removed."

    delay: float
    jitter: float
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "delay": duration_parameter(zero=False),
        "jitter": duration_parameter("0s"),
    }

    def __post_init__(self) -> None:
        if self.jitter > self.delay:
            raise ParamProblem("jitter", "jitter must not be more than delay")

    @override
    def queue(self) -> str:
        return f"netem limit 100000 delay {self.delay * 1000:.0f}ms {self.jitter * 1000:.0f}ms"


@dataclass(frozen=True, slots=True)
class Bandwidth(QueueFaultKind):
    """Limit of the rate at which the container sends."""

    kind = "bandwidth"
    main = MainParameter(
        "rate", "To what rate are its responses limited?", "100KB/s", "With responses from {target} limited to {amount}"
    )
    effect = "Its outgoing traffic is limited to this rate."
    note = "The queue is removed."

    rate: int
    parameters: ClassVar[Mapping[str, Parameter]] = {"rate": bandwidth_parameter("1KB/s", "1000MB/s")}

    @override
    def queue(self) -> str:
        """Return a bucket of 20 ms of the rate, 10 kB at least: a smaller one would never pass a whole packet."""
        bits = self.rate * 8000
        return f"tbf rate {bits}bit burst {max(10_000, bits // 8 // 50)} latency 1s"


def _number(marker: str) -> str:
    """Return the major number of the handle: not one that people use (1:), nor the kernel's own (from 8001:)."""
    return f"{0x1000 + created_second(marker) % 0x7000:x}"
